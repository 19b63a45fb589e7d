"""`/surveys/`: what I am asked, in my homes or as a colleague, and answering it."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import LARGEST_ID, Input, InstantField
from surveys.actions.answering import answer
from surveys.actions.entering import door_of, own_invitation
from surveys.api.shapes import SectionOut
from surveys.models import Invitation
from surveys.questions import LONGEST_TEXT


class SurveyQuery(Page):
    """Parameters of the list."""

    orders: ClassVar[dict[str, Any]] = {"ends_at": ("campaign__ends_at", "id")}
    ordering = ordering(orders)


class SurveyOut(serializers.Serializer[Any]):
    """A questionnaire that waits for my answer."""

    id = serializers.IntegerField()
    campaign = serializers.CharField(source="campaign.number")
    title = serializers.CharField(source="campaign.title")
    community = serializers.CharField(source="campaign.community.code")
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)
    anonymous = serializers.BooleanField(
        source="campaign.anonymous", help_text="Nobody can find out who answered what."
    )
    ends_at = InstantField(source="campaign.ends_at")


class SurveySheetOut(SurveyOut):
    """With its questions, in the reader's language."""

    intro = serializers.CharField(source="campaign.intro")
    sections = SectionOut(source="campaign.questionnaire.sheet.sections", many=True)


WORDS = TextSerializerField(max_length=LONGEST_TEXT, multiline=True, allow_blank=True)
MOST_OPTIONS = 100


@extend_schema_field(
    {"oneOf": [{"type": "integer"}, {"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)
class AnswerField(serializers.Field[Any, Any, Any, Any]):
    """A number, a code, a list of codes, or words; which of them is the question's to say."""

    def to_internal_value(self, data: Any) -> Any:
        """As it came: an answer that is none is refused by the question."""
        if isinstance(data, list):
            return [WORDS.run_validation(each) for each in data[:MOST_OPTIONS]]
        if not isinstance(data, int):
            return WORDS.run_validation(data)
        return data

    def to_representation(self, value: Any) -> Any:
        """Only ever an input."""
        return value


class AnswersIn(Input):
    """Answers by the codes of their questions. What the answers do not lead to is left out."""

    answers = serializers.DictField(child=AnswerField(), allow_empty=False)


class AnsweredOut(serializers.Serializer[Any]):
    """It counts. It cannot be read or changed any more."""

    campaign = serializers.CharField()
    answered = serializers.BooleanField()


class SurveysEndpoint(Endpoint):
    """What I am asked."""

    @operation("surveys", "Surveys that wait for my answer", query=SurveyQuery, answer=paged(SurveyOut))
    def get(self, request: Request) -> Response:
        """A page of them, what ends first on top."""
        query = self.query(SurveyQuery)
        rows = Invitation.objects.visible_to(self.user).select_related("campaign__community", "unit")
        order = SurveyQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: SurveyOut(page, many=True).data)


class SurveyEndpoint(Endpoint):
    """One of them."""

    @operation("survey", "One survey with its questions", answer=SurveySheetOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found` for one that is not mine, is over, or has been answered, alike."""
        return Response(SurveySheetOut(_mine(self, pk)).data)


class SurveyAnswerEndpoint(Endpoint):
    """Answering it."""

    @operation(
        "survey_answer", "Answer a survey", body=AnswersIn, answer=AnsweredOut, status=201, errors=[409]
    )
    def post(self, request: Request, pk: int) -> Response:
        """Once a home and campaign. It takes no idempotency key: what is kept with one would lead from the answer of an
        anonymous campaign to its author; a second time is `not_found` or `already_answered` (409).
        """
        mine = _mine(self, pk)
        answer(mine, self.body(AnswersIn)["answers"], channel=door_of(mine))
        return Response({"campaign": mine.campaign.number, "answered": True}, status=201)


def _mine(endpoint: Endpoint, pk: int) -> Invitation:
    if pk > LARGEST_ID:
        raise NotFound
    return own_invitation(endpoint.user, pk)
