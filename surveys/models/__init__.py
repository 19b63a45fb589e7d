"""Rows of satisfaction: follow-up calls, questionnaires, campaigns, answers, measures."""

from __future__ import annotations

from surveys.models.answers import Keying, Response
from surveys.models.campaigns import Audience, Campaign, Channel, Stratum
from surveys.models.follow_ups import CALLERS, Attempt, FollowUp
from surveys.models.invitations import Invitation, Link, State
from surveys.models.measures import Measure
from surveys.models.questionnaires import Questionnaire

__all__ = [
    "CALLERS",
    "Attempt",
    "Audience",
    "Campaign",
    "Channel",
    "FollowUp",
    "Invitation",
    "Keying",
    "Link",
    "Measure",
    "Questionnaire",
    "Response",
    "State",
    "Stratum",
]
