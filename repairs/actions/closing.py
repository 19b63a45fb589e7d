"""Acceptance by the owner, the call's consequence, and the end of a ticket."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from repairs.actions.asides import NOT_HELD
from repairs.actions.drawing import draw_called, draw_rated
from repairs.actions.steps import EFFECTS, NO_PLAN
from repairs.models import Ticket
from repairs.workflow import ConfirmMethod
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step, run
from servicecenter.workflow.standings import Standing
from surveys.actions import supersede
from surveys.models import FollowUp
from surveys.workflow import FollowUpStatus

UNANSWERED_AFTER = timedelta(days=7)

# Which proof of acceptance each standing can bring.
METHODS: dict[str, frozenset[str]] = {
    Standing.RESIDENT: frozenset({ConfirmMethod.PORTAL}),
    Standing.ASSIGNEE: frozenset({ConfirmMethod.SIGNATURE}),
    Standing.AGENT: frozenset({ConfirmMethod.PHONE}),
    Standing.SUPERVISOR: frozenset({ConfirmMethod.PHONE, ConfirmMethod.SIGNATURE, ConfirmMethod.UNANSWERED}),
    Standing.SYSTEM: frozenset({ConfirmMethod.PHONE}),
}


def confirm(
    ticket: Ticket,
    *,
    method: str,
    reason: str = "",
    rating: int | None = None,
    comment: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """The owner accepts the work: by signature, in the portal, or by a recorded phone call with its reason.

    The resident may rate it at once: `rating` 1–10 overall, with a `comment`; the follow-up call comes all
    the same. Refuses `invalid` for a method that this person cannot bring, a phone confirmation without a
    reason, and `unanswered` (supervisors) before 7 days have passed since completion.
    """
    now = instant(at)
    _check_method(ticket, method, reason, by, now)
    if rating is not None and Standing.RESIDENT not in ticket.standings(by):
        # What residents say is theirs; the staff have their own check.
        raise Invalid(errors={"rating": [_("Only the resident rates the work.")]})
    if rating is not None and rating not in range(1, 11):
        raise Invalid(errors={"rating": [_("Please rate from 1 to 10.")]})
    data: dict[str, Any] = {"method": method}
    if rating is not None:
        data["rating"] = rating
    if comment:
        data["comment"] = comment

    def accepted(_locked: Ticket, when: datetime) -> dict[str, Any]:
        return {"confirmed_at": when, "confirm_method": method}

    return run(
        ticket,
        "confirm",
        by=by,
        at=now,
        version=version,
        text=reason,
        data=data,
        prepare=accepted,
        then=(*EFFECTS, draw_rated, _already_called),
    ).case


def _check_method(ticket: Ticket, method: str, reason: str, by: Actor, at: datetime) -> None:
    mine = frozenset().union(*(METHODS.get(each, frozenset()) for each in ticket.standings(by)))
    # A stranger or a role without any way to confirm is refused by the runner, with the right code.
    if mine and method not in mine:
        raise Invalid(errors={"method": [_("This way of confirming is not possible for you.")]})
    if method == ConfirmMethod.PHONE and not reason.strip():
        raise Invalid(errors={"reason": [_("Please say who confirmed and what they said.")]})
    if method == ConfirmMethod.UNANSWERED and not (
        ticket.completed_at and at >= ticket.completed_at + UNANSWERED_AFTER
    ):
        raise Invalid(errors={"method": [_("This is possible only 7 days after completion.")]})


def _already_called(step: Step[Ticket]) -> None:
    """If the call of this completion already has an outcome (nobody reached), it is followed up at once."""
    ticket = step.case
    called = FollowUp.objects.filter(
        work="repair", case_id=ticket.pk, completion_no=ticket.completion_no, status=FollowUpStatus.DONE
    )
    if called.exists():
        follow_up(ticket, by=None, at=step.at)


def follow_up(ticket: Ticket, *, by: Actor, at: datetime | None = None) -> Ticket:
    """The follow-up call has an outcome. The database refuses this without one."""

    def called(_locked: Ticket, when: datetime) -> dict[str, Any]:
        return {"followed_up_at": when}

    return run(ticket, "follow_up", by=by, at=at, prepare=called, then=(*EFFECTS, draw_called)).case


def archive(ticket: Ticket, *, by: Actor, version: int | None = None, at: datetime | None = None) -> Ticket:
    """Closes the file; nothing is archived before its follow-up has an outcome."""
    return run(ticket, "archive", by=by, at=at, version=version, prepare=_closed, then=EFFECTS).case


def cancel(
    ticket: Ticket, *, reason: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """Nobody needs to come. The resident may cancel until work starts, afterwards a supervisor."""

    def ended(locked: Ticket, when: datetime) -> dict[str, Any]:
        return {**_closed(locked, when), **NOT_HELD}

    return run(ticket, "cancel", by=by, at=at, version=version, text=reason, prepare=ended, then=EFFECTS).case


def rework(
    ticket: Ticket, *, reason: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """Not satisfied: back to dispatch on the same ticket, with new clocks; the old figures stay.

    A call about the earlier completion that was not made yet is replaced by the one about the new completion.
    """

    def again(locked: Ticket, _at: datetime) -> dict[str, Any]:
        return {
            "rework_count": locked.rework_count + 1,
            "assignee": None,
            "dispatched_by": None,
            "responded_at": None,
            "appointment_start": None,
            "appointment_end": None,
            "arrived_at": None,
            "secured_at": None,
            **NO_PLAN,
            "completed_at": None,
            "confirmed_at": None,
            "confirm_method": "",
            "followed_up_at": None,
        }

    return run(
        ticket,
        "rework",
        by=by,
        at=at,
        version=version,
        text=reason,
        data={"technician_before": ticket.assignee_id, "completion_no": ticket.completion_no},
        prepare=again,
        then=(_supersede_call, *EFFECTS),
    ).case


def _supersede_call(step: Step[Ticket]) -> None:
    supersede(work="repair", case_id=step.case.pk, at=step.at)


def _closed(_locked: Ticket, when: datetime) -> dict[str, Any]:
    return {"closed_at": when}
