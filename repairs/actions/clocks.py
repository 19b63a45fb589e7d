"""What each step does to the promises of a repair (domain: promises table)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Min

from repairs.models import Ticket
from repairs.workflow import UNFINISHED, Status
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import end_of_day, local_day
from servicecenter.sla import actions as sla
from servicecenter.sla.models import Clock, Stage
from servicecenter.workflow.run import Step, lock

# The steps by which an appointment is agreed.
APPOINTS = frozenset({"schedule", "choose_window", "accept_window"})
OF_EMERGENCIES = (Stage.ARRIVE, Stage.SECURE)


def case_ref(ticket: Ticket) -> sla.CaseRef:
    """The ticket as the clocks know it."""
    return sla.CaseRef("repair", ticket.pk, ticket.community_id, urgency=ticket.urgency, level=ticket.level)


def keep_promises(step: Step[Ticket]) -> None:
    """Arms, stops, pauses and moves the clocks that belong to a step, then copies the deadlines onto the ticket."""
    ticket, at, by = step.case, step.at, step.by
    case = case_ref(ticket)
    match step.transition.action:
        case "contact":
            sla.stop(case, Stage.RESPOND, at=at, by=by)
        case "arrive":
            sla.stop(case, Stage.ARRIVE, at=at, by=by)
        case "secure":
            sla.stop(case, Stage.SECURE, at=at, by=by)
        case "choose_window" | "accept_window":
            sla.stop(case, Stage.RESPOND, at=at, by=by)
            _agree(step)
        case "schedule" | "reassign" | "send_back":
            _agree(step)
        case "complete":
            for stage in (Stage.ARRIVE, Stage.SECURE, Stage.COMPLETE):
                sla.stop(case, stage, at=at, by=by)
        case "hold":
            sla.pause(
                case,
                reason=ticket.hold_reason,
                until=ticket.hold_until,
                at=at,
                by=by,
                consent_by=by if step.data["consent"] else None,
            )
        case "resume":
            sla.resume(case, at=at, by=by)
        case "cancel" | "mark_duplicate":
            if step.from_status == Status.ON_HOLD:
                sla.resume(case, at=at, by=by)
            sla.cancel(case, at=at, by=by)
        case "rework":
            begin(ticket, step)
        case "classify":
            _reclassify(step)
        case _ if (step.from_status in UNFINISHED) == (ticket.status in UNFINISHED):
            return
    copy_deadlines(ticket)


def begin(ticket: Ticket, step: Step[Ticket]) -> None:
    """A new round of clocks for a rework: the old figures stay where they are."""
    for stage in stages(ticket):
        sla.start(case_ref(ticket), stage, at=step.at, by=step.by, round=ticket.rework_count + 1)


def stages(ticket: Ticket) -> list[Stage]:
    """The promises of a repair. Arrival is promised for emergencies only, otherwise it is an appointment; so is that
    nobody is in danger any more."""
    return [Stage.RESPOND, *(OF_EMERGENCIES if ticket.is_emergency else ()), Stage.COMPLETE]


def copy_deadlines(ticket: Ticket) -> None:
    """Writes the deadlines of the latest round onto the ticket: `next_due_at` is the nearest one still open."""
    latest = ticket.rework_count + 1
    clocks = Clock.objects.filter(work="repair", case_id=ticket.pk, round=latest)
    due = {clock.stage: clock.due_at for clock in clocks}
    running = [clock.due_at for clock in clocks if clock.is_running and clock.due_at is not None]
    now = {
        "respond_due_at": due.get(Stage.RESPOND),
        "complete_due_at": due.get(Stage.COMPLETE),
        "next_due_at": min(running, default=None) if ticket.status in UNFINISHED else None,
    }
    moved = [name for name, value in now.items() if getattr(ticket, name) != value]
    for name in moved:
        setattr(ticket, name, now[name])
    if moved:
        ticket.save(update_fields=moved)


def recount(ticket_id: int, by: Actor, at: datetime) -> None:
    """A promise changed: the ticket's running clocks count anew from their start, with their pauses kept."""
    with transaction.atomic():
        ticket = lock(Ticket(pk=ticket_id))
        sla.retarget(case_ref(ticket), at=at, by=by)
        copy_deadlines(ticket)


def _agree(step: Step[Ticket]) -> None:
    """48 hours from the report, or the appointed day if that is later and the owner agreed to it.

    The agreement ends with its appointment: moved to another day, given to somebody else, or raised to an emergency.
    """
    until, since = None, None
    if step.case.appointment_end is not None and not step.case.is_emergency:
        until = end_of_day(local_day(step.case.appointment_end))
        since = _scheduled_at(step)
    sla.agree_later(case_ref(step.case), Stage.COMPLETE, until=until, since=since, at=step.at, by=step.by)


def _scheduled_at(step: Step[Ticket]) -> datetime:
    if step.transition.action in APPOINTS:
        return step.at
    return step.case.events().filter(action__in=APPOINTS).values_list("at", flat=True).reverse()[0]


def _reclassify(step: Step[Ticket]) -> None:
    """A changed urgency counts from the original start: raising it after three hours does not give three hours back.

    A corrected trade changes no promise, whatever became of the policies meanwhile.
    """
    ticket, case = step.case, case_ref(step.case)
    if step.data["urgency"] == step.data["urgency_before"]:
        return
    done = {Stage.ARRIVE: ticket.arrived_at, Stage.SECURE: ticket.secured_at}
    for stage in OF_EMERGENCIES:
        if not ticket.is_emergency:
            sla.cancel_stage(case, stage, at=step.at, by=step.by)
        elif done[stage] is None:
            sla.start(case, stage, at=_round_began(ticket), by=step.by, round=ticket.rework_count + 1)
    _agree(step)
    sla.retarget(case, at=step.at, by=step.by)


def _round_began(ticket: Ticket) -> datetime:
    """The start of the promises of the present round: the report, or the rework."""
    clocks = Clock.objects.filter(work="repair", case_id=ticket.pk, round=ticket.rework_count + 1)
    return clocks.aggregate(began=Min("started_at"))["began"] or ticket.reported_at
