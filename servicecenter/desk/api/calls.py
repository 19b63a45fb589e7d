"""The call station: the next case, what came of the call, giving it back."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.models import Ticket, Trade
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.audit.access import record_access
from servicecenter.audit.idempotent import answer_once
from servicecenter.desk.actions import finish_call
from servicecenter.desk.queries.station import access_reason, follow_up_for, held_by, opens_at, sheet
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.masks import mask_phone
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound, TooMany
from servicecenter.lib.serializers import LARGEST_ID, Input, InstantField, TruthField, WholeField
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.models import CALLERS, FollowUp
from surveys.workflow import RATINGS, AttemptOutcome, Consequence, FollowUpStatus, Outcome

HIGHEST_CLAIM = 2**31 - 1
OUTCOMES = [choice for choice in AttemptOutcome.choices if choice[0] != AttemptOutcome.RELEASED]


class EarlierOut(serializers.Serializer[Any]):
    """A call about this completion that was tried before."""

    started_at = InstantField()
    outcome = serializers.ChoiceField(AttemptOutcome.choices)
    comment = serializers.CharField()


class CallOut(serializers.Serializer[Any]):
    """The case in hands: what a caller must know before the first word."""

    id = serializers.IntegerField()
    claim_no = serializers.IntegerField(help_text="Goes with whatever ends the call.")
    claimed_until = InstantField()
    work = serializers.CharField(help_text="repair, complaint or permit.")
    number = serializers.CharField(help_text="Of the case.")
    community = serializers.CharField()
    urgent = serializers.BooleanField()
    name = serializers.CharField()
    phone = serializers.CharField(help_text="In full: the access log has a line for this call. Else masked.")
    due_at = InstantField(allow_null=True)
    completed_at = InstantField()
    trade = serializers.ChoiceField([("", "—"), *Trade.choices], help_text="Of a repair; else empty.")
    address = serializers.CharField()
    text = serializers.CharField()
    summary = serializers.CharField()
    technician = serializers.CharField()
    attempt_no = serializers.IntegerField()
    earlier = EarlierOut(many=True)


class FollowUpOut(serializers.Serializer[FollowUp]):
    """A follow-up after a call."""

    id = serializers.IntegerField()
    number = serializers.CharField(source="case_number")
    completion_no = serializers.IntegerField()
    status = serializers.ChoiceField(FollowUpStatus.choices)
    outcome = serializers.ChoiceField([("", "—"), *Outcome.choices])
    missed = serializers.IntegerField(help_text="Tries that reached nobody.")
    next_call_at = InstantField()
    due_at = InstantField(allow_null=True)
    overall = serializers.IntegerField(allow_null=True)
    solved = serializers.BooleanField(allow_null=True)
    comment = serializers.CharField()
    finished_at = InstantField(allow_null=True)


def _rating() -> WholeField:
    return WholeField(required=False, min_value=1, max_value=10)


RatingsIn = type("RatingsIn", (Input,), {name: _rating() for name in RATINGS} | {"__doc__": "Each 1–10."})


class AttemptIn(Input):
    """What came of the call. Reached: `solved` and `ratings.overall` belong to it; call back: the time."""

    claim_no = WholeField(min_value=1, max_value=HIGHEST_CLAIM)
    outcome = serializers.ChoiceField(OUTCOMES)
    ratings = RatingsIn(required=False)
    comment = TextSerializerField(max_length=1000, multiline=True, required=False)
    solved = TruthField(required=False, allow_null=True)
    call_back_at = InstantField(required=False, allow_null=True)
    consequence = serializers.ChoiceField(
        Consequence.choices, required=False, help_text="Of a bad answer about a repair; rework if left out."
    )
    promise_by = InstantField(required=False, help_text="With `promise`: until when.")


class ClaimIn(Input):
    """Which queue."""

    line = serializers.RegexField(
        r"^[a-zA-Z-]*$",
        max_length=8,
        required=False,
        help_text="`urgent`, `promised`, `late`, or a language.",
    )


class ReleaseIn(Input):
    """Which claim is given back."""

    claim_no = WholeField(required=False, min_value=1, max_value=HIGHEST_CLAIM)


class ClaimEndpoint(Endpoint):
    """“Next call”."""

    roles = CALLERS

    @operation(
        "follow_up_claim",
        "The next case to call",
        body=ClaimIn,
        answer=CallOut,
        more={204: "Nobody to call now; outside calling hours `Retry-After` says when they begin."},
    )
    def post(self, request: Request) -> Response:
        """The most urgent due case that nobody else holds, for 15 minutes; the one in hands is given again.

        The attempt is written, then the access, then the number is shown.
        """
        at = database_now()
        opens = opens_at(self.user, at)
        if opens is not None and held_by(self.user) is None:
            wait = int((opens - at).total_seconds()) + 1
            return Response(status=204, headers={"Retry-After": str(wait)})
        held = surveys.claim(by=self.user, line=self.body(ClaimIn).get("line", ""))
        if held is None:
            return Response(status=204)
        answer = Response(CallOut(_call(self.user, held)).data)
        answer["Cache-Control"] = "no-store"
        return answer


def _call(user: User, held: FollowUp) -> dict[str, Any]:
    """The sheet of a claimed case; its number in full once the access log has a line for it."""
    known = sheet(user, held)
    may_show = known.may_show_phone or _logged(user, held, known.case.reporter_id)
    case = known.case
    worker = case.assignee if isinstance(case, Ticket) else case.handler
    return {
        **{name: getattr(held, name) for name in ("id", "claim_no", "claimed_until", "urgent", "name")},
        **{name: getattr(case, name) for name in ("text", "summary", "number")},
        "work": held.work,
        "trade": case.trade if isinstance(case, Ticket) else "",
        "address": case.where(),
        "community": case.community.code,
        "phone": held.phone if may_show else mask_phone(held.phone),
        "due_at": held.due_at,
        "completed_at": held.completed_at,
        "technician": str(worker or ""),
        "attempt_no": known.attempt_no,
        "earlier": known.earlier,
    }


def _logged(user: User, held: FollowUp, reporter_id: int | None) -> bool:
    try:
        record_access(
            by=user,
            community_id=held.community_id,
            # 0: a caller who is not in the roll.
            person_id=reporter_id or 0,
            field="phone",
            reason=access_reason(held),
        )
    except TooMany:
        return False
    return True


class CallEndpoint(Endpoint):
    """One follow-up in the communities of the caller."""

    roles = CALLERS

    def one(self, pk: int) -> FollowUp:
        """The row; refuses `not_found`."""
        if pk > LARGEST_ID:
            raise NotFound
        return follow_up_for(self.user, pk)


class AttemptsEndpoint(CallEndpoint):
    """Ending a call."""

    @operation(
        "follow_up_attempt", "What came of a call", body=AttemptIn, answer=FollowUpOut, status=201, once=True
    )
    def post(self, request: Request, pk: int) -> Response:
        """Ends the case or says when to try again; not satisfied sends the repair back for rework at once.

        Refuses `claim_lost` (409) for anybody but the present holder under the present claim number.
        """
        held = self.one(pk)

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(AttemptIn)
            claim_no, ratings = given.pop("claim_no"), dict(given.pop("ratings", {}))
            result = Result(ratings=ratings, **given)
            done = finish_call(held, by=self.user, claim_no=claim_no, result=result)
            return 201, dict(FollowUpOut(done).data)

        return answer_once(request, self.user, act)


class ReleaseEndpoint(CallEndpoint):
    """Giving a case back."""

    @operation("follow_up_release", "Give a case back", body=ReleaseIn, answer=FollowUpOut, errors=[409])
    def post(self, request: Request, pk: int) -> Response:
        """Without a call. Refuses `claim_lost` (409)."""
        given = self.body(ReleaseIn)
        released = surveys.release(self.one(pk), by=self.user, claim_no=given.get("claim_no"))
        return Response(FollowUpOut(released).data)
