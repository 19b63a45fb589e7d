"""Whom a step of a handover is told to. The words are in templates/messages/."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from handovers.models import Handover
from servicecenter.accounts.models import Role
from servicecenter.accounts.queries import rung, staff_by_role
from servicecenter.notifications.actions import compose, post
from servicecenter.notifications.models import Message
from servicecenter.workflow.run import Step


def owner(handover: Handover) -> list[int]:
    """The login of the person who takes the unit over, if they have one."""
    return [handover.person.user_id] if handover.person.user_id else []


def supervisors(handover: Handover) -> list[int]:
    """Whoever may sign off."""
    return rung(staff_by_role([handover.community_id])[handover.community_id], Role.SUPERVISOR)


def reinspector(handover: Handover) -> list[int]:
    """Whoever looks at mended defects."""
    return [handover.reinspector_id] if handover.reinspector_id else []


TELLS: dict[str, Callable[[Handover], list[int]]] = {
    "book": owner,
    "unbook": owner,
    "miss": owner,
    "sign": supervisors,
    "appoint": reinspector,
    "sign_off": owner,
    "hand_out": owner,
    "cancel": owner,
}


def tell(step: Step[Handover]) -> None:
    """Writes the messages of a step, in its transaction; whoever took it knows."""
    audience = TELLS.get(step.transition.action)
    if audience is None:
        return
    by_id = step.by.pk if step.by else None
    people = [each for each in audience(step.case) if each != by_id]
    post(compose_for(step.case, step.transition.action, people, key=str(step.event.pk), at=step.at))


def invite(handovers: Iterable[Handover], *, key: str, at: datetime) -> int:
    """Invites the owners of these handovers to choose an appointment; returns how many can read it."""
    messages = [
        message
        for handover in handovers
        for message in compose_for(handover, "invite", owner(handover), key=f"{key}:{handover.pk}", at=at)
    ]
    post(messages)
    return len(messages)


def compose_for(
    handover: Handover, action: str, people: Iterable[int], *, key: str, at: datetime
) -> list[Message]:
    """Messages about a handover: number and unit, and the appointment if there is one."""
    params: dict[str, Any] = {"number": handover.number, "unit": handover.unit.code}
    if handover.slot is not None:
        params["starts_at"] = handover.slot.starts_at.isoformat()
    return compose(
        recipients=people,
        event=f"handover.{action}",
        key=key,
        at=at,
        community_id=handover.community_id,
        work="handover",
        case_id=handover.pk,
        params=params,
    )
