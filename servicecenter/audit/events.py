"""Writing events: the only door into the append-only table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from servicecenter.accounts.models import User
from servicecenter.audit.models import Event

# Whoever acts: a person, or None for the program itself.
Actor = User | None


def draft(
    *,
    community_id: int,
    work: str,
    case_id: int,
    action: str,
    by: Actor,
    at: datetime,
    from_status: str = "",
    to_status: str = "",
    text: str = "",
    internal: bool = False,
    data: dict[str, Any] | None = None,
) -> Event:
    """An unsaved event with the actor's name and role as they are now (they may change later)."""
    return Event(
        community_id=community_id,
        work=work,
        case_id=case_id,
        action=action,
        from_status=from_status,
        to_status=to_status,
        by=by,
        by_name=str(by) if by else "",
        by_role=by.role if by else "",
        at=at,
        internal=internal,
        text=text,
        data=data or {},
    )


def record(**fields: Any) -> Event:
    """Writes one event inside the caller's transaction; arguments as for `draft`."""
    event = draft(**fields)
    event.save(force_insert=True)
    return event
