"""Move-in 入伙: the days, the checklists, and the handover of each unit."""

from __future__ import annotations

from handovers.models.cases import Handover, HandoverQuerySet
from handovers.models.checklists import ChecklistItem, ChecklistItemQuerySet, Kind
from handovers.models.days import HandoverDay, HandoverDayQuerySet, Slot, SlotQuerySet
from handovers.models.keys import GuardedKeyReceipt
from handovers.models.lines import Finding, FindingQuerySet, Line, Reinspection, Result

__all__ = [
    "ChecklistItem",
    "ChecklistItemQuerySet",
    "Finding",
    "FindingQuerySet",
    "GuardedKeyReceipt",
    "Handover",
    "HandoverDay",
    "HandoverDayQuerySet",
    "HandoverQuerySet",
    "Kind",
    "Line",
    "Reinspection",
    "Result",
    "Slot",
    "SlotQuerySet",
]
