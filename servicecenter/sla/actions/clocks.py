"""Starting, pausing and stopping the clocks of a case. Call all of these inside the transaction of the step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from servicecenter.audit.events import Actor, record
from servicecenter.sla import arithmetic
from servicecenter.sla.actions.cases import CaseRef
from servicecenter.sla.actions.timers import act_at, arm, disarm, disarm_all
from servicecenter.sla.calendars import calendar_for
from servicecenter.sla.models import Clock, Pause, Timer, TimerState
from servicecenter.sla.queries import policy_for


def start(case: CaseRef, stage: str, *, at: datetime, by: Actor = None, round: int = 1) -> Clock | None:
    """Starts the clock of `stage` from the policy that applies; returns it, or None where no policy row exists."""
    policy = policy_for(
        work=case.work, stage=stage, community_id=case.community_id, urgency=case.urgency, level=case.level
    )
    if policy is None:
        return None
    clock = Clock(
        community_id=case.community_id,
        work=case.work,
        case_id=case.case_id,
        stage=stage,
        round=round,
        policy=policy,
        started_at=at,
    )
    clock.due_at = derive(clock, [])
    clock.save(force_insert=True)
    _note(clock, "clock.started", by, at)
    arm(clock, case, at)
    return clock


def derive(clock: Clock, pauses: Iterable[Pause]) -> datetime | None:
    """The deadline from the facts alone: start, target, pauses, and an agreed later day if there is one."""
    if clock.policy.target is None:
        return None
    spans = [
        (max(pause.started_at, clock.started_at), pause.ended_at)
        for pause in pauses
        if pause.ended_at is None or pause.ended_at > clock.started_at
    ]
    due = arithmetic.due_at(
        clock.started_at,
        clock.policy.target,
        cast(arithmetic.ClockKind, clock.policy.clock),
        calendar_for(clock.community_id),
        [span for span in spans if span[1] is not None],
    )
    return max(due, clock.not_before) if clock.not_before else due


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


def pause(case: CaseRef, *, reason: str, until: datetime | None, at: datetime, by: Actor) -> None:
    """Stops the counting for a listed reason; `until` arms the timer that resumes the case by itself."""
    Pause.objects.create(
        community_id=case.community_id,
        work=case.work,
        case_id=case.case_id,
        reason=reason,
        started_at=at,
        by=by,
    )
    for clock in _running(case):
        clock.paused_at = at
        clock.save(update_fields=["paused_at"])
        _note(clock, "clock.paused", by, at, reason=reason)
        disarm(clock, at)
    if until is not None:
        act_at(case, step="resume", due_at=until, at=at)


def resume(case: CaseRef, *, at: datetime, by: Actor) -> None:
    """The counting goes on; every running deadline moves by exactly the paused time."""
    Pause.objects.filter(work=case.work, case_id=case.case_id, ended_at=None).update(ended_at=at)
    Timer.objects.filter(
        work=case.work, case_id=case.case_id, stage="act", step="resume", state=TimerState.ARMED
    ).update(state=TimerState.CANCELLED, cancelled_at=at)
    _rederive(case, at=at, by=by, action="clock.resumed", unpause=True)


def agree_later(case: CaseRef, stage: str, *, until: datetime, at: datetime, by: Actor) -> None:
    """The owner agreed to a later day: the deadline of `stage` is not before `until`."""
    for clock in _running(case, stage):
        clock.not_before = until
        clock.save(update_fields=["not_before"])
    _rederive(case, at=at, by=by, action="clock.agreed", stages=[stage])


def retarget(case: CaseRef, *, at: datetime, by: Actor) -> None:
    """Urgency or policy changed: every running clock counts from its original start, with its pauses kept.

    Clocks whose policy is the same as before are left alone.
    """
    changed = []
    for clock in _running(case):
        policy = policy_for(
            work=case.work,
            stage=clock.stage,
            community_id=case.community_id,
            urgency=case.urgency,
            level=case.level,
        )
        if policy is not None and policy.pk != clock.policy_id:
            clock.policy = policy
            clock.save(update_fields=["policy"])
            changed.append(clock.stage)
    if changed:
        _rederive(case, at=at, by=by, action="clock.retargeted", stages=changed)


def _running(case: CaseRef, stage: str | None = None) -> list[Clock]:
    clocks = Clock.objects.select_related("policy").filter(
        work=case.work, case_id=case.case_id, met_at=None, cancelled_at=None
    )
    return list(clocks.filter(stage=stage) if stage else clocks)


def _rederive(
    case: CaseRef,
    *,
    at: datetime,
    by: Actor,
    action: str,
    stages: list[str] | None = None,
    unpause: bool = False,
) -> None:
    pauses = list(Pause.objects.filter(work=case.work, case_id=case.case_id))
    for clock in _running(case):
        if stages and clock.stage not in stages:
            continue
        if unpause:
            clock.paused_at = None
        clock.due_at = derive(clock, pauses)
        clock.cycle += 1
        clock.save(update_fields=["paused_at", "due_at", "cycle"])
        _note(clock, action, by, at)
        disarm(clock, at)
        if clock.paused_at is None:
            arm(clock, case, at)


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
