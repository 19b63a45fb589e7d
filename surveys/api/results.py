"""`/campaigns/{number}/results/`: every figure with its interval and the change since the campaign before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role
from servicecenter.lib.operations import operation
from surveys.api.shapes import LEADERS, StratumOut
from surveys.queries.campaigns import campaign_for
from surveys.queries.results import Results, results_of


class FigureChangeOut(serializers.Serializer[Any]):
    """Against the campaign before."""

    difference = serializers.FloatField()
    chance = serializers.FloatField(help_text="How likely chance alone makes one as large, 0 to 1.")
    code = serializers.ChoiceField(["clear_up", "likely_up", "same", "likely_down", "clear_down"])
    words = serializers.CharField()


class FigureOut(serializers.Serializer[Any]):
    """A figure with its 95 % interval; the formula stands in `surveys/results/estimate.py`."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    answers = serializers.IntegerField()
    hidden = serializers.BooleanField(help_text="Too few answers to be shown.")
    value = serializers.FloatField(source="estimate.value", allow_null=True, default=None)
    error = serializers.FloatField(source="estimate.error", allow_null=True, default=None)
    low = serializers.FloatField(source="estimate.low", allow_null=True, default=None)
    high = serializers.FloatField(source="estimate.high", allow_null=True, default=None)
    change = FigureChangeOut(allow_null=True)


class ChosenOut(serializers.Serializer[Any]):
    """How often each answer to a question to choose from was given."""

    question = serializers.CharField(source="question.code")
    answers = serializers.IntegerField()
    options = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_options(self, found: Any) -> dict[str, int]:
        """Answer in words → how often."""
        return {label: count for label, count, _share in found.rows}


class DriverOut(serializers.Serializer[Any]):
    """A section's part in the overall score."""

    section = serializers.CharField()
    share = serializers.FloatField(help_text="Of all that is explained, 0 to 1.")
    correlation = serializers.FloatField()


class TopicOut(serializers.Serializer[Any]):
    """A topic of own words."""

    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    count = serializers.IntegerField()
    texts = serializers.ListField(child=serializers.CharField())


class ResultsOut(serializers.Serializer[Any]):
    """All that may be shown; below five answers nothing is. Residents read the whole and its sections."""

    campaign = serializers.CharField(source="campaign.number")
    before = serializers.CharField(source="before.number", allow_null=True, default=None)
    too_few = serializers.BooleanField()
    standing = StratumOut()
    csi = FigureOut(allow_null=True, help_text="Weighted mean of the scales, times 10.")
    satisfied = FigureOut(allow_null=True, help_text="Per cent who say 8 or more.")
    recommendation = FigureOut(allow_null=True, help_text="NPS, −100 to 100.")
    sections = FigureOut(many=True)
    questions = FigureOut(many=True)
    buildings = FigureOut(many=True)
    channels = FigureOut(many=True)
    choices = ChosenOut(many=True)
    explained = serializers.FloatField(
        source="drivers.explained", allow_null=True, default=None, help_text="R² of the drivers."
    )
    drivers = DriverOut(source="drivers.rows", many=True, default=())
    topics = TopicOut(many=True)
    other_texts = serializers.ListField(child=serializers.CharField())


def _for_residents(found: Results) -> Results:
    """As it is published."""
    return replace(
        found, questions=[], buildings=[], channels=[], choices=[], drivers=None, topics=[], other_texts=[]
    )


class ResultsEndpoint(Endpoint):
    """What a campaign came to."""

    roles = LEADERS | {Role.RESIDENT.value}

    @operation("campaign_results", "Results of a campaign", answer=ResultsOut, errors=[409])
    def get(self, request: Request, number: str) -> Response:
        """Refuses `survey_still_running` (409) before it is closed."""
        found = results_of(campaign_for(self.user, number))
        shown = found if self.user.role in LEADERS else _for_residents(found)
        return Response(ResultsOut(shown).data)
