"""Acknowledged, looked into, proposed, agreed, carried out, told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions.clocks import arm_tasks
from complaints.actions.steps import take
from complaints.models import Complaint, Side, Substance, Task
from complaints.queries.people import colleagues_of
from servicecenter.accounts.models import User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, TooMany
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import Step
from servicecenter.workflow.standings import Standing

URGE_REST = timedelta(minutes=30)
FARTHEST_TASK = timedelta(days=365)


def acknowledge(
    complaint: Complaint, *, note: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """The complainant has heard that we have it and what comes next. Whoever does it first stays answerable
    (首问负责制) and is in charge of a light one."""

    def first_taker(locked: Complaint, when: datetime) -> dict[str, Any]:
        mine: dict[str, Any] = {"responded_at": locked.responded_at or when}
        if by is not None and locked.agent_id is None:
            mine["agent"] = by
        if by is not None and locked.handler_id is None and locked.is_light:
            mine["handler"] = by
        return mine

    return take(complaint, "acknowledge", by=by, at=at, version=version, text=note, prepare=first_taker)


def find(
    complaint: Complaint,
    *,
    note: str,
    substance: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """What the investigation brought to light; `substance` says how far the complaint is confirmed. For colleagues."""
    if substance and substance not in Substance.values:
        raise Invalid(errors={"substance": [_("Please choose what was found.")]})
    return take(
        complaint,
        "find",
        by=by,
        at=at,
        version=version,
        text=note,
        changes={"substance": substance} if substance else {},
        data={"substance": substance} if substance else {},
    )


def hear(complaint: Complaint, *, side: str, note: str, by: Actor, at: datetime | None = None) -> Complaint:
    """What one of two neighbours says. Neither reads the other's words, nor that they were heard."""
    if side not in Side.values:
        raise Invalid(errors={"side": [_("Please say whose words these are.")]})
    return take(complaint, "hear", by=by, at=at, text=note, data={"side": side})


def propose(
    complaint: Complaint, *, solution: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """What we will do about it; a better proposal replaces one that is still on the table."""

    def proposed(_locked: Complaint, when: datetime) -> dict[str, Any]:
        return {"solution": solution, "proposed_at": when, "agreed_at": None}

    return take(complaint, "propose", by=by, at=at, version=version, text=solution, prepare=proposed)


def agree(
    complaint: Complaint,
    *,
    note: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """The complainant agrees: in the portal, by the receipt, or as a colleague heard it and says so. Refuses `invalid`
    for a colleague who does not say who agreed and how."""
    _heard(complaint, by, note, "note")

    def agreed(_locked: Complaint, when: datetime) -> dict[str, Any]:
        return {"agreed_at": when}

    return take(complaint, "agree", by=by, at=at, version=version, text=note, prepare=agreed)


def _heard(complaint: Complaint, by: Actor, said: str, field: str) -> None:
    if by is not None and by.is_employee and complaint.standings(by) and not said.strip():
        raise Invalid(errors={field: [_("Please say who agreed, and how you know.")]})


def disagree(
    complaint: Complaint, *, reason: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """The proposal does not help: it is looked into again. What was proposed stays readable in the story."""
    return take(
        complaint,
        "disagree",
        by=by,
        at=at,
        version=version,
        text=reason,
        changes={"solution": "", "proposed_at": None},
    )


def give_task(
    complaint: Complaint, *, what: str, owner: User, due_at: datetime, by: User, at: datetime | None = None
) -> Task:
    """Somebody does something about it until a day; they see the case from now on. Refuses `invalid` for anybody who
    does not work here or whom it is about, and for a time that is past or too far away."""
    now = instant(at)
    errors: dict[str, list[Any]] = {}
    if not colleagues_of(complaint).filter(pk=owner.pk).exists():
        errors["owner"] = [_("Please choose colleagues of this community.")]
    if not now < due_at <= now + FARTHEST_TASK:
        errors["due_at"] = [_("Please choose a day within the next year.")]
    if errors:
        raise Invalid(errors=errors)
    made: list[Task] = []

    def write(step: Step[Any]) -> None:
        task = Task.objects.create(
            community_id=step.case.community_id,
            complaint=step.case,
            what=what,
            owner=owner,
            due_at=due_at,
            given_by=by,
            given_at=step.at,
        )
        made.append(task)
        arm_tasks(step.case, at=step.at)
        _tell_owner(step.case, task, by, step.at)

    facts = {"owner_name": str(owner), "due_at": due_at.isoformat()}
    take(complaint, "give_task", by=by, at=now, text=what, data=facts, first=(write,))
    return made[0]


def _tell_owner(complaint: Complaint, task: Task, by: User, at: datetime) -> None:
    post(
        compose(
            recipients=[task.owner_id] if task.owner_id != by.pk else [],
            event="complaint.give_task",
            key=str(task.pk),
            at=at,
            community_id=complaint.community_id,
            work="complaint",
            case_id=complaint.pk,
            params={"number": complaint.number, "due_at": task.due_at.isoformat()},
        )
    )


def finish_task(
    complaint: Complaint, *, task: int, note: str, by: User, at: datetime | None = None
) -> Complaint:
    """A task is done, with what came of it. By its owner, or by whoever is in charge. Refuses `not_found` for one that
    is not open here, `not_permitted` for somebody else's."""

    def done(step: Step[Any]) -> None:
        row = Task.objects.select_for_update().filter(complaint=step.case, pk=task, done_at=None).first()
        if row is None:
            raise NotFound
        in_charge = step.case.standings(by) & {Standing.HANDLER, Standing.SUPERVISOR, Standing.MANAGER}
        if row.owner_id != by.pk and not in_charge:
            raise NotPermitted
        row.done_at, row.done_by, row.result = step.at, by, note
        row.save(update_fields=["done_at", "done_by", "result"])
        arm_tasks(step.case, at=step.at)

    return take(complaint, "finish_task", by=by, at=at, text=note, data={"task": task}, first=(done,))


def carry_out(
    complaint: Complaint, *, summary: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """What was agreed is done, with every task that was given for it."""
    return take(
        complaint, "carry_out", by=by, at=at, version=version, text=summary, changes={"summary": summary}
    )


def tell(
    complaint: Complaint, *, reply: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """The complainant hears the result; of a serious one in writing."""

    def told(_locked: Complaint, when: datetime) -> dict[str, Any]:
        return {"reply": reply, "told_at": when}

    return take(complaint, "tell", by=by, at=at, version=version, text=reply, prepare=told)


def urge(complaint: Complaint, *, note: str = "", by: Actor, at: datetime | None = None) -> Complaint:
    """催办: tells whoever is in charge, or those who answer for it; it is counted. Refuses a second one within half an
    hour by the same person, or by whoever holds the receipt of an anonymous one."""
    now = instant(at)
    recent = complaint.events().filter(action="urge", by=by, at__gt=now - URGE_REST)
    if recent.exists():
        raise TooMany(
            _("You have just urged. We have passed it on; please wait half an hour before the next one.")
        )

    def counted(locked: Complaint, _at: datetime) -> dict[str, Any]:
        return {"urge_count": locked.urge_count + 1}

    with transaction.atomic():
        return take(complaint, "urge", by=by, at=now, text=note, prepare=counted)
