"""Reads about goods releases: lists with search, and whether one still rests on homes."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from owners.codes import typed_code
from owners.models import GoodsRelease, GoodsReleaseQuerySet, Occupancy, Person, Unit
from owners.models.keys import same_person
from owners.models.releases import OWNERS, code_index
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound


def releases_for(user: User) -> GoodsReleaseQuerySet:
    """Every release that `user` may see, with what a row of a list shows."""
    return GoodsRelease.objects.visible_to(user).select_related(
        "community", "unit", "applicant", "consent_of", "consent_by", "checked_by", "asked_by"
    )


def release_for(user: User, number: str) -> GoodsRelease:
    """One of them; refuses `not_found`."""
    found = releases_for(user).filter(number=number).prefetch_related("items").first()
    if found is None:
        raise NotFound
    return found


def searched(rows: GoodsReleaseQuerySet, text: str) -> GoodsReleaseQuerySet:
    """Those whose number, unit, applicant or goods are like `text`, or whose code it is."""
    text = text.strip()
    if not text:
        return rows
    like = (
        Q(number__icontains=text)
        | Q(unit__code__icontains=text)
        | Q(applicant__name__icontains=text)
        | Q(items__name__icontains=text)
    )
    code = typed_code(text)
    if code:
        like |= Q(code_index=code_index(code))
    return rows.filter(pk__in=rows.filter(like).values("pk"))


def latest_releases(
    user: User, *, unit: Unit | None = None, person: Person | None = None, most: int = 5
) -> list[GoodsRelease]:
    """The latest ones of a unit or a person."""
    mine = Q(unit=unit) if unit is not None else same_person("applicant", person) if person else Q(pk=None)
    return list(releases_for(user).filter(mine).order_by("-id")[:most])


def rests_on_homes(release: GoodsRelease) -> bool:
    """Whether whoever asked still has a home in the unit, and whoever agreed still owns it, at this very moment.

    An owner who asked for own goods must still be one.
    """
    homes = Occupancy.objects.current().filter(unit=release.unit_id)
    asks = homes.filter(_same(release.applicant_id))
    if release.consent_of_id is None:
        return asks.filter(role__in=OWNERS).exists()
    return asks.exists() and homes.filter(_same(release.consent_of_id), role__in=OWNERS).exists()


def _same(person_id: int | None) -> Q:
    """Occupancies of a person, or of the record that theirs was merged into."""
    return Q(person=person_id) | Q(person__doubles=person_id) | Q(person__doubles__doubles=person_id)


def checked_by(user: User, since: datetime, most: int = 20) -> list[GoodsRelease]:
    """What a guard let out or refused since then, the latest first."""
    rows = releases_for(user).filter(checked_by=user, checked_at__gte=since)
    return list(rows.order_by("-checked_at")[:most])
