"""A call that registers and sends at once, and a follow-up call that moves the repair behind it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.actions import Said
from complaints.models import Kind
from repairs import actions as repairs
from repairs.actions.outages import join
from repairs.models import Outage, Ticket
from repairs.workflow import ConfirmMethod, Status
from servicecenter.accounts.models import User
from servicecenter.desk.actions import promises
from servicecenter.desk.actions.reopening import complain, finish_complaint_call, finish_permit_call
from servicecenter.lib.clock import instant
from servicecenter.workflow.run import lock
from surveys import actions as surveys
from surveys.actions.after_calls import asked_by, keep_answer
from surveys.actions.calls import Result
from surveys.models import AfterCall, FollowUp
from surveys.workflow import AttemptOutcome, Consequence, FollowUpStatus

REWORKABLE = (Status.COMPLETED, Status.CONFIRMED, Status.FOLLOWED_UP)


def register_repair(
    *,
    by: User,
    technician: User | None = None,
    outage: Outage | None = None,
    at: datetime | None = None,
    **reported: Any,
) -> Ticket:
    """Registers what a caller tells and accepts it at once; with a `technician` it is dispatched too, with an `outage`
    linked to it: the caller has just been told, and no rule sends somebody else. All or nothing.

    `reported` as for `repairs.actions.report`. Refuses as these steps do, and then no number is used up.
    """
    at = instant(at)
    with transaction.atomic():
        ticket = repairs.report(by=by, at=at, **reported)
        repairs.accept(ticket, by=by, at=at, by_rules=technician is None and outage is None)
        if technician is not None:
            repairs.dispatch(ticket, technician=technician, by=by, at=at)
        if outage is not None:
            join(ticket, outage, by=by, at=at)
    return ticket


def finish_call(
    follow_up: FollowUp, *, by: User, claim_no: int, result: Result, at: datetime | None = None
) -> FollowUp:
    """Ends a call and does to the repair what the answer asks for.

    Not solved, or overall 5 or less: the same ticket goes back for rework, unless it is solved and the caller chose a
    complaint or a promise instead; what is not solved goes back in any case. Otherwise a finished call follows the
    ticket up; the owner's word on the phone also confirms work that was not confirmed yet. A ticket that nobody could
    be reached about stays to be confirmed. Refuses as `surveys.actions.finish` does, and then nothing is stored.
    """
    at = instant(at)
    with transaction.atomic():
        if follow_up.work == "complaint":
            return finish_complaint_call(follow_up, by=by, claim_no=claim_no, result=result, at=at)
        if follow_up.work == "permit":
            return finish_permit_call(follow_up, by=by, claim_no=claim_no, result=result, at=at)
        # The ticket first, then its follow-up: the order in which every other step locks them.
        ticket = lock(Ticket(pk=follow_up.case_id))
        done = surveys.finish(follow_up, by=by, claim_no=claim_no, result=result, at=at)
        if done.status == FollowUpStatus.DONE:
            _settle(ticket, done, by, result, at)
    return done


def _settle(ticket: Ticket, follow_up: FollowUp, by: User, result: Result, at: datetime) -> None:
    if follow_up.completion_no != ticket.completion_no:
        return
    if result.needs_rework:
        _answer_for(ticket, by, result, at)
        if result.solved is False or result.consequence in ("", Consequence.REWORK):
            reason = result.comment or _("The owner was not satisfied at the follow-up call.")
            repairs.rework(ticket, reason=reason, by=by, at=at)
            return
    if ticket.status == Status.COMPLETED and result.outcome == AttemptOutcome.REACHED:
        # Confirming a ticket whose call is done follows it up as well.
        repairs.confirm(
            ticket, method=ConfirmMethod.PHONE, reason=_("Confirmed at the follow-up call."), by=by, at=at
        )
    elif ticket.status == Status.CONFIRMED:
        repairs.follow_up(ticket, by=by, at=at)


def _answer_for(ticket: Ticket, by: User, result: Result, at: datetime) -> None:
    """The complaint or the promise that the caller chose."""
    words = result.comment or _("Not satisfied at the follow-up call.")
    if result.consequence == Consequence.COMPLAINT:
        said = Said(
            words,
            kind=Kind.COMPLAINT,
            unit=ticket.unit,
            reporter=ticket.reporter,
            reporter_name=ticket.reporter_name,
            contact_phone=ticket.contact_phone,
        )
        complain(said, ticket, by=by, at=at)
    elif result.consequence == Consequence.PROMISE and result.promise_by is not None:
        promises.make(
            community=ticket.community,
            text=words[: promises.LONGEST],
            due_at=result.promise_by,
            by=by,
            person=ticket.reporter,
            unit=ticket.unit,
            phone=ticket.contact_phone,
            work="repair",
            case_id=ticket.pk,
            at=at,
        )


def take_after_call(
    token: str, *, solved: bool, overall: int, comment: str = "", at: datetime | None = None
) -> AfterCall:
    """What somebody answered by message whom nobody could reach. Not solved, or overall 5 or less: the repair goes back
    to work in the same transaction, unless it was done again or archived meanwhile. Refuses `link_over`, `invalid`."""
    at = instant(at)
    with transaction.atomic():
        follow_up = asked_by(token).follow_up
        ticket = lock(Ticket(pk=follow_up.case_id))
        asked = keep_answer(token, solved=solved, overall=overall, comment=comment, at=at)
        if asked.is_bad and follow_up.completion_no == ticket.completion_no and ticket.status in REWORKABLE:
            reason = comment or _("The owner was not satisfied, as they wrote after the call.")
            repairs.rework(ticket, reason=reason, by=None, at=at)
    return asked
