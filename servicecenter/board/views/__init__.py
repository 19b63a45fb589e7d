"""Pages of the board."""

from __future__ import annotations

from servicecenter.board.views.figures import export, follow_ups, home, trends
from servicecenter.board.views.lists import promises, ticket, tickets

__all__ = ["export", "follow_ups", "home", "promises", "ticket", "tickets", "trends"]
