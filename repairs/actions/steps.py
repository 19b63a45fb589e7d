"""The one way a repair takes a step: the runner, with the clocks and messages that belong to every step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from repairs.actions.clocks import keep_promises
from repairs.actions.messages import tell
from repairs.actions.windows import keep_windows
from repairs.models import Ticket
from servicecenter.workflow.run import Effect

EFFECTS: tuple[Effect[Ticket], ...] = (keep_windows, keep_promises, tell)

NO_APPOINTMENT: Mapping[str, Any] = {"appointment_start": None, "appointment_end": None}
# Nothing is proposed any more; what was proposed stays readable in the events.
NO_PLAN: Mapping[str, Any] = {"plan": "", "price": None, "plan_approved_at": None}


def begun_anew(locked: Ticket, _at: datetime) -> dict[str, Any]:
    """What somebody else begins with: no appointment, no plan, nobody on site. What was made safe stays so, and with it
    that somebody was there."""
    arrived_at = locked.arrived_at if locked.secured_at else None
    return {"arrived_at": arrived_at, **NO_APPOINTMENT, **NO_PLAN}
