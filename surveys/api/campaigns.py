"""`/campaigns/`: the list, planning, one campaign, its steps; `/questionnaires/` that a plan may name."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.queries.places import community_named
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.audit.idempotent import answer_once
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid, NotPermitted
from servicecenter.lib.serializers import ChoicesField, IdField, Input, TruthField, WholeField
from surveys.actions.planning import MOST_REMINDERS, Plan, plan
from surveys.api.shapes import LEADERS, CampaignCaseOut, CampaignOut, QuestionnaireOut
from surveys.api.steps import StepEndpoint, SurveyStepIn
from surveys.models import Audience, Campaign, Channel, Questionnaire
from surveys.models.questionnaires import EDITORS
from surveys.queries.campaigns import campaign_for, rates, usable
from surveys.workflow import CampaignStatus

MOST_SAMPLE, MOST_COMMUNITIES = 100_000, 50


class CampaignQuery(Page):
    """Parameters of the list."""

    orders: ClassVar[dict[str, Any]] = {"-number": ("-id",), "number": ("id",)}
    status = ChoicesField(CampaignStatus.choices, required=False, help_text="One or several.")
    community = serializers.CharField(required=False, max_length=12, help_text="Code of a community.")
    ordering = ordering(orders)


class CampaignIn(Input):
    """A plan. Nobody is asked before `start`. Several communities are one wave: a campaign each."""

    title = TextSerializerField(max_length=80)
    communities = serializers.ListField(
        child=serializers.CharField(max_length=12),
        required=False,
        max_length=MOST_COMMUNITIES,
        help_text="Their codes; may be left out where you have only one.",
    )
    questionnaire = IdField(help_text="Id of a version; see /questionnaires/.")
    audience = serializers.ChoiceField(Audience.choices, required=False, default=Audience.ALL)
    sample_size = WholeField(required=False, min_value=1, max_value=MOST_SAMPLE)
    channels = serializers.ListField(
        child=serializers.ChoiceField(Channel.choices), max_length=len(Channel.values)
    )
    anonymous = TruthField(required=False, default=False)
    ends_on = serializers.DateField(help_text="The last day on which answers are taken.")
    remind_after = serializers.ListField(
        child=WholeField(min_value=1, max_value=366),
        required=False,
        max_length=MOST_REMINDERS,
        help_text="Days after the start.",
    )
    intro = TextSerializerField(max_length=300, multiline=True, required=False)


class PlannedOut(serializers.Serializer[Any]):
    """What was planned: one campaign a community."""

    campaigns = CampaignCaseOut(many=True)


class CampaignsEndpoint(Endpoint):
    """Campaigns that I may see; residents: what was published where they live."""

    @operation("campaigns", "Satisfaction campaigns", query=CampaignQuery, answer=paged(CampaignOut))
    def get(self, request: Request) -> Response:
        """A page of them, the latest first."""
        query = self.query(CampaignQuery)
        rows = Campaign.objects.visible_to(self.user).select_related("community")
        if "status" in query:
            rows = rows.filter(status__in=query["status"])
        if "community" in query:
            rows = rows.filter(community__code=query["community"].upper())
        return self.page(rows, query, order=CampaignQuery.orders[query["ordering"]], draw=self._drawn)

    def _drawn(self, page: list[Campaign]) -> Any:
        context = {"user": self.user, "rates": rates(page)}
        return CampaignOut(page, many=True, context=context).data

    @operation("campaign_plan", "Plan a campaign", body=CampaignIn, answer=PlannedOut, status=201, once=True)
    def post(self, request: Request) -> Response:
        """Refuses `not_permitted` to all but supervisors and managers, and `invalid` for a plan that makes no sense."""
        if self.user.role not in EDITORS:
            raise NotPermitted
        given = self.body(CampaignIn)
        places = [community_named(self.user, code) for code in given.pop("communities", None) or [""]]

        def act() -> tuple[int, dict[str, Any]]:
            made = plan(self._wish(given), communities=places, by=self.user)
            return 201, {"campaigns": [drawn(each, self.user) for each in made]}

        return answer_once(request, self.user, act)

    def _wish(self, given: dict[str, Any]) -> Plan:
        known = Questionnaire.objects.visible_to(self.user).filter(pk=given["questionnaire"], retired_at=None)
        asked = known.first()
        if asked is None:
            raise Invalid(errors={"questionnaire": [_("We could not find that.")]})
        return Plan(**given | {"questionnaire": asked})


def drawn(campaign: Campaign, user: Any) -> dict[str, Any]:
    """One campaign as `user` sees it."""
    return dict(CampaignCaseOut(campaign, context={"user": user, "rates": rates([campaign])}).data)


class CampaignEndpoint(Endpoint):
    """One campaign."""

    @operation("campaign", "One campaign", answer=CampaignCaseOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found` for a number that does not exist or is out of scope, alike."""
        return Response(drawn(campaign_for(self.user, number), self.user))


class CampaignStepEndpoint(StepEndpoint):
    """One step of a campaign."""

    @operation(
        "campaign_step", "Take a step of a campaign", body=SurveyStepIn, answer=CampaignCaseOut, once=True
    )
    def post(self, request: Request, number: str, action: str) -> Response:
        """Refuses `transition_refused` (409, with what is allowed instead), `stale` (409), `not_permitted`."""
        found = campaign_for(self.user, number)
        return self.take(request, found, action, lambda: drawn(campaign_for(self.user, number), self.user))


class QuestionnairesEndpoint(Endpoint):
    """Questionnaires that a plan may name."""

    roles = LEADERS

    @operation("questionnaires", "Questionnaires", answer=paged(QuestionnaireOut))
    def get(self, request: Request) -> Response:
        """The newest version of each line that is not retired, in one piece."""
        rows = QuestionnaireOut(usable(self.user), many=True).data
        return Response({"next": None, "previous": None, "results": rows})
