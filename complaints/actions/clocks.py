"""What each step does to the promises of a complaint or an inquiry (domain: promises table)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from complaints.models import Complaint, Inquiry
from complaints.models.kinds import SIMPLE
from complaints.workflow import UNFINISHED, Status
from servicecenter.audit.events import Actor
from servicecenter.sla import actions as sla
from servicecenter.sla.models import Clock, Stage
from servicecenter.workflow.run import Step, lock

STAGES = (Stage.RESPOND, Stage.PROPOSE, Stage.CLOSE)
Answerable = Complaint | Inquiry


def case_ref(case: Answerable) -> sla.CaseRef:
    """The case as the clocks know it; what is urgent or major may ring."""
    return sla.CaseRef(case.TABLE.work, case.pk, case.community_id, level=case.level)


def begin(case: Answerable, *, at: datetime, by: Actor) -> None:
    """A round of promises: those that its level has a policy for."""
    for stage in STAGES if isinstance(case, Complaint) else STAGES[:1]:
        sla.start(case_ref(case), stage, at=at, by=by, round=case.round)
    copy_deadlines(case)


def keep_promises(step: Step[Any]) -> None:
    """Arms, stops and moves the clocks that belong to a step, then copies the deadlines onto the case."""
    case, at, by = step.case, step.at, step.by
    known = case_ref(case)
    match step.transition.action:
        case "acknowledge" | "answer":
            sla.stop(known, Stage.RESPOND, at=at, by=by)
        case "propose":
            for stage in (Stage.RESPOND, Stage.PROPOSE):
                sla.stop(known, stage, at=at, by=by)
        case "settle" | "close" | "close_with":
            for stage in STAGES:
                sla.stop(known, stage, at=at, by=by)
            sla.disarm_all(known, at=at)
        case "join":
            # They are told that it goes on in the group: that answers them. The rest is promised by its lead.
            sla.stop(known, Stage.RESPOND, at=at, by=by)
            sla.cancel(known, at=at, by=by)
        case "leave":
            _return(case, at, by)
        case "withdraw" | "convert":
            sla.cancel(known, at=at, by=by)
        case "reopen" | "ask_again":
            sla.disarm_all(known, at=at)
            begin(case, at=at, by=by)
            if step.transition.action == "reopen" and by is not None and by.is_employee:
                # They told a colleague, most often in the follow-up call, and so were answered.
                sla.stop(known, Stage.RESPOND, at=at, by=by)
        case "classify" | "raise_level":
            if step.data["level"] != step.data["level_before"]:
                _relevel(case, at, by)
        case "set_day":
            _own_day(case, at, by)
        case _:
            return
    copy_deadlines(case)


def _return(case: Complaint, at: datetime, by: Actor) -> None:
    """It stands for itself again: what was promised counts from the beginning, what was kept stays kept."""
    for stage in STAGES:
        sla.start(case_ref(case), stage, at=_began(case), by=by, round=case.round)


def _relevel(case: Complaint, at: datetime, by: Actor) -> None:
    """Another level counts from the original start: raising it after a day does not give the day back."""
    known = case_ref(case)
    if case.level in SIMPLE and case.close_by is not None:
        case.close_by = None
        case.save(update_fields=["close_by"])
        _count_close(case, at, by, fixed=None)
    promised = set(_clocks(case).values_list("stage", flat=True))
    for stage in STAGES:
        wanted = sla.promised(known, stage)
        if stage not in promised and wanted:
            sla.start(known, stage, at=_began(case), by=by, round=case.round)
        elif stage in promised and not wanted:
            sla.cancel_stage(known, stage, at=at, by=by)
    sla.retarget(known, at=at, by=by)


def _own_day(case: Complaint, at: datetime, by: Actor) -> None:
    _count_close(case, at, by, fixed=case.close_by)


def _count_close(case: Complaint, at: datetime, by: Actor, *, fixed: datetime | None) -> None:
    """The promise to close is made anew: for the day that a manager approved, or as the policy says."""
    known = case_ref(case)
    sla.cancel_stage(known, Stage.CLOSE, at=at, by=by)
    sla.start(known, Stage.CLOSE, at=_began(case), by=by, round=case.round, fixed_due_at=fixed)


def _clocks(case: Answerable) -> Any:
    return Clock.objects.filter(work=case.TABLE.work, case_id=case.pk, round=case.round, cancelled_at=None)


def _began(case: Complaint) -> datetime:
    """The start of the present round: when it was received, or opened again."""
    again = case.events().filter(action="reopen").order_by("-id").values_list("at", flat=True).first()
    began: datetime = again or case.received_at
    return began


def copy_deadlines(case: Answerable) -> None:
    """Writes the deadlines of the latest round onto the case: `next_due_at` is the nearest one still open."""
    clocks = list(_clocks(case))
    due = {clock.stage: clock.due_at for clock in clocks}
    running = [clock.due_at for clock in clocks if clock.is_running and clock.due_at is not None]
    now: dict[str, Any] = {"respond_due_at": due.get(Stage.RESPOND)}
    if isinstance(case, Complaint):
        now |= {"propose_due_at": due.get(Stage.PROPOSE), "close_due_at": due.get(Stage.CLOSE)}
    now["next_due_at"] = min(running, default=None) if _is_open(case) else None
    moved = [name for name, value in now.items() if getattr(case, name) != value]
    for name in moved:
        setattr(case, name, now[name])
    if moved:
        case.save(update_fields=moved)


def _is_open(case: Answerable) -> bool:
    return case.status in UNFINISHED if isinstance(case, Complaint) else case.status == Status.RECEIVED


def recount(model: type[Complaint] | type[Inquiry], case_id: int, by: Actor, at: datetime) -> None:
    """A promise changed: the running clocks count anew from their start."""
    with transaction.atomic():
        case = lock(model(pk=case_id))
        sla.retarget(case_ref(case), at=at, by=by)
        copy_deadlines(case)


def arm_tasks(complaint: Complaint, *, at: datetime) -> None:
    """Each open task reminds its owner at its own hour."""
    due = {f"task_{task.pk}": task.due_at for task in complaint.tasks.filter(done_at=None)}
    sla.remind(case_ref(complaint), stage=TASK, steps=due, at=at)


# The stage of the reminders of tasks; no promise to anybody outside.
TASK = "task"
