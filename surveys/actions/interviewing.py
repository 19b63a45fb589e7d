"""The phone queue of campaigns: the next unit is one agent's for a quarter of an hour, and nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from owners.models import Person
from servicecenter.accounts.models import User
from servicecenter.audit.access import record_access
from servicecenter.audit.events import record
from servicecenter.audit.models import AccessLog
from servicecenter.lib.clock import LOCAL, instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from surveys.actions.answering import answer, hold_open
from surveys.models import CALLERS, Channel, Invitation
from surveys.models.invitations import InvitationQuerySet, State
from surveys.questions import Answers
from surveys.workflow import AttemptOutcome, CampaignStatus

LEASE = timedelta(minutes=15)
REST = timedelta(hours=3)
ENOUGH_CALLS = 3
MISSED = (AttemptOutcome.NO_ANSWER, AttemptOutcome.BUSY, AttemptOutcome.WRONG_NUMBER)
OUTCOMES = (AttemptOutcome.REACHED, *MISSED, AttemptOutcome.CALL_BACK, AttemptOutcome.REFUSED)


class ClaimLost(Refusal):
    """The quarter of an hour is over and somebody else has it, or it has answered meanwhile."""

    code = "claim_lost"
    sentence = _("This call is not yours any more. Please take the next one.")


def claim_interview(*, by: User, at: datetime | None = None) -> Invitation | None:
    """The next unit to call, in the hours in which its community calls; None when there is none. What one held before
    is given back. That it was taken is on record before the number is shown. Refuses `not_permitted`."""
    if by.role not in CALLERS:
        raise NotPermitted
    when = instant(at)
    with transaction.atomic():
        Invitation.objects.filter(claimed_by=by).update(claimed_by=None, claimed_until=None)
        found: Invitation | None = (
            _free(by, when).select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        )
        if found is None:
            return None
        found.claimed_by, found.claimed_until = by, when + LEASE
        found.save(update_fields=["claimed_by", "claimed_until"])
        _record(found, "claim", by, when)
    return found


def queue_of(by: User, at: datetime) -> int:
    """How many wait to be called now."""
    return _free(by, at).count()


def _free(by: User, at: datetime) -> InvitationQuerySet:
    clock = at.astimezone(LOCAL).time()
    return (
        Invitation.objects.of_staff(by)
        .filter(
            campaign__status=CampaignStatus.RUNNING,
            campaign__channels__contains=[Channel.PHONE.value],
            state=State.INVITED,
            community__calls_from__lte=clock,
            community__calls_until__gt=clock,
        )
        .filter(Q(call_after=None) | Q(call_after__lte=at))
        .filter(Q(claimed_by=None) | Q(claimed_until__lte=at))
        .order_by(F("call_after").asc(nulls_last=True), "calls", "rank", "id")
    )


def interview_of(invitation_id: int, *, by: User, at: datetime | None = None) -> Invitation:
    """The unit that one is calling; refuses `not_found`, and `claim_lost` when it is somebody else's."""
    found: Invitation | None = (
        Invitation.objects.of_staff(by)
        .select_related("campaign__questionnaire", "campaign__community", "stratum", "unit", "unit__building")
        .filter(pk=invitation_id)
        .first()
    )
    if found is None:
        raise NotFound
    _hold(found, by, instant(at))
    return found


def open_number(invitation: Invitation, person: Person, *, by: User, at: datetime | None = None) -> None:
    """The line of the access log that stands before the number on the page of a call. Refuses `too_many`."""
    record_access(
        by=by,
        community_id=invitation.community_id,
        person_id=person.pk,
        field="phone",
        reason=_access_reason(invitation),
        at=at,
    )


def may_show_number(invitation: Invitation, *, by: User) -> bool:
    """Whether that line was written for this very call."""
    if invitation.claimed_until is None:
        return False
    lines = AccessLog.objects.filter(by=by, field="phone", reason=_access_reason(invitation))
    return lines.filter(at__gte=invitation.claimed_until - LEASE).exists()


def _access_reason(invitation: Invitation) -> str:
    return f"survey call {invitation.campaign.number} {invitation.pk}"


def finish_interview(
    invitation: Invitation,
    *,
    outcome: str,
    answers: Answers | None = None,
    call_back_at: datetime | None = None,
    by: User,
    at: datetime | None = None,
) -> Invitation:
    """Ends a call. Reached: the answers count at once. Three calls that reached nobody: unreachable by phone, the
    letter still works. Refuses `claim_lost`, `invalid`, and as `answer` does."""
    when = instant(at)
    if outcome not in OUTCOMES:
        raise Invalid(errors={"outcome": [_("Please say how the call ended.")]})
    if outcome == AttemptOutcome.CALL_BACK and (call_back_at is None or call_back_at <= when):
        raise Invalid(errors={"call_back_at": [_("When are we to call back?")]})
    with transaction.atomic():
        if outcome == AttemptOutcome.REACHED:
            hold_open(invitation.campaign)
        held = Invitation.objects.select_for_update(no_key=True, of=("self",)).get(pk=invitation.pk)
        _hold(held, by, when)
        _record(held, f"call_{outcome}", by, when)
        if outcome == AttemptOutcome.REACHED:
            answer(held, answers or {}, channel=Channel.PHONE, by=by, at=when)
        else:
            _put_back(held, outcome, call_back_at, when)
    invitation.refresh_from_db(fields=["state", "calls", "call_after", "claimed_by", "claimed_until"])
    return invitation


def _put_back(held: Invitation, outcome: str, call_back_at: datetime | None, when: datetime) -> None:
    held.claimed_by = held.claimed_until = None
    if outcome == AttemptOutcome.REFUSED:
        held.state = State.REFUSED
    elif outcome == AttemptOutcome.CALL_BACK:
        held.call_after = call_back_at
    else:
        held.calls += 1
        held.call_after = when + REST
        if held.calls >= ENOUGH_CALLS:
            held.state = State.UNREACHABLE
    held.save(update_fields=["claimed_by", "claimed_until", "state", "calls", "call_after"])


def _hold(invitation: Invitation, by: User, when: datetime) -> None:
    until = invitation.claimed_until
    if invitation.claimed_by_id != by.pk or until is None or until <= when:
        raise ClaimLost


def _record(invitation: Invitation, action: str, by: User, when: datetime) -> None:
    record(
        community_id=invitation.community_id,
        work="survey_ask",
        case_id=invitation.pk,
        action=action,
        by=by,
        at=when,
        internal=True,
    )
