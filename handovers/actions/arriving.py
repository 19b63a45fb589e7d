"""Appointments, and who comes to them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from handovers.actions.steps import Said, take
from handovers.models import ChecklistItem, Finding, Handover, Line, Slot
from handovers.workflow import Part, Status
from servicecenter.accounts.models import User
from servicecenter.accounts.numbers import next_in_series
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.workflow.run import Step, check, lock

# The slips of a day: 1, 2, 3, … in each community.
QUEUE = "HQ"


class SlotFull(Refusal):
    """Somebody took the last place."""

    code = "slot_full"
    sentence = _("This slot is full. Please choose another one.")


def book(
    handover: Handover, *, slot: Slot, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """Takes a place of the slot, in exchange for the one held so far; who did not come is expected again.

    Refuses `slot_full` (the database does so, too), `slot_over`, and `not_found` for another building's slot.
    """
    when = instant(at)
    with transaction.atomic():
        check(lock(handover), "book", by)
        # Two owners who want the last place come one after the other.
        held = Slot.objects.select_for_update().filter(pk=slot.pk).select_related("day").first()
        if held is None or held.day.building_id != handover.unit.building_id:
            raise NotFound
        if held.ends_at <= when:
            raise Refusal(_("This slot is over. Please choose a later one."), code="slot_over")
        others = held.handovers.exclude(pk=handover.pk)
        if others.exclude(status__in=[Status.CANCELLED, Status.MISSED]).count() >= held.capacity:
            raise SlotFull
        data = {"slot": held.pk, "starts_at": held.starts_at.isoformat(), "before": handover.slot_id}
        return take(handover, "book", by=by, at=when, version=version, said=Said({"slot": held}, data=data))


def unbook(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """Gives the place back. Refuses `no_appointment`, and as the table does."""
    if handover.slot_id is None:
        raise Refusal(_("There is no appointment."), code="no_appointment")
    said = Said({"slot": None}, data={"slot": handover.slot_id})
    return take(handover, "unbook", by=by, at=at, version=version, said=said)


def miss(handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None) -> Handover:
    """The slot is over and nobody came; a new appointment or a late arrival makes up for it.

    Refuses `not_over` before the end of the slot, and `no_appointment`.
    """
    when = instant(at)
    if handover.slot is None:
        raise Refusal(_("There is no appointment."), code="no_appointment")
    if handover.slot.ends_at > when:
        raise Refusal(_("The slot is not over yet."), code="not_over")
    return take(handover, "miss", by=by, at=when, version=version, said=Said(data={"slot": handover.slot_id}))


def check_in(
    handover: Handover,
    *,
    proxy_name: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Handover:
    """The owner is here, or `proxy_name` in their place, with an appointment or without: they get the day's next
    number, and the checklist as it stands now. Refuses `no_checklist` where the community emptied its own."""
    when = instant(at)
    with transaction.atomic():
        check(lock(handover), "check_in", by)
        number = next_in_series(handover.community, QUEUE, when)
        changes = {
            "ticket_no": number,
            "ticket_day": local_day(when),
            "checked_in_at": when,
            "proxy_name": proxy_name,
        }
        said = Said(changes, data={"ticket_no": number}, then=[_copy_checklist])
        return take(handover, "check_in", by=by, at=when, version=version, said=said)


def undo_check_in(
    handover: Handover, *, by: User, version: int | None = None, at: datetime | None = None
) -> Handover:
    """A slip of the finger: the wrong unit was checked in. Its number is not given out again. Refuses `has_begun`
    once a line is ticked."""
    if handover.lines.exclude(done_at=None).exists():
        raise Refusal(_("Lines are ticked already. Take them back first."), code="has_begun")
    changes = {"ticket_no": None, "ticket_day": None, "checked_in_at": None, "proxy_name": ""}
    said = Said(changes, then=[_drop_checklist])
    return take(handover, "undo_check_in", by=by, at=at, version=version, said=said)


def _copy_checklist(step: Step[Handover]) -> None:
    handover = step.case
    items = list(ChecklistItem.objects.in_use().filter(community=handover.community_id))
    rooms = [item for item in items if item.part == Part.ROOMS]
    if not rooms:
        said = _("The checklist of this community has no rooms. Please ask your supervisor.")
        raise Refusal(said, code="no_checklist")
    Line.objects.bulk_create(
        Line(
            community_id=handover.community_id,
            handover=handover,
            part=item.part,
            text=item.text,
            kind=item.kind,
            required=item.required,
            proxy_only=item.proxy_only,
            position=item.position,
        )
        for item in items
        if item.part != Part.ROOMS
    )
    Finding.objects.bulk_create(
        Finding(
            community_id=handover.community_id,
            handover=handover,
            room=item.room,
            text=item.text,
            trade=item.trade,
            warranty_id=item.warranty_id,
            mend_days=item.mend_days,
            position=item.position,
        )
        for item in rooms
    )


def _drop_checklist(step: Step[Handover]) -> None:
    """Nothing was written on it yet; the next arrival gets the list of its own day."""
    step.case.lines.filter(done_at=None).delete()
    step.case.findings.filter(result="").delete()
