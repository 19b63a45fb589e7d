"""The promises of a permit: reviewed within three working days, the deposit back within seven. And its reminders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from decoration.models import Permit
from decoration.workflow import OPEN, RUNNING, Status
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import end_of_day, local_day, start_of_day
from servicecenter.sla import actions as sla
from servicecenter.sla.models import Clock, Stage
from servicecenter.workflow.run import Step, lock

REVIEWED = frozenset({"approve", "send_back", "refuse"})
# The stages of reminders; no promise to anybody outside.
ENDS, PATROL, VIOLATION, LOOK = "ends", "patrol", "violation", "look"
BEFORE_THE_END = timedelta(days=3)
MORNING = timedelta(hours=9)
# 复查: damp and cracks take their time.
SECOND_LOOK = timedelta(days=90)


def review_ref(permit: Permit) -> sla.CaseRef:
    """The permit as the clock of its review knows it."""
    return sla.CaseRef("permit", permit.pk, permit.community_id)


def refund_ref(permit: Permit) -> sla.CaseRef:
    """The same permit as the clock of its deposit knows it."""
    return sla.CaseRef("refund", permit.pk, permit.community_id)


def keep_promises(step: Step[Permit]) -> None:
    """Arms and stops the clocks and reminders that belong to a step, then copies the deadlines onto the permit."""
    permit, at, by = step.case, step.at, step.by
    action = step.transition.action
    if action == "submit":
        sla.start(review_ref(permit), Stage.REVIEW, at=at, by=by, round=permit.round)
    elif action in REVIEWED:
        sla.stop(review_ref(permit), Stage.REVIEW, at=at, by=by)
    elif action == "withdraw":
        sla.cancel(review_ref(permit), at=at, by=by)
    elif action in ("accept_works", "give_back") and permit.holds_deposit:
        sla.start(refund_ref(permit), Stage.REFUND, at=at, by=by)
    elif action == "pay_refund":
        sla.stop(refund_ref(permit), Stage.REFUND, at=at, by=by)
        sla.disarm_all(refund_ref(permit), at=at)
    if action == "accept_works":
        look_on = start_of_day(local_day(at) + SECOND_LOOK) + MORNING
        sla.remind(review_ref(permit), stage=LOOK, steps={"look": look_on}, at=at)
    elif action == "look_again":
        sla.forget(review_ref(permit), stage=LOOK, at=at)
    if step.transition.target or action == "grant_change":
        _remind_of_the_end(permit, at)
    copy_deadlines(permit)


def _remind_of_the_end(permit: Permit, at: datetime) -> None:
    """Whoever applied hears three days before their days end, and on the morning after."""
    if permit.status not in RUNNING or permit.ends_on is None:
        sla.forget(review_ref(permit), stage=ENDS, at=at)
        sla.forget(review_ref(permit), stage=PATROL, at=at)
        return
    last = start_of_day(permit.ends_on) + MORNING
    steps = {"ends": last - BEFORE_THE_END, "ended": last + timedelta(days=1)}
    sla.remind(review_ref(permit), stage=ENDS, steps=steps, at=at)


def remind_of_patrol(permit: Permit, at: datetime) -> None:
    """A patrol that was not made by the end of its day is told on the same evening."""
    if permit.patrol_due_on is None:
        sla.forget(review_ref(permit), stage=PATROL, at=at)
        return
    due = end_of_day(permit.patrol_due_on) - timedelta(hours=7)
    sla.remind(review_ref(permit), stage=PATROL, steps={"patrol": max(due, at + timedelta(hours=1))}, at=at)


def remind_of_violations(permit: Permit, at: datetime) -> None:
    """Each open violation is told when its time is over."""
    rows = permit.violations.filter(mended_at=None).values_list("pk", "due_at")
    steps = {f"violation_{pk}": due_at for pk, due_at in rows}
    sla.remind(review_ref(permit), stage=VIOLATION, steps=steps, at=at)


def copy_deadlines(permit: Permit) -> None:
    """Writes the deadlines onto the permit: `next_due_at` is the nearest promise that is still open."""
    review = _clock("permit", permit.pk, permit.round)
    refund = _clock("refund", permit.pk, 1)
    running = [
        each.due_at for each in (review, refund) if each and each.is_running and each.due_at is not None
    ]
    now: dict[str, Any] = {
        "review_due_at": review.due_at if review else None,
        "refund_due_at": refund.due_at if refund else None,
        "next_due_at": min(running, default=None) if permit.status in OPEN else None,
    }
    moved = [name for name, value in now.items() if getattr(permit, name) != value]
    for name in moved:
        setattr(permit, name, now[name])
    if moved:
        permit.save(update_fields=moved)


def _clock(work: str, case_id: int, round: int) -> Clock | None:
    rows = Clock.objects.filter(work=work, case_id=case_id, round=round, cancelled_at=None)
    return rows.order_by("-id").first()


def recount_review(case_id: int, by: Actor, at: datetime) -> None:
    """The promise of reviews changed: a running clock counts anew from its start."""
    with transaction.atomic():
        permit = lock(Permit(pk=case_id))
        sla.retarget(review_ref(permit), at=at, by=by)
        copy_deadlines(permit)


def recount_refund(case_id: int, by: Actor, at: datetime) -> None:
    """The promise of refunds changed."""
    with transaction.atomic():
        permit = lock(Permit(pk=case_id))
        sla.retarget(refund_ref(permit), at=at, by=by)
        copy_deadlines(permit)


# Statuses in which a patrol is due sooner or later.
PATROLLED = frozenset({Status.ACTIVE.value, Status.SUSPENDED.value})
