"""The call station: claim the next case, keep it, give it back, finish it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.sla import actions as clocks
from servicecenter.sla.models import Stage
from surveys.actions.after_calls import ask_by_message
from surveys.actions.openings import case_ref
from surveys.models import CALLERS, Attempt, FollowUp
from surveys.spacing import is_unreachable, next_try, part_to_avoid
from surveys.workflow import (
    MISSED,
    RATINGS,
    REWORK_UP_TO,
    SATISFIED_FROM,
    AttemptOutcome,
    Consequence,
    FollowUpStatus,
    Outcome,
)

LEASE = timedelta(minutes=15)
LATEST_CALL_BACK = timedelta(days=14)


class ClaimLost(Refusal):
    """The case is not in the caller's hands any more: the lease ran out and somebody else has it, or it is done."""

    code = "claim_lost"
    sentence = _("This case is no longer yours. Nothing was saved; please take the next one.")


@dataclass(frozen=True)
class Result:
    """What was heard in a call. `ratings`: 1–10 for any of punctual, attitude, quality, tidiness,
    price_explained, overall. `consequence` of a bad answer about a repair: one of `Consequence`, rework if none."""

    outcome: str
    ratings: Mapping[str, int] = field(default_factory=dict)
    solved: bool | None = None
    comment: str = ""
    call_back_at: datetime | None = None
    # What a bad answer becomes, and for a promise by when it is kept.
    consequence: str = ""
    promise_by: datetime | None = None

    @property
    def needs_rework(self) -> bool:
        """Overall 5 or less, or not solved (domain §4)."""
        return self.outcome == AttemptOutcome.REACHED and (
            self.solved is False or self.ratings.get("overall", 10) <= REWORK_UP_TO
        )


def claim(*, by: User, line: str = "", at: datetime | None = None) -> FollowUp | None:
    """The most urgent due case that nobody else holds, leased to `by` for 15 minutes; None when there is
    nothing to call.

    `line`: only of this queue (`surveys.models.LINES`, or a language). A case that `by` already holds is given again.
    Two agents never get the same case, nor the same person's phone at once.
    The attempt is written here, before any number is shown. Refuses `not_permitted` for anybody who does not call.
    """
    if by.role not in CALLERS:
        raise NotPermitted
    _free_expired(by, instant(at))
    held = FollowUp.objects.filter(claimed_by=by, status=FollowUpStatus.CLAIMED).first()
    if held is not None:
        return held
    skipped: list[str] = []
    while True:
        try:
            return _claim_one(by, at, skipped, line)
        except IntegrityError:
            # Another agent is talking to this very phone, or this agent's second window was quicker.
            held = FollowUp.objects.filter(claimed_by=by, status=FollowUpStatus.CLAIMED).first()
            if held is not None:
                return held
            skipped = list(
                FollowUp.objects.filter(
                    community__in=by.community_ids, status=FollowUpStatus.CLAIMED
                ).values_list("phone", flat=True)
            )


def _claim_one(by: User, given: datetime | None, skipped: list[str], line: str) -> FollowUp | None:
    with transaction.atomic():
        found = (
            FollowUp.objects.callable_by(by, instant(given), line)
            .exclude(phone__in=[phone for phone in skipped if phone])
            .select_for_update(skip_locked=True, of=("self",))
            .first()
        )
        if found is None:
            return None
        # Read once the row is ours: whoever gave it back a moment ago has ended before we begin (V6).
        at = instant(given)
        found.status = FollowUpStatus.CLAIMED
        found.claimed_by = by
        found.claimed_until = at + LEASE
        found.claim_no += 1
        found.save(update_fields=["status", "claimed_by", "claimed_until", "claim_no"])
        Attempt.objects.create(
            follow_up=found, community_id=found.community_id, claim_no=found.claim_no, by=by, started_at=at
        )
        return found


def _free_expired(by: User, at: datetime) -> None:
    """Cases whose lease ran out go back into the queue; whoever presses “next call” clears them away."""
    with transaction.atomic():
        expired = (
            FollowUp.objects.select_for_update(skip_locked=True)
            .filter(community__in=by.community_ids, status=FollowUpStatus.CLAIMED, claimed_until__lt=at)
            .order_by("id")[:50]
        )
        for follow_up in expired:
            _give_back(follow_up, at)


def _give_back(follow_up: FollowUp, at: datetime) -> None:
    Attempt.objects.filter(follow_up=follow_up, ended_at=None).update(
        ended_at=at, outcome=AttemptOutcome.RELEASED
    )
    follow_up.status = FollowUpStatus.DUE
    follow_up.claimed_by = None
    follow_up.claimed_until = None
    follow_up.save(update_fields=["status", "claimed_by", "claimed_until"])


def renew(follow_up: FollowUp, *, by: User, claim_no: int, at: datetime | None = None) -> FollowUp:
    """Another 15 minutes for a page that is still open; refuses `claim_lost`."""
    at = instant(at)
    with transaction.atomic():
        held = _held(follow_up, by, claim_no)
        held.claimed_until = at + LEASE
        held.save(update_fields=["claimed_until"])
    return held


