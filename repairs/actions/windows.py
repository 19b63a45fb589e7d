"""What each step of a repair does to its windows. An appointment changes by these effects only, and is reminded of by
timers of the repair, so that whoever holds the repair's row decides about both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from repairs.actions.clocks import APPOINTS, case_ref
from repairs.models import MOST_OFFERS, Appointment, Offers, Side, Ticket, WindowState
from repairs.models.appointments import BUSY, LONGEST_WINDOW
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import LOCAL, local_day
from servicecenter.lib.refusals import Invalid
from servicecenter.sla import actions as sla
from servicecenter.workflow.run import Step

# The stage of the timers that remind both sides, and their steps.
VISIT = "visit"
EVENING, HOUR = "evening", "hour"
EVENING_AT = time(19)
ONE_HOUR = timedelta(hours=1)
# What an agreed window becomes by a step, and whether offers that nobody answered end with it.
ENDS: dict[str, tuple[str, bool]] = {
    "arrive": (WindowState.KEPT, True),
    "nobody_home": (WindowState.MISSED_BY_RESIDENT, False),
    "nobody_came": (WindowState.MISSED_BY_TECHNICIAN, False),
    "reassign": (WindowState.CANCELLED, False),
    "send_back": (WindowState.CANCELLED, False),
    "complete": (WindowState.CANCELLED, True),
    "settle": (WindowState.CANCELLED, True),
    "cancel": (WindowState.CANCELLED, True),
    "mark_duplicate": (WindowState.CANCELLED, True),
}


def keep_windows(step: Step[Ticket]) -> None:
    """Agrees, ends and forgets windows as the step asks, and arms or calls off what reminds of them."""
    action, ticket = step.transition.action, step.case
    if action in APPOINTS:
        _agree(step)
    elif action in ENDS:
        state, offers_too = ENDS[action]
        rows = list(ticket.appointments.live())
        _end_agreed(rows, ticket, state, step.at)
        if action in ("reassign", "send_back"):
            # What the resident offered suits them whoever comes; what somebody else offered is void.
            _end_offers([row for row in rows if row.side != Side.RESIDENT], step.at)
            offered_by(ticket, "" if ticket.windows_from == Offers.US else ticket.windows_from)
        elif offers_too:
            _end_offers(rows, step.at)
            offered_by(ticket, "")
    elif action == "hold" and ticket.appointment_start is None:
        _end_agreed(list(ticket.appointments.agreed()), ticket, WindowState.CANCELLED, step.at)


def offered_by(ticket: Ticket, side: str) -> None:
    """Notes on the (locked) repair whose offer waits for an answer, for lists and buttons; '' for nobody's."""
    if ticket.windows_from != side:
        ticket.windows_from = side
        ticket.save(update_fields=["windows_from"])


def refuse_if_busy(ticket: Ticket, start: datetime, end: datetime, *, field: str) -> None:
    """Refuses `invalid` where the technician of the repair is agreed to be elsewhere. Two who ask for the same
    technician at once wait for each other here; the database refuses as well."""
    if ticket.assignee_id is None:
        return
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=ticket.assignee_id)
    taken = Appointment.objects.agreed().filter(technician=ticket.assignee_id).overlapping(start, end)
    if taken.exclude(ticket=ticket).exists():
        raise Invalid(errors={field: [BUSY]})


def side_of(by: Actor) -> str:
    """On which side somebody stands."""
    if by is not None and by.role == Role.RESIDENT:
        return Side.RESIDENT
    return Side.TECHNICIAN if by is not None and by.role == Role.TECHNICIAN else Side.AGENT


def offers_at_report(ticket: Ticket, *, by: User) -> None:
    """The times that suit the resident, as offers from the first moment on: the first three that are not over."""
    windows = [
        (datetime.fromisoformat(each["start"]), datetime.fromisoformat(each["end"]))
        for each in ticket.preferred_windows
    ]
    open_ones = [(start, end) for start, end in windows if end > ticket.reported_at and is_short(start, end)]
    if open_ones:
        first = list(dict.fromkeys(open_ones))[:MOST_OFFERS]
        write_offers(ticket, first, side=Side.RESIDENT, by=by, at=ticket.reported_at)
        offered_by(ticket, Offers.RESIDENT)


def is_short(start: datetime, end: datetime) -> bool:
    """Whether it is a window at all: it ends after it begins, and within 12 hours."""
    return timedelta(0) < end - start <= LONGEST_WINDOW


def write_offers(
    ticket: Ticket, windows: Iterable[tuple[datetime, datetime]], *, side: str, by: Actor, at: datetime
) -> list[Appointment]:
    """New offers; one statement."""
    return Appointment.objects.bulk_create(
        Appointment(
            community_id=ticket.community_id,
            ticket=ticket,
            starts_at=start,
            ends_at=end,
            state=WindowState.OFFERED,
            side=side,
            proposed_by=by,
            proposed_at=at,
        )
        for start, end in windows
    )


def reminders(starts_at: datetime) -> dict[str, datetime]:
    """When both sides are reminded: the evening before and an hour before."""
    evening = datetime.combine(local_day(starts_at) - timedelta(days=1), EVENING_AT, LOCAL)
    return {EVENING: evening, HOUR: starts_at - ONE_HOUR}


def _agree(step: Step[Ticket]) -> None:
    """The window that was just agreed takes the place of the one before; all offers are answered by it."""
    ticket, at = step.case, step.at
    assert ticket.assignee_id is not None
    assert ticket.appointment_start is not None
    assert ticket.appointment_end is not None
    refuse_if_busy(ticket, ticket.appointment_start, ticket.appointment_end, field="start")
    rows = list(ticket.appointments.live())
    chosen = next((row for row in rows if row.pk == step.data.get("window")), None)
    _end_agreed(rows, ticket, WindowState.MOVED, at)
    _end_offers([row for row in rows if row is not chosen], at)
    facts: dict[str, Any] = {
        "starts_at": ticket.appointment_start,
        "ends_at": ticket.appointment_end,
        "technician_id": ticket.assignee_id,
        "agreed_at": at,
    }
    if chosen is not None:
        chosen.become(WindowState.AGREED, at=at, **facts)
    else:
        Appointment.objects.create(
            community_id=ticket.community_id,
            ticket=ticket,
            state=WindowState.AGREED,
            side=side_of(step.by),
            proposed_by=step.by,
            proposed_at=at,
            **facts,
        )
    offered_by(ticket, "")
    sla.remind(case_ref(ticket), stage=VISIT, steps=reminders(ticket.appointment_start), at=at)


def _end_agreed(rows: Iterable[Appointment], ticket: Ticket, state: str, at: datetime) -> None:
    for row in rows:
        if row.state == WindowState.AGREED:
            row.become(state, at=at)
            sla.forget(case_ref(ticket), stage=VISIT, at=at)


def _end_offers(rows: Iterable[Appointment], at: datetime, state: str = WindowState.CANCELLED) -> None:
    for row in rows:
        if row.state == WindowState.OFFERED:
            row.become(state, at=at)
