"""Starting, pausing and stopping the clocks of a case. Call all of these inside the transaction of the step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from servicecenter.audit.events import Actor, record
from servicecenter.sla.actions.cases import CaseRef
from servicecenter.sla.actions.timers import act_at, arm, disarm, disarm_all
from servicecenter.sla.deadlines import derive
from servicecenter.sla.models import Clock, Pause, Policy, Timer, TimerState
from servicecenter.sla.queries import pauses_of, policy_for


def start(
    case: CaseRef,
    stage: str,
    *,
    at: datetime,
    by: Actor = None,
    round: int = 1,
    fixed_due_at: datetime | None = None,
) -> Clock | None:
    """Starts the clock of `stage` from the policy that applies, with the pauses of the case; returns it, or None where
    no policy row exists.

    With `fixed_due_at` that instant itself was promised: the policy only says who is warned and told. A
    promise that was dropped is made again on the same row. One that still runs, or was kept, stays as it is.
    """
    policy = _policy(case, stage)
    if policy is None:
        return None
    clock = Clock.objects.filter(work=case.work, case_id=case.case_id, stage=stage, round=round).first()
    action = "clock.revived"
    if clock is None:
        action = "clock.started"
        clock = Clock(
            community_id=case.community_id, work=case.work, case_id=case.case_id, stage=stage, round=round
        )
    elif clock.cancelled_at is None:
        return clock
    else:
        clock.cycle += 1
    pauses = pauses_of(case.work, case.case_id)
    clock.policy, clock.started_at, clock.cancelled_at = policy, at, None
    clock.not_before = clock.agreed_at = None
    clock.fixed_due_at = fixed_due_at
    clock.paused_at = next((max(each.started_at, at) for each in pauses if each.ended_at is None), None)
    clock.due_at = derive(clock, pauses)
    clock.save()
    _note(clock, action, by, at)
    arm(clock, case, at, pauses)
    return clock


def promised(case: CaseRef, stage: str) -> bool:
    """Whether anybody decided anything about this stage of such a case, be it that there is no target."""
    return _policy(case, stage) is not None


def stop(case: CaseRef, stage: str, *, at: datetime, by: Actor = None) -> None:
    """The promise of `stage` is fulfilled at `at`; later calls change nothing (the first fulfilment counts)."""
    for clock in _running(case, stage):
        clock.met_at = max(at, clock.started_at)
        clock.save(update_fields=["met_at"])
        _note(clock, "clock.met", by, at)
        disarm(clock, at, missed_too=False)


def cancel(case: CaseRef, *, at: datetime, by: Actor = None) -> None:
    """No promise is left to keep: the case was cancelled or was a duplicate."""
    for clock in _running(case):
        _cancel(clock, at, by)
    disarm_all(case, at=at)


def cancel_stage(case: CaseRef, stage: str, *, at: datetime, by: Actor = None) -> None:
    """One promise does not apply any more (an emergency that turned out to be none)."""
    for clock in _running(case, stage):
        _cancel(clock, at, by)
        disarm(clock, at)


def _cancel(clock: Clock, at: datetime, by: Actor) -> None:
    clock.cancelled_at = at
    clock.save(update_fields=["cancelled_at"])
    _note(clock, "clock.cancelled", by, at)


def pause(
    case: CaseRef,
    *,
    reason: str,
    until: datetime | None,
    at: datetime,
    by: Actor,
    consent_by: Actor = None,
) -> None:
    """Stops the counting for a listed reason; `until` arms the timer that resumes the case by itself.

    `consent_by`: the supervisor who agreed, where the rule of the reason asks for one.
    """
    Pause.objects.create(
        community_id=case.community_id,
        work=case.work,
        case_id=case.case_id,
        reason=reason,
        started_at=at,
        by=by,
        consent_by=consent_by,
    )
    pauses = pauses_of(case.work, case.case_id)
    for clock in _running(case):
        clock.paused_at = max(at, clock.started_at)
        _count_anew(clock, case, pauses, at)
        _note(clock, "clock.paused", by, at, reason=reason)
    if until is not None:
        act_at(case, step="resume", due_at=until, at=at)


def resume(case: CaseRef, *, at: datetime, by: Actor) -> None:
    """The counting goes on; every running deadline moves by exactly the paused time."""
    Pause.objects.filter(work=case.work, case_id=case.case_id, ended_at=None).update(ended_at=at)
    Timer.objects.filter(
        work=case.work, case_id=case.case_id, stage="act", step="resume", state=TimerState.ARMED
    ).update(state=TimerState.CANCELLED, cancelled_at=at)
    pauses = pauses_of(case.work, case.case_id)
    for clock in _running(case):
        clock.paused_at = None
        _count_anew(clock, case, pauses, at)
        _note(clock, "clock.resumed", by, at)


def agree_later(
    case: CaseRef,
    stage: str,
    *,
    until: datetime | None,
    since: datetime | None = None,
    at: datetime,
    by: Actor,
) -> None:
    """The owner agreed to a day: the deadline of `stage` is not before `until`. None takes the agreement back.

    `since`: when it was agreed, if not just now. An agreement that changes no deadline is kept without an event.
    """
    pauses = pauses_of(case.work, case.case_id)
    agreed_at = None if until is None else since or at
    for clock in _running(case, stage):
        if (clock.not_before, clock.agreed_at) == (until, agreed_at):
            continue
        before = clock.due_at
        clock.not_before, clock.agreed_at = until, agreed_at
        _count_anew(clock, case, pauses, at)
        if clock.due_at != before:
            _note(clock, "clock.lifted" if until is None else "clock.agreed", by, at)


def retarget(case: CaseRef, *, at: datetime, by: Actor) -> None:
    """Urgency, policy or working time changed: every running clock counts from its start, with its pauses kept.

    Clocks with the same policy and the same deadline as before are left alone.
    """
    pauses = pauses_of(case.work, case.case_id)
    for clock in _running(case):
        policy = _policy(case, clock.stage)
        if policy is None:
            continue
        known = policy.pk == clock.policy_id
        clock.policy = policy
        if not known or derive(clock, pauses) != clock.due_at:
            _count_anew(clock, case, pauses, at)
            _note(clock, "clock.retargeted", by, at)


def _policy(case: CaseRef, stage: str) -> Policy | None:
    return policy_for(
        work=case.work, stage=stage, community_id=case.community_id, urgency=case.urgency, level=case.level
    )


def _running(case: CaseRef, stage: str | None = None) -> list[Clock]:
    clocks = Clock.objects.select_related("policy").filter(
        work=case.work, case_id=case.case_id, met_at=None, cancelled_at=None
    )
    return list(clocks.filter(stage=stage) if stage else clocks)


def _count_anew(clock: Clock, case: CaseRef, pauses: Sequence[Pause], at: datetime) -> None:
    """Derives the deadline from the facts as they are now, and arms what it asks for in place of what was armed."""
    clock.due_at = derive(clock, pauses)
    clock.cycle += 1
    clock.save()
    disarm(clock, at)
    arm(clock, case, at, pauses)


def _note(clock: Clock, action: str, by: Actor, at: datetime, **more: Any) -> None:
    data = {
        "stage": clock.stage,
        "round": clock.round,
        "policy": clock.policy_id,
        "target_seconds": clock.policy.target_seconds,
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
    }
    record(
        community_id=clock.community_id,
        work=clock.work,
        case_id=clock.case_id,
        action=action,
        by=by,
        at=at,
        internal=True,
        data=data | more,
    )
