"""The end of a complaint: solved on the spot, reviewed, signed off, closed, opened again one level higher."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from complaints.actions.steps import take
from complaints.models import NEXT, SIMPLE, Complaint
from complaints.queries.people import handlers_for
from complaints.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.audit.events import Actor
from servicecenter.workflow.run import Step
from surveys.actions import open_follow_up, supersede


def settle(
    complaint: Complaint, *, reply: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """当场解决: heard, done and told in one go. Only what is light, without a claim and without a group."""

    def solved(locked: Complaint, when: datetime) -> dict[str, Any]:
        return _closed(locked, when) | {
            "responded_at": locked.responded_at or when,
            "agent": locked.agent or by,
            "handler": locked.handler or by,
            "reply": reply,
            "summary": locked.summary or reply,
            "told_at": when,
        }

    return take(
        complaint, "settle", by=by, at=at, version=version, text=reply, prepare=solved, first=(_call,)
    )


def _call(step: Step[Any]) -> None:
    """Whoever complained is asked once whether it helped, if we know whom to call."""
    case: Complaint = step.case
    if case.is_reachable:
        open_follow_up(
            work="complaint", case_id=case.pk, completion_no=case.completion_no, at=step.at, by=step.by
        )


def _no_call(step: Step[Any]) -> None:
    """It is done again: a call about the earlier closing makes no sense any more."""
    supersede(work="complaint", case_id=step.case.pk, at=step.at)


def review(
    complaint: Complaint, *, review: str, by: User, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """What the law, or the manager, says of a claim for compensation. Without it nothing is closed."""

    def reviewed(_locked: Complaint, when: datetime) -> dict[str, Any]:
        return {"review": review, "reviewed_at": when, "reviewed_by": by}

    return take(complaint, "review", by=by, at=at, version=version, text=review, prepare=reviewed)


def sign_off(
    complaint: Complaint,
    *,
    note: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """A manager has read the whole of a major one and lets it be closed."""

    def signed(_locked: Complaint, when: datetime) -> dict[str, Any]:
        return {"signed_off_at": when, "signed_off_by": by}

    return take(complaint, "sign_off", by=by, at=at, version=version, text=note, prepare=signed)


def close(
    complaint: Complaint, *, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """Closes the case, and with it every complaint of its group; nothing may be missing (`Complaint.missing`)."""
    return take(
        complaint, "close", by=by, at=at, version=version, prepare=_closed, first=(_with_group, _call)
    )


def _closed(locked: Complaint, when: datetime) -> dict[str, Any]:
    return {
        "closed_at": when,
        "first_closed_at": locked.first_closed_at or when,
        "completion_no": locked.completion_no + 1,
    }


def _with_group(step: Step[Any]) -> None:
    """Each household of the group is told the same, and is asked like everybody else whether it helped."""
    for each in step.case.group.filter(status=Status.JOINED).order_by("pk"):
        take(
            each,
            "close_with",
            by=None,
            at=step.at,
            text=step.case.reply,
            prepare=_like(step.case),
            first=(_call,),
        )


def _like(lead: Complaint) -> Any:
    def closed(locked: Complaint, when: datetime) -> dict[str, Any]:
        return _closed(locked, when) | {
            "reply": lead.reply,
            "summary": lead.summary,
            "told_at": when,
            "handler": locked.handler or lead.handler,
            "held_from": "",
        }

    return closed


def archive(
    complaint: Complaint, *, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """Nothing is left to be asked: the file is closed for good."""
    return take(complaint, "archive", by=by, at=at, version=version)


def reopen(
    complaint: Complaint, *, reason: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """Not satisfied: the same case again, one level higher, with new promises; the old figures stay.

    What was proposed, told and signed off begins anew. Whoever may not lead the new level gives it up.
    """
    facts: dict[str, Any] = {}

    def again(locked: Complaint, _when: datetime) -> dict[str, Any]:
        level = str(NEXT[locked.level])
        facts.update(level=level, level_before=locked.level, handler_before=locked.handler_id)
        handler = locked.handler
        keeps = handler is not None and handlers_for(locked, level).filter(pk=handler.pk).exists()
        return {
            "level": level,
            "handler": handler if keeps and level not in SIMPLE else None,
            "reopen_count": locked.reopen_count + 1,
            "lead": None,
            "closed_at": None,
            "solution": "",
            "proposed_at": None,
            "agreed_at": None,
            "summary": "",
            "reply": "",
            "told_at": None,
            "signed_off_at": None,
            "signed_off_by": None,
            "close_by": None,
        }

    return take(
        complaint,
        "reopen",
        by=by,
        at=at,
        version=version,
        text=reason,
        data=facts,
        prepare=again,
        first=(_no_call,),
    )
