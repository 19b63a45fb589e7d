"""Arming and disarming the timers of a clock. Call all of these inside the transaction of the step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from servicecenter.sla.actions.cases import CaseRef
from servicecenter.sla.deadlines import after_deadline, at_share
from servicecenter.sla.models import Clock, Pause, Policy, Timer, TimerState, Told

REPEAT = timedelta(days=1)
DAILY = "daily_"
ESCALATE = "escalate_"


@dataclass(frozen=True)
class Step:
    """What happens to a clock, whom it is told to, through which channel besides the app, and when."""

    name: str
    tell: str
    channel: str
    due: datetime


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


def remind(case: CaseRef, *, stage: str, steps: Mapping[str, datetime], at: datetime) -> None:
    """Arms timers that tell people about something to come (see `Work.tell`); what lies before `at` is left out.
    Those of `stage` that were armed before are called off."""
    forget(case, stage=stage, at=at)
    cycle = 1 + Timer.objects.filter(work=case.work, case_id=case.case_id, stage=stage).count()
    Timer.objects.bulk_create(
        Timer(
            community_id=case.community_id,
            work=case.work,
            case_id=case.case_id,
            stage=stage,
            step=step,
            cycle=cycle,
            due_at=due_at,
            deadline=due_at,
            armed_at=at,
        )
        for step, due_at in steps.items()
        if due_at > at
    )


def forget(case: CaseRef, *, stage: str, at: datetime) -> None:
    """Calls off what `remind` armed."""
    armed = Timer.objects.filter(work=case.work, case_id=case.case_id, stage=stage, state=TimerState.ARMED)
    armed.update(state=TimerState.CANCELLED, cancelled_at=at)


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


def arm(clock: Clock, case: CaseRef, at: datetime, pauses: Sequence[Pause] = ()) -> None:
    """Arms the warning, the breach and the ladder of a clock; steps that fired for the same deadline stay fired.

    While the clock is paused only a breach is armed, and only one that was there before the pause: it has to be told.
    """
    if clock.due_at is None:
        return
    fired = _fired(clock, clock.due_at) if clock.cycle > 1 else {}
    steps = [
        _again(step, fired, at) if step.name.startswith(DAILY) else step for step in rungs(clock, pauses)
    ]
    # Somebody answers for this deadline: the higher rungs need not hear of it.
    taken_on = clock.due_at <= at and clock.acknowledgements.filter(deadline=clock.due_at).exists()
    Timer.objects.bulk_create(
        Timer(
            community_id=clock.community_id,
            work=clock.work,
            case_id=clock.case_id,
            stage=clock.stage,
            round=clock.round,
            cycle=clock.cycle,
            step=step.name,
            tell=step.tell,
            channel=step.channel,
            urgent=case.urgent,
            due_at=step.due,
            deadline=clock.due_at,
            armed_at=at,
        )
        for step in steps
        if step.name not in fired
        and _is_wanted(clock, step.name, at)
        and not (taken_on and step.name.startswith(ESCALATE))
    )


def _fired(clock: Clock, deadline: datetime) -> dict[str, datetime]:
    """When each step that fired for this deadline was due."""
    same = Timer.objects.filter(
        work=clock.work,
        case_id=clock.case_id,
        stage=clock.stage,
        round=clock.round,
        state=TimerState.FIRED,
        deadline=deadline,
    )
    return dict(same.values_list("step", "due_at"))


def _is_wanted(clock: Clock, step: str, at: datetime) -> bool:
    assert clock.due_at is not None
    if clock.paused_at is not None:
        return step == "breach" and clock.due_at <= clock.paused_at
    # Nobody is warned of what is already too late.
    return step != "warn" or clock.due_at > at


def _again(step: Step, fired: dict[str, datetime], at: datetime) -> Step:
    """The daily reminder after the last one that fired, in its rhythm: days that passed meanwhile are not made up."""
    name, due = step.name, step.due
    told = [int(each.removeprefix(DAILY)) for each in fired if each.startswith(DAILY)]
    if told:
        name, due = f"{DAILY}{max(told) + 1}", fired[f"{DAILY}{max(told)}"] + REPEAT
    missed = max(timedelta(0), at - due)
    return replace(step, name=name, due=due + REPEAT * -(-missed // REPEAT))


def rungs(clock: Clock, pauses: Sequence[Pause] = ()) -> list[Step]:
    """The warning, the breach and the ladder after it, as the clock counts."""
    policy: Policy = clock.policy
    warned_at = at_share(clock, pauses, float(policy.warn_at))
    assert warned_at is not None
    steps = [Step("warn", Told.WORKER, "", warned_at)]
    for rung in policy.rungs.all():
        name = f"{ESCALATE}{rung.position}" if rung.position else "breach"
        due = after_deadline(clock, pauses, float(rung.after))
        steps.append(Step(name, rung.to, rung.channel, due))
    # After the last rung the breach is told again every day until somebody ends it; the sweep arms the next day.
    last = steps[-1]
    if last.name != "warn":
        steps.append(replace(last, name=f"{DAILY}1", due=last.due + REPEAT))
    return steps
