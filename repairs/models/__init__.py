"""Repair tickets."""

from __future__ import annotations

from repairs.models.appointments import MOST_OFFERS, Appointment, Side, WindowState
from repairs.models.kinds import Channel, Offers, Place, Trade, Urgency
from repairs.models.outages import LineState, Outage, OutageBuilding, OutageKind, OutageLine, OutageQuerySet
from repairs.models.tickets import NOT_STOPPED, Ticket, TicketQuerySet, counting

__all__ = [
    "MOST_OFFERS",
    "NOT_STOPPED",
    "Appointment",
    "Channel",
    "LineState",
    "Offers",
    "Outage",
    "OutageBuilding",
    "OutageKind",
    "OutageLine",
    "OutageQuerySet",
    "Place",
    "Side",
    "Ticket",
    "TicketQuerySet",
    "Trade",
    "Urgency",
    "WindowState",
    "counting",
]
