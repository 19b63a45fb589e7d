"""The transition tables of owner records."""

from __future__ import annotations

from owners.workflow.changes import TABLE as CHANGES
from owners.workflow.changes import ChangeStatus, Field
from owners.workflow.inspections import CAMPAIGN, VISIT, CampaignStatus, VisitStatus
from owners.workflow.keys import TABLE as KEYS
from owners.workflow.keys import KeyStatus
from owners.workflow.releases import TABLE as RELEASES
from owners.workflow.releases import ReleaseStatus

__all__ = [
    "CAMPAIGN",
    "CHANGES",
    "KEYS",
    "RELEASES",
    "VISIT",
    "CampaignStatus",
    "ChangeStatus",
    "Field",
    "KeyStatus",
    "ReleaseStatus",
    "VisitStatus",
]
