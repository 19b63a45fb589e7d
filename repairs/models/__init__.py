"""Repair tickets."""

from __future__ import annotations

from repairs.models.kinds import Channel, Place, Trade, Urgency
from repairs.models.outages import LineState, Outage, OutageBuilding, OutageKind, OutageLine, OutageQuerySet
from repairs.models.tickets import NOT_STOPPED, Ticket, TicketQuerySet, counting

__all__ = [
    "NOT_STOPPED",
    "Channel",
    "LineState",
    "Outage",
    "OutageBuilding",
    "OutageKind",
    "OutageLine",
    "OutageQuerySet",
    "Place",
    "Ticket",
    "TicketQuerySet",
    "Trade",
    "Urgency",
    "counting",
]
