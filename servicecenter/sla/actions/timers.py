"""Arming and disarming the timers of a clock. Call all of these inside the transaction of the step."""

from __future__ import annotations

from datetime import datetime, timedelta

from servicecenter.sla.actions.cases import CaseRef
from servicecenter.sla.models import Clock, Policy, Timer, TimerState

REPEAT = timedelta(days=1)


def act_at(case: CaseRef, *, step: str, due_at: datetime, at: datetime) -> Timer:
    """Arms a timer at which the program itself acts (see `Work.act`)."""
    cycle = 1 + Timer.objects.filter(work=case.work, case_id=case.case_id, stage="act", step=step).count()
    return Timer.objects.create(
        community_id=case.community_id,
        work=case.work,
        case_id=case.case_id,
        stage="act",
        step=step,
        cycle=cycle,
        acts=True,
        due_at=due_at,
        deadline=due_at,
        armed_at=at,
    )


def disarm_all(case: CaseRef, *, at: datetime) -> None:
    """Cancels every armed timer of the case."""
    Timer.objects.filter(work=case.work, case_id=case.case_id, state=TimerState.ARMED).update(
        state=TimerState.CANCELLED, cancelled_at=at
    )


def disarm(clock: Clock, at: datetime, *, missed_too: bool = True) -> None:
    """Cancels the armed timers of a clock. A breach that fell due before `at`, while nothing ran, stays to be told
    when the promise was kept too late (`missed_too=False`)."""
    armed = Timer.objects.filter(
        work=clock.work, case_id=clock.case_id, stage=clock.stage, round=clock.round, state=TimerState.ARMED
    )
    if not missed_too:
        armed = armed.exclude(step="breach", due_at__lt=at)
    armed.update(state=TimerState.CANCELLED, cancelled_at=at)


def arm(clock: Clock, case: CaseRef, at: datetime) -> None:
    """Arms the warning, the breach and the ladder of a clock; steps that fired in an earlier cycle stay fired."""
    if clock.due_at is None:
        return
    fired = set(
        Timer.objects.filter(
            work=clock.work,
            case_id=clock.case_id,
            stage=clock.stage,
            round=clock.round,
            state=TimerState.FIRED,
            deadline=clock.due_at,
        ).values_list("step", flat=True)
    )
    Timer.objects.bulk_create(
        Timer(
            community_id=clock.community_id,
            work=clock.work,
            case_id=clock.case_id,
            stage=clock.stage,
            round=clock.round,
            cycle=clock.cycle,
            step=step,
            tell=tell,
            urgent=case.urgent,
            due_at=due,
            deadline=clock.due_at,
            armed_at=at,
        )
        for step, tell, due in rungs(clock)
        if step not in fired and not (step == "warn" and clock.due_at <= at)
    )


def rungs(clock: Clock) -> list[tuple[str, str, datetime]]:
    """(step, whom, instant) of the warning, the breach and the ladder after it."""
    assert clock.due_at is not None
    policy: Policy = clock.policy
    span = clock.due_at - clock.started_at
    target = policy.target or timedelta(0)
    steps = [("warn", "worker", clock.due_at - span * (1 - float(policy.warn_at)))]
    for number, rung in enumerate(policy.escalate):
        name = "breach" if number == 0 else f"escalate_{number}"
        steps.append((name, str(rung["to"]), clock.due_at + target * float(rung["after"])))
    # After the last rung the breach is told again every day until somebody ends it; the sweep arms the next day.
    _name, last, instant = steps[-1]
    if policy.escalate:
        steps.append(("daily_1", last, instant + REPEAT))
    return steps
