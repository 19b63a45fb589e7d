"""Repair tickets."""

from __future__ import annotations

from repairs.models.appointments import MOST_OFFERS, Appointment, Side, WindowState
from repairs.models.checks import Checker, CheckMark, CheckReason, CheckRule, QualityCheck
from repairs.models.kinds import Channel, Offers, Place, Trade, Urgency
from repairs.models.outages import LineState, Outage, OutageBuilding, OutageKind, OutageLine, OutageQuerySet
from repairs.models.phone_time import PhoneTimeRule
from repairs.models.prices import PriceItem, PriceList, PriceListQuerySet
from repairs.models.quotes import Payer, Quote, QuoteLine
from repairs.models.sending import DispatchRule, Mode, Part, Participant, Whom
from repairs.models.skills import NEEDED, Certificate, CertificateKind, Zone
from repairs.models.standards import Standard, Tick
from repairs.models.stock import MoveKind, StockItem, StockMove
from repairs.models.tickets import NOT_STOPPED, Ticket, TicketQuerySet, counting
from repairs.models.triage import TriageChoice, TriageExample, TriageVersion, VersionState

__all__ = [
    "MOST_OFFERS",
    "NEEDED",
    "NOT_STOPPED",
    "Appointment",
    "Certificate",
    "CertificateKind",
    "Channel",
    "CheckMark",
    "CheckReason",
    "CheckRule",
    "Checker",
    "DispatchRule",
    "LineState",
    "Mode",
    "MoveKind",
    "Offers",
    "Outage",
    "OutageBuilding",
    "OutageKind",
    "OutageLine",
    "OutageQuerySet",
    "Part",
    "Participant",
    "Payer",
    "PhoneTimeRule",
    "Place",
    "PriceItem",
    "PriceList",
    "PriceListQuerySet",
    "QualityCheck",
    "Quote",
    "QuoteLine",
    "Side",
    "Standard",
    "StockItem",
    "StockMove",
    "Tick",
    "Ticket",
    "TicketQuerySet",
    "Trade",
    "TriageChoice",
    "TriageExample",
    "TriageVersion",
    "Urgency",
    "VersionState",
    "Whom",
    "WindowState",
    "Zone",
    "counting",
]
