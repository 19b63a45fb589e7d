"""What can be done about an outage 片区事件: announced, moved, restored, its repairs linked and completed together."""

from __future__ import annotations

from repairs.actions.outages.announcing import announce, begin, call_off, move, relapse, restore, reword
from repairs.actions.outages.closing import close, go_on, work_on
from repairs.actions.outages.linking import join, leave

__all__ = [
    "announce",
    "begin",
    "call_off",
    "close",
    "go_on",
    "join",
    "leave",
    "move",
    "relapse",
    "restore",
    "reword",
    "work_on",
]
