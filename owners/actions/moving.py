"""Moving in, moving out, a unit changing hands. Rights follow the occupancy, so they change in the same second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from owners.actions.keys.calling_back import call_back
from owners.actions.releases import cancel_of
from owners.actions.roll.units import refresh_states
from owners.models import Occupancy, OccupancyRole, Person, Unit
from servicecenter.accounts.models import User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, Refusal

OWNERS = (OccupancyRole.OWNER, OccupancyRole.CO_OWNER)
# Backwards a forgotten entry can be made up for, forwards a move can be entered when it is agreed.
FARTHEST = timedelta(days=366)


class AlreadyHere(Refusal):
    """The person lives in the unit in this role already."""

    code = "already_here"
    sentence = _("This person is registered in this unit in this role already.")


@dataclass(frozen=True)
class NewOwner:
    """One of those to whom a unit passes."""

    person: Person
    role: str = OccupancyRole.OWNER


def move_in(
    unit: Unit,
    *,
    person: Person,
    role: str,
    since: datetime | None = None,
    is_primary: bool = False,
    by: User,
    at: datetime | None = None,
) -> Occupancy:
    """Registers that `person` lives in (or owns) `unit` from `since` on, now if none is given.

    The first one of a unit is its primary contact; with `is_primary` the former one steps back. Refuses
    `already_here`, and `invalid` for another community or a day more than a year away.
    """
    when = instant(at)
    begins = since or when
    _check_day("since", begins, when)
    if person.community_id != unit.community_id:
        raise Invalid(errors={"person": [_("This does not belong to the community.")]})
    with transaction.atomic():
        _lock(unit)
        here = unit.occupancies.filter(person=person, role=role).filter(Q(until=None) | Q(until__gt=begins))
        if here.exists():
            raise AlreadyHere
        alone = not unit.occupancies.filter(is_primary=True, until=None).exists()
        if is_primary:
            _step_back(unit)
        stay = Occupancy.objects.create(
            community_id=unit.community_id,
            unit=unit,
            person=person,
            role=role,
            since=begins,
            is_primary=is_primary or alone,
        )
        _after(unit, "move_in", by, when, person=person.pk, role=role, since=begins.isoformat())
    return stay


def move_out(
    stay: Occupancy, *, until: datetime | None = None, by: User, at: datetime | None = None
) -> Occupancy:
    """Ends a stay at `until`, now if none is given: from that second on the person has no access to the unit.

    The longest-standing of those who stay becomes the primary contact. Refuses `invalid` for an end before the
    beginning or more than a year away, and `refused` for a stay that has ended already.
    """
    when = instant(at)
    ends = until or when
    _check_day("until", ends, when)
    with transaction.atomic():
        _lock(stay.unit)
        held = _open(stay)
        if ends <= held.since:
            raise Invalid(errors={"until": [_("A stay cannot end before it begins.")]})
        _end(held, ends, when)
        _choose_primary(held.unit, ends)
        _after(held.unit, "move_out", by, when, person=held.person_id, role=held.role, until=ends.isoformat())
    return held


def transfer(
    unit: Unit,
    *,
    to: Sequence[NewOwner],
    on: datetime | None = None,
    tenants_stay: bool = True,
    by: User,
    at: datetime | None = None,
) -> list[Occupancy]:
    """The unit changes hands (过户): the stays of the former owners and their families end at `on`, the new ones begin.

    A tenancy outlasts a sale (民法典 第725条) unless `tenants_stay` is False. The first new owner becomes the
    primary contact. Refuses `invalid` without a new owner, for one who owns the unit already, or another community's.
    """
    when = instant(at)
    moment = on or when
    _check_day("on", moment, when)
    if not to:
        raise Invalid(errors={"person": [_("Please name the new owner.")]})
    if any(each.person.community_id != unit.community_id for each in to):
        raise Invalid(errors={"person": [_("This does not belong to the community.")]})
    with transaction.atomic():
        _lock(unit)
        leaving = unit.occupancies.filter(until=None)
        if tenants_stay:
            leaving = leaving.exclude(role=OccupancyRole.TENANT)
        former = list(leaving.select_for_update())
        if {each.person.pk for each in to} & {stay.person_id for stay in former if stay.role in OWNERS}:
            raise Invalid(errors={"person": [_("This person owns the unit already.")]})
        for stay in former:
            _end(stay, max(moment, stay.since + timedelta(seconds=1)), when)
        _step_back(unit)
        stays = [
            Occupancy.objects.create(
                community_id=unit.community_id,
                unit=unit,
                person=each.person,
                role=each.role,
                since=moment,
                is_primary=number == 0,
            )
            for number, each in enumerate(to)
        ]
        _after(
            unit,
            "transfer",
            by,
            when,
            left=[stay.person_id for stay in former],
            came=[each.person.pk for each in to],
            on=moment.isoformat(),
        )
    return stays


def make_primary(stay: Occupancy, *, by: User, at: datetime | None = None) -> Occupancy:
    """Whom we call first about the unit. Refuses a stay that has ended."""
    when = instant(at)
    with transaction.atomic():
        _lock(stay.unit)
        held = _open(stay)
        _step_back(held.unit)
        held.is_primary = True
        held.save(update_fields=["is_primary"])
        _after(held.unit, "primary_contact", by, when, person=held.person_id)
    return held


def _lock(unit: Unit) -> None:
    """Moves into and out of one unit wait for each other."""
    if Unit.objects.select_for_update(no_key=True).filter(pk=unit.pk).first() is None:
        raise NotFound


def _open(stay: Occupancy) -> Occupancy:
    held = Occupancy.objects.select_for_update(of=("self",)).select_related("unit").get(pk=stay.pk)
    if held.until is not None:
        raise Refusal(_("This stay has ended already."))
    return held


def _end(stay: Occupancy, ends: datetime, at: datetime) -> None:
    """From `ends` on they have no access; the keys that they have are due, and their goods releases are void."""
    stay.until = ends
    stay.is_primary = False
    stay.save(update_fields=["until", "is_primary"])
    call_back(stay, at=at)
    cancel_of(stay, at=at)


def _step_back(unit: Unit) -> None:
    unit.occupancies.filter(is_primary=True, until=None).update(is_primary=False)


def _choose_primary(unit: Unit, at: datetime) -> None:
    """Somebody must be asked first while anybody is left."""
    staying = unit.occupancies.filter(until=None)
    if staying.filter(is_primary=True).exists():
        return
    first = staying.filter(since__lte=at).order_by("role", "since", "id").first()
    if first is not None:
        first.is_primary = True
        first.save(update_fields=["is_primary"])


def _check_day(field: str, day: datetime, now: datetime) -> None:
    if abs(day - now) > FARTHEST:
        raise Invalid(errors={field: [_("Please choose a day within a year.")]})


def _after(unit: Unit, action: str, by: User, at: datetime, **data: Any) -> None:
    """The state of the unit, and the line in its history."""
    refresh_states([unit.pk], at)
    record(
        community_id=unit.community_id,
        work="unit",
        case_id=unit.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        data=data,
    )
