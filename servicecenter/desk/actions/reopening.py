"""A follow-up call about a complaint (archived, or opened again one level higher) and about a decoration."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.actions import CALLS, Said, link, receive
from complaints.models import Channel, Complaint, Kind, Type
from complaints.workflow import Status
from decoration.models import Permit
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.workflow.run import lock
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.models import FollowUp
from surveys.workflow import FollowUpStatus


def finish_complaint_call(
    follow_up: FollowUp, *, by: User, claim_no: int, result: Result, at: datetime
) -> FollowUp:
    """Ends the call. Not solved, or overall 5 or less: the complaint is opened again, one level higher. Otherwise an
    ended call archives it. Refuses as `surveys.actions.finish` does, and then nothing is stored."""
    with transaction.atomic():
        # The complaint first, then its follow-up: the order in which every other step locks them.
        complaint = lock(Complaint(pk=follow_up.case_id))
        done = surveys.finish(follow_up, by=by, claim_no=claim_no, result=result, at=at)
        current = done.completion_no == complaint.completion_no and complaint.status == Status.CLOSED
        if done.status == FollowUpStatus.DONE and current:
            if result.needs_rework:
                reason = result.comment or _("The complainant was not satisfied at the follow-up call.")
                CALLS["complaint"]["reopen"](complaint, reason=reason, by=by, at=at)
            else:
                CALLS["complaint"]["archive"](complaint, by=None, at=at)
    return done


def finish_permit_call(
    follow_up: FollowUp, *, by: User, claim_no: int, result: Result, at: datetime
) -> FollowUp:
    """Ends the call about a decoration that was accepted. Not solved, or overall 5 or less: a complaint is opened from
    it and linked. Refuses as `surveys.actions.finish` does, and then nothing is stored."""
    with transaction.atomic():
        # The permit first, then its follow-up: the order in which every other step locks them.
        permit = lock(Permit(pk=follow_up.case_id))
        done = surveys.finish(follow_up, by=by, claim_no=claim_no, result=result, at=at)
        if done.status == FollowUpStatus.DONE and result.needs_rework:
            words = result.comment or _("Not satisfied with how the decoration was looked after.")
            said = Said(
                words,
                kind=Kind.COMPLAINT,
                type=Type.OTHER,
                unit=permit.unit,
                reporter=permit.applicant,
                contact_phone=permit.contact_phone,
            )
            complain(said, permit, by=by, at=at)
    return done


def complain(said: Said, about: Permit | Ticket, *, by: User, at: datetime) -> None:
    """Opens a complaint from a call and links it with what was called about."""
    opened = receive(said, community=about.community, channel=Channel.CALL, by=by, at=at).case
    if isinstance(opened, Complaint):
        work = "repair" if isinstance(about, Ticket) else "permit"
        link(opened, work=work, case_id=about.pk, number=about.number, by=by, at=at)
