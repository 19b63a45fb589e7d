"""Deciding how long parts of a home are under warranty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from owners.models import Measure, WarrantyPart, WarrantyTerm
from owners.models.warranty import LONGEST_MONTHS
from owners.queries.warranty import is_season_day
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Stale


@dataclass(frozen=True)
class Term:
    """What a row says: months or seasons (None: a design life that is not on record), the season, in use at all."""

    length: int | None
    season_from: int | None = None
    season_until: int | None = None
    active: bool = True

    @classmethod
    def of(cls, row: WarrantyTerm) -> Term:
        """The term of a row."""
        return cls(row.length, row.season_from, row.season_until, row.active)

    def __str__(self) -> str:
        return f"{self.length}/{self.season_from}-{self.season_until}/{'yes' if self.active else 'no'}"


def may_decide(community: Community | None, by: User) -> bool:
    """A supervisor decides for own communities, an administrator for the company too; a manager reads."""
    if by.role == Role.ADMIN:
        return community is None or community.pk in by.community_ids
    return by.role == Role.SUPERVISOR and community is not None and community.pk in by.community_ids


def set_term(
    community: Community | None,
    part: WarrantyPart,
    *,
    term: Term | None,
    seen: str,
    by: User,
    at: datetime | None = None,
) -> None:
    """Makes `term` the warranty of `part` in `community` (None: the company); None goes back to the company's.

    It counts for every home at once, since last days are computed. Refuses `not_permitted`, `invalid` for less than
    the law's minimum or a wrong season, and `stale` when the row is not what `seen` says any more.
    """
    if not may_decide(community, by):
        raise NotPermitted
    if term is None and community is None:
        raise NotFound
    if term is not None:
        check(part, term)
    with transaction.atomic():
        row = WarrantyTerm.objects.select_for_update().filter(part=part, community=community).first()
        before = str(Term.of(row)) if row else ""
        if before != seen:
            raise Stale
        if term is None:
            if row is not None:
                row.delete()
        else:
            _write(row or WarrantyTerm(part=part, community=community), term)
        _note(community, part, before, str(term or ""), by, instant(at))


def add_part(
    *, name: str, months: int, trades: list[str], by: User, at: datetime | None = None
) -> WarrantyPart:
    """A further part that the builder answers for by contract, for the whole company. Administrators only.

    Refuses `not_permitted`, and `invalid` without a name, for a name that is taken, or months outside the range.
    """
    if by.role != Role.ADMIN:
        raise NotPermitted
    part = WarrantyPart(
        code=f"own-{uuid4().hex[:12]}", name=name.strip(), measure=Measure.MONTHS, trades=sorted(set(trades))
    )
    if not part.name:
        raise Invalid(errors={"name": [_("Please give it a name.")]})
    check(part, Term(months))
    try:
        part.full_clean()
    except ValidationError as error:
        raise Invalid(
            errors={"name": [text for texts in error.message_dict.values() for text in texts]}
        ) from error
    with transaction.atomic():
        part.save()
        WarrantyTerm.objects.create(part=part, length=months)
        _note(None, part, "", str(Term(months)), by, instant(at))
    return part


def set_trades(part: WarrantyPart, trades: list[str], *, by: User, at: datetime | None = None) -> None:
    """Which repairs are about `part`; for the whole company. Refuses `not_permitted` to all but administrators."""
    if by.role != Role.ADMIN:
        raise NotPermitted
    with transaction.atomic():
        row = WarrantyPart.objects.select_for_update().get(pk=part.pk)
        before = ",".join(row.trades)
        row.trades = sorted(set(trades))
        row.save(update_fields=["trades"])
        if before != ",".join(row.trades):
            _note(None, row, before, ",".join(row.trades), by, instant(at))


def check(part: WarrantyPart, term: Term) -> None:
    """What the database would refuse, in words."""
    errors: dict[str, list[str | Words]] = {}
    if term.length is None:
        if part.measure != Measure.DESIGN_LIFE:
            errors["length"] = [_("Please say how long.")]
    elif not 1 <= term.length <= LONGEST_MONTHS:
        errors["length"] = [_("Please choose between one month and a hundred years.")]
    elif part.statutory is not None and term.length < part.statutory:
        errors["length"] = [_("The law allows no shorter warranty (State Council Decree 279, art. 40).")]
    season = (term.season_from, term.season_until)
    if part.measure == Measure.SEASONS:
        if not all(each is not None and is_season_day(each) for each in season):
            errors["season_from"] = [_("Please give the first and the last day of the season.")]
    elif season != (None, None):
        errors["season_from"] = [_("This part is not counted in seasons.")]
    if errors:
        raise Invalid(errors=errors)


def _write(row: WarrantyTerm, term: Term) -> None:
    row.length, row.active = term.length, term.active
    row.season_from, row.season_until = term.season_from, term.season_until
    row.save()


def _note(
    community: Community | None, part: WarrantyPart, before: str, after: str, by: User, at: datetime
) -> None:
    """Who decided what, kept with each community that it reaches."""
    reached = [community] if community else list(Community.objects.visible_to(by))
    for each in reached:
        record(
            community_id=each.pk,
            work="warranty_term",
            case_id=part.pk,
            action="changed",
            by=by,
            at=at,
            internal=True,
            text=part.code,
            data={"before": before, "after": after, "company": community is None},
        )
