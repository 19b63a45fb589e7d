"""What happens next with a repair, in plain words for whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repairs.models import Offers, Ticket
from repairs.queries.said import price_words, window_words
from repairs.workflow import AT_WORK, Status
from servicecenter.accounts.models import User


@dataclass(frozen=True)
class NextStep:
    """What happens next and, if something is promised, by when."""

    sentence: str
    when: datetime | None = None
    icon: str = "arrow-right"


# status: the sentence, the deadline that it is about (a field of the ticket), its icon
Words = Mapping[str, tuple[str | Promise, str, str]]

FOR_RESIDENT: Words = {
    Status.REPORTED: (_("We have your report and will contact you"), "respond_due_at", "phone"),
    Status.ACCEPTED: (_("We are choosing an engineer who will contact you"), "respond_due_at", "phone"),
    Status.REWORK: (_("We are sorry. An engineer will contact you again"), "respond_due_at", "phone"),
    Status.DISPATCHED: (_("%(engineer)s will call you"), "respond_due_at", "phone"),
    Status.CONTACTED: (
        _("%(engineer)s is arranging the visit with you; done"),
        "complete_due_at",
        "calendar-event",
    ),
    Status.SCHEDULED: (_("%(engineer)s will come to you: %(window)s"), "", "calendar-event"),
    Status.ON_SITE: (_("%(engineer)s is on site; done"), "complete_due_at", "tool"),
    Status.PLAN_PROPOSED: (
        _("Please look at the plan and its price (%(price)s). Work starts when you agree."),
        "",
        "help-circle",
    ),
    Status.PLAN_APPROVED: (_("%(engineer)s is doing the work; done"), "complete_due_at", "tool"),
    Status.COMPLETED: (
        _("Please look at the work: accept it, or tell us what is not right."),
        "",
        "circle-check",
    ),
    Status.CONFIRMED: (_("We will call you once to ask how it went."), "", "phone"),
    Status.FOLLOWED_UP: (_("All is done. Thank you for your time."), "", "circle-check"),
    Status.ARCHIVED: (_("All is done. Thank you for your time."), "", "circle-check"),
    Status.ON_HOLD: (_("On hold: %(reason)s. Work goes on by itself"), "hold_until", "player-pause"),
    Status.CANCELLED: (_("This report was cancelled. Nobody will come."), "", "circle-x"),
    Status.DUPLICATE: (_("This is already being worked on under another report."), "", "copy"),
}
FOR_ENGINEER: Words = {
    Status.DISPATCHED: (_("Call the owner"), "respond_due_at", "phone"),
    Status.CONTACTED: (
        _("Agree a time with the owner, or go there; done"),
        "complete_due_at",
        "calendar-event",
    ),
    Status.SCHEDULED: (_("Go to the appointment: %(window)s"), "", "map-pin"),
    Status.ON_SITE: (_("Do the work, or propose a plan with its price; done"), "complete_due_at", "tool"),
    Status.PLAN_PROPOSED: (_("Wait until the owner agrees to the plan (%(price)s)."), "", "help-circle"),
    Status.PLAN_APPROVED: (_("The owner has agreed (%(price)s). Do the work"), "complete_due_at", "tool"),
    Status.COMPLETED: (_("Ask the owner to look at the work and sign."), "", "signature"),
    Status.CONFIRMED: (_("Done. The front desk will call the owner once."), "", "circle-check"),
    Status.FOLLOWED_UP: (_("Done."), "", "circle-check"),
    Status.ARCHIVED: (_("Done."), "", "circle-check"),
    Status.ON_HOLD: (_("On hold: %(reason)s. It goes on by itself"), "hold_until", "player-pause"),
    Status.CANCELLED: (_("Cancelled. Nobody needs to go."), "", "circle-x"),
}
FOR_DESK: Words = {
    Status.REPORTED: (_("Accept the report; an engineer has to have called"), "respond_due_at", "check"),
    Status.ACCEPTED: (_("Send an engineer, who has to have called"), "respond_due_at", "send"),
    Status.REWORK: (_("Send an engineer again, who has to have called"), "respond_due_at", "send"),
    Status.DISPATCHED: (_("%(engineer)s has to call the owner"), "respond_due_at", "phone"),
    Status.CONTACTED: (_("%(engineer)s makes an appointment; done"), "complete_due_at", "calendar-event"),
    Status.SCHEDULED: (_("%(engineer)s visits the owner: %(window)s"), "", "calendar-event"),
    Status.ON_SITE: (_("%(engineer)s is on site; done"), "complete_due_at", "tool"),
    Status.PLAN_PROPOSED: (_("The owner has to agree to the plan (%(price)s)."), "", "help-circle"),
    Status.PLAN_APPROVED: (_("%(engineer)s is doing the work; done"), "complete_due_at", "tool"),
    Status.COMPLETED: (
        _("The owner has to accept the work; the follow-up call is due too."),
        "",
        "circle-check",
    ),
    Status.CONFIRMED: (_("The follow-up call has to be made."), "", "phone"),
    Status.FOLLOWED_UP: (_("Everything is done; the file can be archived."), "", "archive"),
    Status.ARCHIVED: (_("Nothing; this file is closed."), "", "archive"),
    Status.ON_HOLD: (_("On hold: %(reason)s. It goes on by itself"), "hold_until", "player-pause"),
    Status.CANCELLED: (_("Nothing; this report was cancelled."), "", "circle-x"),
    Status.DUPLICATE: (_("Work goes on under %(other)s."), "", "copy"),
}
# Times that were offered wait for an answer: of the resident, the engineer, the desk.
TO_CHOOSE: Mapping[tuple[str, str], str | Promise] = {
    (Offers.US, "resident"): _("Please choose one of the times that we offer for the visit."),
    (Offers.RESIDENT, "engineer"): _("Choose one of the times that suit the resident"),
    (Offers.RESIDENT, "desk"): _("%(engineer)s chooses one of the resident's times"),
}
# Danger comes first, whatever the status says; the nearest promise is that it ends.
IN_DANGER = {
    "resident": _("%(engineer)s is on site. First nobody must be in danger"),
    "engineer": _("Make it safe first, then do the work; safe"),
    "desk": _("%(engineer)s is on site; safe"),
}


def next_step(ticket: Ticket, user: User) -> NextStep:
    """What happens next for a resident, for the assigned engineer, or for everybody else on the staff.

    A promise whose time has passed is owned up to instead of being repeated.
    """
    sentence, field, icon = _words(ticket, user)
    when: datetime | None = getattr(ticket, field) if field else None
    text = str(sentence) % _facts(ticket)
    if when is not None and when < timezone.now() and not user.is_employee:
        late = gettext("We are late with this and are sorry. Please urge us, or call the hotline.")
        return NextStep(late, icon="clock-exclamation")
    return NextStep(text, when, icon)


def _words(ticket: Ticket, user: User) -> tuple[str | Promise, str, str]:
    reader = "engineer" if ticket.assignee_id == user.pk else "desk" if user.is_employee else "resident"
    if ticket.is_dangerous and ticket.status in AT_WORK:
        return IN_DANGER[reader], "next_due_at", "shield-check"
    offered = TO_CHOOSE.get((ticket.windows_from, reader))
    if offered is not None and ticket.status in (Status.DISPATCHED, Status.CONTACTED):
        due = "respond_due_at" if ticket.responded_at is None and user.is_employee else ""
        return offered, due, "calendar-question"
    if not user.is_employee:
        return FOR_RESIDENT[ticket.status]
    if ticket.assignee_id == user.pk and ticket.status in FOR_ENGINEER:
        return FOR_ENGINEER[ticket.status]
    return FOR_DESK[ticket.status]


def _facts(ticket: Ticket) -> dict[str, Any]:
    start, end = ticket.appointment_start, ticket.appointment_end
    return {
        "engineer": str(ticket.assignee) if ticket.assignee else gettext("An engineer"),
        "window": window_words(start, end) if start and end else "",
        "price": price_words(ticket.price),
        "reason": ticket.get_hold_reason_display() if ticket.hold_reason else "",
        "other": ticket.duplicate_of.number if ticket.duplicate_of else "",
    }
