"""Reads about keys and cards: what is out with whom, and who has had it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from owners.models import Key, KeyHolding, KeyQuerySet, KeyReceipt, Occupancy, OccupancyRole, Person, Unit
from owners.models.keys import READERS, same_person
from servicecenter.accounts.models import Role, User
from servicecenter.lib.refusals import NotFound

HOLDER = ("holding__receipt", "holding__receipt__person", "holding__receipt__staff")


def keys_for(user: User) -> KeyQuerySet:
    """Every key that `user` may see, with what a row of a list shows."""
    return Key.objects.visible_to(user).select_related("community", "unit", "replaced_by", *HOLDER)


def key_for(user: User, key_id: int) -> Key:
    """One of them; refuses `not_found`."""
    found = keys_for(user).filter(pk=key_id).first()
    if found is None:
        raise NotFound
    return found


def keys_of_unit(unit: Unit) -> list[Key]:
    """The keys and cards of a unit that are not replaced, by tag."""
    rows = Key.objects.filter(unit=unit, replaced_by=None).select_related("unit", *HOLDER)
    return list(rows.order_by("kind", "tag"))


def keys_of_person(person: Person) -> list[Key]:
    """What somebody has now."""
    return list(Key.objects.held_by(person).select_related("unit", *HOLDER).order_by("unit__code", "tag"))


def leaving_with(stays: Sequence[Occupancy]) -> list[Key]:
    """What those whose stays end still have of the unit, unless they keep another home in it."""
    found: dict[int, Key] = {}
    for stay in stays:
        others = Occupancy.objects.filter(unit=stay.unit_id, person=stay.person_id, until=None)
        if others.exclude(pk__in=[each.pk for each in stays]).exists():
            continue
        rows = Key.objects.held_by(stay.person).filter(unit=stay.unit_id)
        found |= {key.pk: key for key in rows.select_related("unit", *HOLDER)}
    return [found[pk] for pk in sorted(found)]


def owning_stays(unit: Unit) -> list[Occupancy]:
    """The stays that end when the unit is sold: all but tenancies."""
    return list(Occupancy.objects.filter(unit=unit, until=None).exclude(role=OccupancyRole.TENANT))


def hands_of(key: Key) -> list[KeyHolding]:
    """Who has had it, the latest first."""
    rows = key.holdings.select_related("receipt__person", "receipt__staff", "receipt__by", "ended_by")
    return list(rows.order_by("-id"))


def receipts_for(user: User) -> QuerySet[KeyReceipt]:
    """Receipts that `user` may see: the desk and its managers, and whoever got the keys."""
    rows = KeyReceipt.objects.select_related("community", "unit", "person", "staff", "by", "consent_of")
    if user.role in READERS:
        return rows.filter(community__in=user.community_ids)
    if user.role == Role.RESIDENT:
        return rows.filter(person__in=Person.objects.visible_to(user))
    return rows.filter(community__in=user.community_ids, staff=user)


def receipt_for(user: User, number: str) -> KeyReceipt:
    """One receipt; refuses `not_found`."""
    found = receipts_for(user).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def last_receipts(
    *, unit: Unit | None = None, person: Person | None = None, most: int = 10
) -> list[KeyReceipt]:
    """The latest receipts of a unit or a person."""
    mine = Q(unit=unit) if unit is not None else same_person("person", person) if person else Q(pk=None)
    rows = KeyReceipt.objects.filter(mine).select_related("person", "staff", "unit")
    return list(rows.order_by("-id")[:most])
