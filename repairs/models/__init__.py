"""Repair tickets."""

from __future__ import annotations

from repairs.models.kinds import Channel, Place, Trade, Urgency
from repairs.models.rows import NOT_STOPPED, TicketQuerySet, counting
from repairs.models.tickets import Ticket

__all__ = [
    "NOT_STOPPED",
    "Channel",
    "Place",
    "Ticket",
    "TicketQuerySet",
    "Trade",
    "Urgency",
    "counting",
]
