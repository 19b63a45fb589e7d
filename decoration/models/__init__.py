"""Decoration 装修: rules, contractors, permits, and what is seen on site."""

from __future__ import annotations

from decoration.models.changes import Change, ChangeKind
from decoration.models.contractors import Contractor, ContractorQuerySet, WorkerBan
from decoration.models.money import GuardedRefund
from decoration.models.permits import OUTDOORS, READERS, Permit, PermitQuerySet, Validity
from decoration.models.rules import NoiseHours, Part, Rule, RuleQuerySet, Ruling, Terms
from decoration.models.site import Deduction, Patrol, Violation, ViolationQuerySet, WaterTest
from decoration.models.works import ADULT, Comment, Paper, Work, Worker, WorkerQuerySet, WorkQuerySet

__all__ = [
    "ADULT",
    "OUTDOORS",
    "READERS",
    "Change",
    "ChangeKind",
    "Comment",
    "Contractor",
    "ContractorQuerySet",
    "Deduction",
    "GuardedRefund",
    "NoiseHours",
    "Paper",
    "Part",
    "Patrol",
    "Permit",
    "PermitQuerySet",
    "Rule",
    "RuleQuerySet",
    "Ruling",
    "Terms",
    "Validity",
    "Violation",
    "ViolationQuerySet",
    "WaterTest",
    "Work",
    "WorkQuerySet",
    "Worker",
    "WorkerBan",
    "WorkerQuerySet",
]
