"""The one way a repair takes a step: the runner, with the clocks and messages that belong to every step."""

from __future__ import annotations

from repairs.actions.clocks import keep_promises
from repairs.actions.messages import tell
from repairs.models import Ticket
from servicecenter.workflow.run import Effect

EFFECTS: tuple[Effect[Ticket], ...] = (keep_promises, tell)
