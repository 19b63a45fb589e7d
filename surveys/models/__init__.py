"""Rows of satisfaction: follow-up calls, questionnaires, campaigns, answers, measures."""

from __future__ import annotations

from surveys.models.after_calls import AfterCall, CallReview
from surveys.models.answers import Keying, Response
from surveys.models.campaigns import Audience, Campaign, Channel, Stratum
from surveys.models.follow_ups import CALLERS, LINES, Attempt, FollowUp
from surveys.models.invitations import Invitation, Link, State
from surveys.models.measures import Measure
from surveys.models.questionnaires import Questionnaire

__all__ = [
    "CALLERS",
    "LINES",
    "AfterCall",
    "Attempt",
    "Audience",
    "CallReview",
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
