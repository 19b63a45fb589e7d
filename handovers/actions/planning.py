"""A supervisor plans: the days of a building, their slots, and which units are handed over to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from handovers.actions import messages
from handovers.actions.checklists import ensure_checklist
from handovers.actions.steps import Said, take
from handovers.models import Handover, HandoverDay, Slot
from handovers.models.days import MOST_AT_ONCE
from handovers.queries.planning import owners_without_handover, unbooked
from handovers.workflow import Status
from owners.models import Building, Person, Unit
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.numbers import next_number
from servicecenter.audit.events import record
from servicecenter.lib.clock import LOCAL, instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.workflow.run import begin

# 入
LETTER = "H"
PLANNERS = frozenset({Role.SUPERVISOR.value})
DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
FARTHEST = timedelta(days=366)
MOST_SLOTS = 48
SHORTEST = timedelta(minutes=10)


def may_plan(community_id: int, by: User, roles: frozenset[str] = PLANNERS) -> None:
    """Refuses `not_found` to whoever works elsewhere, `not_permitted` to other roles."""
    if community_id not in by.community_ids:
        raise NotFound
    if by.role not in roles:
        raise NotPermitted


def plan_day(
    building: Building,
    *,
    day: date,
    begins: time,
    ends: time,
    length: timedelta,
    capacity: int,
    note: str = "",
    by: User,
    at: datetime | None = None,
) -> HandoverDay:
    """A move-in day of a building, cut into slots of `length` with `capacity` places each; a rest that is too short is
    left out.

    Refuses `invalid`: a day that is past or more than a year away, hours that hold no slot or too many, a second
    plan of the same day; `not_permitted` to everybody but supervisors.
    """
    when = instant(at)
    may_plan(building.community_id, by)
    spans = _cut(day, begins, ends, length)
    _check_day(day, spans, capacity, when)
    ensure_checklist(building.community_id)
    try:
        with transaction.atomic():
            made = HandoverDay.objects.create(
                community_id=building.community_id,
                building=building,
                day=day,
                note=note,
                made_by=by,
                made_at=when,
            )
            Slot.objects.bulk_create(
                Slot(
                    community_id=building.community_id,
                    day=made,
                    starts_at=start,
                    ends_at=end,
                    capacity=capacity,
                )
                for start, end in spans
            )
            _note(made, "plan_day", by, when, slots=len(spans), capacity=capacity)
    except IntegrityError as clash:
        if "handover_day_once" not in str(clash):
            raise
        said = _("This building has a move-in day on that date already.")
        raise Invalid(errors={"day": [said]}) from clash
    return made


def _cut(day: date, begins: time, ends: time, length: timedelta) -> list[tuple[datetime, datetime]]:
    start, last = datetime.combine(day, begins, LOCAL), datetime.combine(day, ends, LOCAL)
    spans: list[tuple[datetime, datetime]] = []
    while length >= SHORTEST and start + length <= last and len(spans) <= MOST_SLOTS:
        spans.append((start, start + length))
        start += length
    return spans


def _check_day(day: date, spans: Sequence[tuple[datetime, datetime]], capacity: int, now: datetime) -> None:
    today = local_day(now)
    if not today <= day <= today + FARTHEST:
        raise Invalid(errors={"day": [_("Please choose a day from today on, within a year.")]})
    if not 1 <= len(spans) <= MOST_SLOTS:
        raise Invalid(errors={"ends": [_("Please check the hours: they hold no slot, or more than 48.")]})
    if not 1 <= capacity <= MOST_AT_ONCE:
        raise Invalid(errors={"capacity": [_("Please choose between 1 and 200 places.")]})


def change_places(slot: Slot, *, capacity: int, by: User, at: datetime | None = None) -> Slot:
    """More or fewer places; 0 closes the slot. Refuses `invalid` for fewer than are taken."""
    may_plan(slot.community_id, by)
    if not 0 <= capacity <= MOST_AT_ONCE:
        raise Invalid(errors={"capacity": [_("Please choose between 0 and 200 places.")]})
    with transaction.atomic():
        held = Slot.objects.select_for_update().get(pk=slot.pk)
        counted = Slot.objects.counted().get(pk=slot.pk)
        taken: int = counted.taken  # type: ignore[attr-defined]
        if capacity < taken:
            said = _("%(taken)s places of this slot are taken.") % {"taken": taken}
            raise Invalid(errors={"capacity": [said]})
        held.capacity = capacity
        held.save(update_fields=["capacity"])
        _note(held.day, "change_places", by, instant(at), slot=held.pk, capacity=capacity)
    return held


def plan(unit: Unit, *, person: Person, by: User, at: datetime | None = None) -> Handover:
    """The unit is to be handed over to `person`, who need not live there yet.

    Refuses `invalid` for a person of another community, and for a unit that was handed over or has a plan already.
    """
    when = instant(at)
    may_plan(unit.community_id, by, DESK)
    if person.community_id != unit.community_id or person.merged_into_id is not None:
        raise Invalid(errors={"person": [_("This does not belong to the community.")]})
    if unit.delivered_on is not None:
        raise Invalid(errors={"unit": [_("This unit was handed over already.")]})
    ensure_checklist(unit.community_id)
    with transaction.atomic():
        Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
        if Handover.objects.filter(unit=unit).exclude(status=Status.CANCELLED).exists():
            raise Invalid(errors={"unit": [_("This unit has a handover already.")]})
        handover = Handover(
            community_id=unit.community_id,
            number=next_number(unit.community, LETTER, when),
            unit=unit,
            person=person,
            planned_at=when,
            planned_by=by,
            since=when,
        )
        begin(handover, action="plan", by=by, at=when)
    return handover


def plan_building(building: Building, *, by: User, at: datetime | None = None) -> list[Handover]:
    """A handover for every unit of the building that was not handed over and whose owner is on record; those that have
    one keep it."""
    may_plan(building.community_id, by)
    when = instant(at)
    with transaction.atomic():
        return [
            plan(unit, person=person, by=by, at=when) for unit, person in owners_without_handover(building)
        ]


def invite(day: HandoverDay, *, by: User, at: datetime | None = None) -> int:
    """Everybody of the building who has no appointment yet is asked to choose one; returns how many have a login.

    Nobody is asked twice about the same day. Refuses a day without places left.
    """
    when = instant(at)
    may_plan(day.community_id, by)
    if not day.slots.all().bookable(when).exists():
        raise Refusal(_("This day has no places left."), code="day_full")
    with transaction.atomic():
        held = HandoverDay.objects.select_for_update().get(pk=day.pk)
        told = messages.invite(unbooked(held), key=f"day-{held.pk}", at=when)
        held.invited_at = when
        held.save(update_fields=["invited_at"])
        _note(held, "invite", by, when, told=told)
    return told


def cancel(
    handover: Handover, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """Nothing is handed over (the sale fell through). Refuses as the table does, and without a reason."""
    reason = reason.strip()[:200]
    if not reason:
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why.")]})
    said = Said({"cancel_reason": reason, "slot": None}, reason)
    return take(handover, "cancel", by=by, at=at, version=version, said=said)


def _note(day: HandoverDay, action: str, by: User, at: datetime, **data: int) -> None:
    record(
        community_id=day.community_id,
        work="handover_day",
        case_id=day.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        data=data,
    )
