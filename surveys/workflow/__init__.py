"""The tables of satisfaction: follow-up calls, campaigns, and measures drawn from their results."""

from __future__ import annotations

from surveys.workflow.campaigns import CAMPAIGN, CampaignStatus
from surveys.workflow.follow_ups import (
    MISSED,
    RATINGS,
    REWORK_UP_TO,
    SATISFIED_FROM,
    UNCALLED,
    AttemptOutcome,
    Consequence,
    FollowUpStatus,
    Outcome,
)
from surveys.workflow.measures import MEASURE, MeasureStatus

__all__ = [
    "CAMPAIGN",
    "MEASURE",
    "MISSED",
    "RATINGS",
    "REWORK_UP_TO",
    "SATISFIED_FROM",
    "UNCALLED",
    "AttemptOutcome",
    "CampaignStatus",
    "Consequence",
    "FollowUpStatus",
    "MeasureStatus",
    "Outcome",
]
