"""Campaigns, questionnaires and measures as the API shows them, with what the reader may do next."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from servicecenter.accounts.models import Role, User
from servicecenter.lib.serializers import InstantField
from servicecenter.workflow.run import allowed
from surveys.models import Audience, Campaign, Channel, Measure
from surveys.queries.campaigns import replaced_in, standings_of
from surveys.questions import Compare, Kind
from surveys.workflow import CampaignStatus, MeasureStatus

# Who may see building by building how many have answered.
LEADERS = frozenset({Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})


class SurveyNeedOut(serializers.Serializer[Any]):
    """One thing that the reader may do now: `POST /{number}/{action}/` with the members that it `needs`."""

    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    needs = serializers.ListField(child=serializers.CharField())


def needs(case: Campaign | Measure, user: User) -> list[dict[str, Any]]:
    """What the transition table permits the reader now; pictures are added on pages."""
    return [
        {"action": row.action.replace("_", "-"), "label": str(row.label), "needs": list(row.needs)}
        for row in allowed(case, user)
        if row.action != "add_photo"
    ]


class SurveyOptionOut(serializers.Serializer[Any]):
    """One answer to choose."""

    code = serializers.CharField()
    label = serializers.CharField(source="*")  # type: ignore[assignment]  # a member of the answer


class ConditionOut(serializers.Serializer[Any]):
    """The question is asked only where the answer to an earlier one is at most, at least or exactly this."""

    question = serializers.CharField()
    test = serializers.ChoiceField(Compare.choices)
    value = serializers.CharField()


class QuestionOut(serializers.Serializer[Any]):
    """A question: scales take 1–10, a recommendation 0–10, choices the code of an option or a list of codes."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    label = serializers.CharField(source="*")  # type: ignore[assignment]  # a member of the answer
    required = serializers.BooleanField()  # type: ignore[assignment]  # a member of the answer
    weight = serializers.IntegerField()
    options = SurveyOptionOut(many=True)
    ask_if = ConditionOut(allow_null=True)


class SectionOut(serializers.Serializer[Any]):
    """What belongs together, one screen on a phone."""

    code = serializers.CharField()
    label = serializers.CharField(source="*")  # type: ignore[assignment]  # a member of the answer
    questions = QuestionOut(many=True)


class QuestionnaireOut(serializers.Serializer[Any]):
    """A version of a questionnaire, in the reader's language."""

    id = serializers.IntegerField()
    code = serializers.CharField(help_text="The line: campaigns of the same one are compared.")
    number = serializers.IntegerField(help_text="The version.")
    title = serializers.CharField(source="sheet")
    community = serializers.CharField(
        source="community.code", allow_null=True, default=None, help_text="Null: of the library."
    )
    frozen = serializers.BooleanField(source="is_frozen", help_text="It was used and never changes.")
    sections = SectionOut(source="sheet.sections", many=True)


class StratumOut(serializers.Serializer[Any]):
    """How a building answers."""

    building = serializers.CharField(source="label")
    population = serializers.IntegerField()
    quota = serializers.IntegerField(help_text="How many are to answer or were drawn.")
    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Who may still answer.")
    rate = serializers.FloatField(allow_null=True, help_text="Answers in per cent of those asked.")


class ReplacedOut(serializers.Serializer[Any]):
    """A unit that gave its place to another one."""

    unit = serializers.CharField(source="unit.code")
    reason = serializers.CharField()


class CampaignOut(serializers.Serializer[Any]):
    """A campaign on a list. The context holds `user` (the reader) and `rates` (number → answered, asked)."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(CampaignStatus.choices)
    community = serializers.CharField(source="community.code")
    wave = serializers.UUIDField(allow_null=True, help_text="Campaigns of several communities asked at once.")
    questionnaire = serializers.IntegerField(source="questionnaire_id")
    audience = serializers.ChoiceField(Audience.choices)
    sample_size = serializers.IntegerField(allow_null=True)
    anonymous = serializers.BooleanField()
    channels = serializers.ListField(child=serializers.ChoiceField(Channel.choices))
    remind_after = serializers.ListField(child=serializers.IntegerField(), help_text="Days after the start.")
    ends_at = InstantField()
    started_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)
    published_at = InstantField(allow_null=True)
    asked = serializers.SerializerMethodField()
    answered = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    def get_asked(self, campaign: Campaign) -> int:
        """How many were asked so far."""
        return int(self.context["rates"].get(campaign.pk, (0, 0))[1])

    def get_answered(self, campaign: Campaign) -> int:
        """How many of them have answered."""
        return int(self.context["rates"].get(campaign.pk, (0, 0))[0])


class CampaignCaseOut(CampaignOut):
    """One campaign with its sample and what can be done next."""

    intro = serializers.CharField()
    found = serializers.CharField(help_text="What residents are told was found.")
    seed = serializers.SerializerMethodField(help_text="Leaders: anybody can draw the same sample with it.")
    strata = serializers.SerializerMethodField(help_text="Leaders: building by building.")
    replaced = serializers.SerializerMethodField(help_text="Leaders: who gave the place away, and why.")
    allowed = serializers.SerializerMethodField()

    @property
    def is_for_leader(self) -> bool:
        """Whether the reader leads."""
        return self.context["user"].role in LEADERS

    def get_seed(self, campaign: Campaign) -> int | None:
        """The place of a unit is the SHA-256 of `SEED:UNIT CODE`."""
        return campaign.seed if self.is_for_leader else None

    @extend_schema_field(StratumOut(many=True))
    def get_strata(self, campaign: Campaign) -> Any:
        """In the order of the buildings."""
        return StratumOut(standings_of(campaign)[1], many=True).data if self.is_for_leader else []

    @extend_schema_field(ReplacedOut(many=True))
    def get_replaced(self, campaign: Campaign) -> Any:
        """In the order of the draw."""
        return ReplacedOut(replaced_in(campaign), many=True).data if self.is_for_leader else []

    @extend_schema_field(SurveyNeedOut(many=True))
    def get_allowed(self, campaign: Campaign) -> Any:
        """What the transition table permits the reader now."""
        return needs(campaign, self.context["user"])


class MeasureOut(serializers.Serializer[Any]):
    """What is done about a result."""

    number = serializers.CharField()
    status = serializers.ChoiceField(MeasureStatus.choices)
    community = serializers.CharField(source="community.code")
    campaign = serializers.CharField(source="campaign.number", allow_null=True, default=None)
    month = serializers.DateField(allow_null=True, help_text="Of an analysis of complaints: its first day.")
    section = serializers.CharField(help_text="What it should move; empty for everything.")
    text = serializers.CharField()
    owner = serializers.CharField(source="owner.username")
    due_on = serializers.DateField()
    public = serializers.BooleanField(help_text="Residents read it in the publication.")
    evidence = serializers.CharField()
    done_at = InstantField(allow_null=True)
    verified_at = InstantField(allow_null=True)
    verified_by = serializers.CharField(source="verified_by.username", allow_null=True, default=None)
    version = serializers.IntegerField()


class MeasureCaseOut(MeasureOut):
    """One measure with what can be done next."""

    allowed = serializers.SerializerMethodField()

    @extend_schema_field(SurveyNeedOut(many=True))
    def get_allowed(self, measure: Measure) -> Any:
        """What the transition table permits the reader now."""
        return needs(measure, self.context["user"])
