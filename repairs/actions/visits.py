"""Agreeing when somebody comes: times are offered, chosen or answered with others; then the way there, and the visits
that came to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.actions.asides import hold
from repairs.actions.messages import announce
from repairs.actions.steps import EFFECTS, NO_APPOINTMENT
from repairs.actions.windows import offered_by, refuse_if_busy, side_of, write_offers
from repairs.models import MOST_OFFERS, Appointment, Offers, Side, Ticket, WindowState
from repairs.models.appointments import FARTHEST_WINDOW, LONGEST_WINDOW
from repairs.queries.visits import opens_at
from repairs.workflow import HoldReason
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, Refusal
from servicecenter.workflow.run import Step, check, lock, run

Windows = Sequence[tuple[datetime, datetime]]

LONGEST_WAY = 240


class TooEarly(Refusal):
    """It cannot be said before the time has come."""

    code = "too_early"


def offer_windows(
    ticket: Ticket,
    *,
    windows: Windows,
    side: str = "",
    by: Actor,
    at: datetime | None = None,
) -> list[Appointment]:
    """Offers up to three times to the other side, in place of what was offered before; what the other side offered is
    answered by it. The desk says whose times they are (`side`: what the resident said on the phone, or its own); for
    everybody else their own side counts.

    Refuses as the runner does, and `invalid`: none or more than three, one that is past, over 60 days away, longer than
    12 hours or offered twice, or of ours at a time when the technician is elsewhere.
    """
    own = side_of(by)
    spoken = side if own == Side.AGENT and side in (Side.RESIDENT, Side.AGENT) else own
    made: list[Appointment] = []

    def offered(step: Step[Ticket]) -> None:
        held = step.case
        _check_windows(windows, step.at)
        ours = spoken != Side.RESIDENT
        if ours and held.assignee_id is not None:
            for start, end in windows:
                refuse_if_busy(held, start, end, field="windows")
        for row in held.appointments.offered():
            theirs = (row.side == Side.RESIDENT) == ours
            row.become(WindowState.COUNTERED if theirs else WindowState.CANCELLED, at=step.at)
        made.extend(write_offers(held, windows, side=spoken, by=by, at=step.at))
        offered_by(held, Offers.US if ours else Offers.RESIDENT)
        told = "counter_windows" if ours else "offer_windows"
        announce(held, told, by_id=by.pk if by else None, at=step.at, key=str(step.event.pk))

    said = [{"start": start.isoformat(), "end": end.isoformat()} for start, end in windows]
    run(ticket, "offer_windows", by=by, at=at, data={"windows": said, "side": spoken}, then=[offered])
    return made


def _check_windows(windows: Windows, now: datetime) -> None:
    wrong = None
    if not 1 <= len(windows) <= MOST_OFFERS:
        wrong = _("Please offer one to three times.")
    elif len(set(windows)) < len(windows):
        wrong = _("Please offer each time only once.")
    elif any(end <= start for start, end in windows):
        wrong = _("The end must come after the start.")
    elif any(end - start > LONGEST_WINDOW for start, end in windows):
        wrong = _("An appointment lasts 12 hours at most.")
    elif any(end <= now for _start, end in windows):
        wrong = _("This time is already past.")
    elif any(start > now + FARTHEST_WINDOW for start, _end in windows):
        wrong = _("Please choose a day within the next 60 days.")
    if wrong:
        raise Invalid(errors={"windows": [wrong]})


def choose_window(
    ticket: Ticket,
    *,
    window: int,
    start: datetime | None = None,
    end: datetime | None = None,
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """The technician (or the desk for them) takes one of the resident's times: the whole `window`, or a part of it from
    `start` until `end`. It is the appointment at once, and answers the resident: it counts as the first contact.

    Refuses as the runner does, and `invalid`: a window that is not offered (any more) or past, a part outside of it, or
    a time when the technician is elsewhere.
    """
    return _settle(ticket, "choose_window", window, (start, end), by=by, version=version, at=at)


def accept_window(
    ticket: Ticket, *, window: int, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """The resident (or the desk for them, on the phone) takes one of the times that we offered. Refuses as
    `choose_window` does."""
    return _settle(ticket, "accept_window", window, (None, None), by=by, version=version, at=at)


def _settle(
    ticket: Ticket,
    action: str,
    window: int,
    part: tuple[datetime | None, datetime | None],
    *,
    by: Actor,
    version: int | None,
    at: datetime | None,
) -> Ticket:
    """One of the offered windows, or a part of it, becomes the appointment of the (then locked) repair."""
    with transaction.atomic():
        check(lock(ticket), action, by)
        now = instant(at)
        row = ticket.appointments.offered().filter(pk=window).first()
        start, end = _part_of(row, part, now)
        return run(
            ticket,
            action,
            by=by,
            at=now,
            version=version,
            data={"window": window, "start": start.isoformat(), "end": end.isoformat()},
            prepare=lambda held, when: {
                "appointment_start": start,
                "appointment_end": end,
                "responded_at": held.responded_at or when,
            },
            then=EFFECTS,
        ).case


def _part_of(
    row: Appointment | None, part: tuple[datetime | None, datetime | None], now: datetime
) -> tuple[datetime, datetime]:
    if row is None:
        raise Invalid(errors={"window": [_("This time is not offered any more. Please look at it again.")]})
    start, end = part[0] or row.starts_at, part[1] or row.ends_at
    if not row.starts_at <= start < end <= row.ends_at:
        raise Invalid(errors={"start": [_("Please choose a time within the one that was offered.")]})
    if end <= now:
        raise Invalid(errors={"window": [_("This time is already past.")]})
    return start, end


def on_way(ticket: Ticket, *, minutes: int, by: Actor, at: datetime | None = None) -> Ticket:
    """在路上: the resident hears who comes and in how many minutes. It changes no status.

    Refuses as the runner does, `invalid` beyond four hours of way, and `too_early` more than four hours before the
    appointment.
    """
    if not 1 <= minutes <= LONGEST_WAY:
        raise Invalid(errors={"minutes": [_("Please say how many minutes, from 1 to 240.")]})

    def told(step: Step[Ticket]) -> None:
        opens = opens_at(step.case, "on_way")
        if opens is not None and step.at < opens:
            raise TooEarly(_("The appointment is later. Please say this when you set out."))
        step.case.appointments.agreed().update(on_way_at=step.at, on_way_minutes=minutes)

    return run(
        ticket,
        "on_way",
        by=by,
        at=at,
        data={"minutes": minutes, "engineer": str(ticket.assignee or "")},
        then=[told, *EFFECTS],
    ).case


def nobody_home(
    ticket: Ticket,
    *,
    note: str,
    resume_at: datetime | None = None,
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """The technician stood before a closed door. The resident is told, and another time has to be agreed; with
    `resume_at` the clocks stand still until then (waiting for the owner).

    Refuses as the runner does, `too_early` in the first ten minutes of the window, and with `resume_at` as `hold` does.
    """

    def waited(held: Ticket, when: datetime) -> dict[str, Any]:
        opens = opens_at(held, "nobody_home")
        if opens is None or when < opens:
            raise TooEarly(_("Please wait until ten minutes of the agreed time have passed, and ring again."))
        return dict(NO_APPOINTMENT)

    with transaction.atomic():
        missed = run(
            ticket,
            "nobody_home",
            by=by,
            at=at,
            version=version,
            text=note,
            data=_missed(ticket),
            prepare=waited,
            then=EFFECTS,
        )
        if resume_at is not None:
            hold(ticket, reason=HoldReason.OWNER_ABSENT, resume_at=resume_at, note=note, by=by, at=missed.at)
    return ticket


def nobody_came(
    ticket: Ticket, *, note: str = "", by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """The resident waited in vain (or says so on the phone): the supervisors hear of it, it is counted, and another
    time has to be agreed. Refuses as the runner does, and `too_early` before the window has ended."""

    def waited(held: Ticket, when: datetime) -> dict[str, Any]:
        opens = opens_at(held, "nobody_came")
        if opens is None or when < opens:
            raise TooEarly(_("The agreed time is not over yet. Please urge us if it is pressing."))
        return dict(NO_APPOINTMENT)

    return run(
        ticket,
        "nobody_came",
        by=by,
        at=at,
        version=version,
        text=note,
        data=_missed(ticket),
        prepare=waited,
        then=EFFECTS,
    ).case


def _missed(ticket: Ticket) -> dict[str, Any]:
    """The window that came to nothing, for the story."""
    start, end = ticket.appointment_start, ticket.appointment_end
    return {"start": start.isoformat(), "end": end.isoformat()} if start and end else {}