def release(
    follow_up: FollowUp, *, by: User, claim_no: int | None = None, at: datetime | None = None
) -> FollowUp:
    """Gives a case back without a call; refuses `claim_lost`."""
    at = instant(at)
    with transaction.atomic():
        held = _held(follow_up, by, claim_no)
        _give_back(held, at)
    return held


def _held(follow_up: FollowUp, by: User, claim_no: int | None) -> FollowUp:
    locked = FollowUp.objects.select_for_update().select_related("community").filter(pk=follow_up.pk).first()
    if locked is None:
        raise NotFound
    if locked.status != FollowUpStatus.CLAIMED or locked.claimed_by_id != by.pk:
        raise ClaimLost
    if claim_no is not None and claim_no != locked.claim_no:
        raise ClaimLost
    return locked


def finish(
    follow_up: FollowUp, *, by: User, claim_no: int, result: Result, at: datetime | None = None
) -> FollowUp:
    """Writes what came of the call and either ends the case or says when to try again.

    Refuses `claim_lost` for anybody but the present holder under the present claim number, and `invalid` for a
    result that
    contradicts itself (a rating outside 1–10, an answer without an overall rating, a call back without a time).
    What follows for the work itself (rework, archive) is decided one room above, in the same transaction.
    """
    at = instant(at)
    _check(result, at)
    with transaction.atomic():
        held = _held(follow_up, by, claim_no)
        attempt = Attempt.objects.get(follow_up=held, claim_no=held.claim_no)
        attempt.ended_at = max(at, attempt.started_at)
        attempt.outcome = result.outcome
        attempt.comment = result.comment
        attempt.call_back_at = result.call_back_at
        attempt.solved = result.solved
        for name in RATINGS:
            setattr(attempt, name, result.ratings.get(name))
        attempt.save()
        held.claimed_by = None
        held.claimed_until = None
        _settle(held, result, by, at)
        held.save()
        record(
            community_id=held.community_id,
            work=held.work,
            case_id=held.case_id,
            action="call",
            by=by,
            at=at,
            internal=True,
            text=result.comment,
            data={
                "outcome": result.outcome,
                "overall": result.ratings.get("overall"),
                "solved": result.solved,
                "attempt": held.claim_no,
            },
        )
    return held


def _settle(held: FollowUp, result: Result, by: User, at: datetime) -> None:
    """Ends the case, or puts it back into the queue for a later try."""
    community = held.community
    hours = {"opens": community.calls_from, "closes": community.calls_until}
    held.status = FollowUpStatus.DUE
    # Whoever names a time is called then, whatever the part of the day.
    held.not_in_part = ""
    held.call_back_at = None
    if result.outcome == AttemptOutcome.CALL_BACK and result.call_back_at is not None:
        held.next_call_at = held.call_back_at = result.call_back_at
        return
    if result.outcome in MISSED:
        held.missed += 1
        tries = list(
            held.attempts.filter(outcome__in=MISSED)
            .order_by("started_at")
            .values_list("started_at", flat=True)
        )
        if not is_unreachable(tries, **hours):
            held.next_call_at = next_try(tries, **hours)
            held.not_in_part = part_to_avoid(tries, **hours) or ""
            return
    held.status = FollowUpStatus.DONE
    held.outcome = _outcome(result)
    held.overall = result.ratings.get("overall")
    held.solved = result.solved
    held.comment = result.comment
    held.finished_at = at
    held.finished_by = by
    clocks.stop(case_ref(held), Stage.CALL, at=at, by=by)
    if held.outcome == Outcome.UNREACHABLE:
        ask_by_message(held, at)


def _outcome(result: Result) -> str:
    if result.outcome == AttemptOutcome.REFUSED:
        return Outcome.REFUSED
    if result.outcome != AttemptOutcome.REACHED:
        return Outcome.UNREACHABLE
    satisfied = result.solved is not False and result.ratings.get("overall", 0) >= SATISFIED_FROM
    return Outcome.SATISFIED if satisfied else Outcome.DISSATISFIED


def _check(result: Result, at: datetime) -> None:
    errors: dict[str, list[object]] = {}
    if result.outcome not in set(AttemptOutcome.values) - {AttemptOutcome.RELEASED.value}:
        errors["outcome"] = [_("Please choose what came of the call.")]
    for name, value in result.ratings.items():
        if name not in RATINGS or not 1 <= value <= 10:
            errors[f"ratings.{name}"] = [_("A rating is a whole number from 1 to 10.")]
    if result.outcome == AttemptOutcome.REACHED:
        if "overall" not in result.ratings:
            errors["ratings.overall"] = [_("Please ask for an overall rating from 1 to 10.")]
        if result.solved is None:
            errors["solved"] = [_("Please ask whether the problem is solved.")]
    if result.consequence and (result.consequence not in Consequence.values or not result.needs_rework):
        errors["consequence"] = [_("This only follows from a bad answer.")]
    if result.needs_rework and result.consequence == Consequence.PROMISE and result.promise_by is None:
        errors["promise_by"] = [_("By when will somebody see to it?")]
    if result.outcome == AttemptOutcome.CALL_BACK and not (
        result.call_back_at and at < result.call_back_at <= at + LATEST_CALL_BACK
    ):
        errors["call_back_at"] = [_("Please choose a time within the next 14 days.")]
    if errors:
        raise Invalid(errors=errors)  # type: ignore[arg-type]
