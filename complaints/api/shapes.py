"""A complaint or an inquiry as the API shows it: facts, deadlines, and what the reader may do next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from complaints.models import Channel, Complaint, Inquiry, Kind, Level, Substance, Type
from complaints.workflow import InquiryStatus, Status
from servicecenter.accounts.models import Role, User
from servicecenter.lib.masks import mask_name, mask_phone
from servicecenter.lib.serializers import InstantField
from servicecenter.workflow.run import applies
from servicecenter.workflow.standings import Standing

# Whoever answers for the resident reads the name; others recognise it by its first character.
KNOWS_NAMES = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
# Taken by other doors than `POST /{number}/{action}/`.
OTHER_DOORS = frozenset({"close_with", "convert", "add_photo"})


class NeedOut(serializers.Serializer[Any]):
    """One thing that the reader may do now: `POST /{number}/{action}/` with the members that it `needs`."""

    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    needs = serializers.ListField(child=serializers.CharField())


class VoiceOut(serializers.Serializer[Any]):
    """What both have in common. The context holds `user` (the reader) and `at` (now)."""

    number = serializers.CharField()
    kind = serializers.ChoiceField(Kind.choices)
    type = serializers.ChoiceField(Type.choices)
    proposed_kind = serializers.CharField(help_text="What the program proposed.")
    proposed_type = serializers.CharField()
    text = serializers.CharField()
    community = serializers.CharField(source="community.code")
    unit = serializers.CharField(source="unit.code", allow_null=True, default=None)
    building = serializers.CharField(source="building.code", allow_null=True, default=None)
    place = serializers.CharField()
    channel = serializers.ChoiceField(Channel.choices)
    anonymous = serializers.BooleanField()
    reporter_name = serializers.SerializerMethodField(help_text="Masked for those who need not know it.")
    contact_phone = serializers.SerializerMethodField(help_text="Masked.")
    agent = serializers.SerializerMethodField(help_text="Who answers for it from the first word on.")
    handler = serializers.SerializerMethodField(help_text="Who is in charge.")
    about = serializers.SerializerMethodField(help_text="The colleague whom it is about; staff only.")
    became = serializers.CharField(help_text="The number that it goes on under, as something else.")
    received_at = InstantField()
    responded_at = InstantField(allow_null=True)
    respond_due_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)
    overdue = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    @property
    def reader(self) -> User:
        """Who reads."""
        user: User = self.context["user"]
        return user

    def get_reporter_name(self, case: Any) -> str:
        """王** for most."""
        known = self.reader.role in KNOWS_NAMES or not self.reader.is_employee
        return case.reporter_name if known else mask_name(case.reporter_name)

    def get_contact_phone(self, case: Any) -> str:
        """138****0001."""
        return mask_phone(case.contact_phone)

    def get_agent(self, case: Any) -> str | None:
        """By name."""
        return str(case.agent) if case.agent else None

    def get_handler(self, case: Any) -> str | None:
        """By name."""
        return str(case.handler) if case.handler else None

    def get_about(self, case: Any) -> str | None:
        """By name."""
        return str(case.about) if case.about and self.reader.is_employee else None

    def get_overdue(self, case: Any) -> bool:
        """A promise is past its deadline."""
        at: datetime = self.context["at"]
        return case.next_due_at is not None and case.next_due_at < at


def _allowed(case: Complaint | Inquiry, user: User) -> list[Any]:
    """As `workflow.run.allowed`; whoever reached a resident's case through `visible_to` stands as a resident."""
    if user.role == Role.RESIDENT and case.anonymous:
        return []
    resident = user.role == Role.RESIDENT
    standings = frozenset({Standing.RESIDENT.value}) if resident else case.standings(user)
    rows = case.TABLE.allowed(case.status, standings)
    return [row for row in rows if row.action not in OTHER_DOORS and applies(row, case)]


class WithStepsOut(VoiceOut):
    """With what can be done next. In lists of complaints it would take more questions than rows."""

    allowed = serializers.SerializerMethodField()
    receipt = serializers.CharField(
        required=False, help_text="Of an anonymous one, in the answer to its filing only: it is kept nowhere."
    )

    @extend_schema_field(NeedOut(many=True))
    def get_allowed(self, case: Any) -> Any:
        """What the transition table permits the reader now."""
        return [
            {"action": row.action.replace("_", "-"), "label": str(row.label), "needs": list(row.needs)}
            for row in _allowed(case, self.reader)
        ]


class ComplaintTaskOut(serializers.Serializer[Any]):
    """Something that somebody does about it."""

    id = serializers.IntegerField()
    what = serializers.CharField()
    owner = serializers.CharField()
    due_at = InstantField()
    done_at = InstantField(allow_null=True)
    result = serializers.CharField()


class ComplaintOut(VoiceOut):
    """A complaint."""

    status = serializers.ChoiceField(Status.choices)
    level = serializers.ChoiceField(Level.choices)
    proposed_level = serializers.CharField()
    compensation = serializers.BooleanField(help_text="Money is asked for.")
    substance = serializers.SerializerMethodField(help_text="How far it is confirmed; staff only.")
    lead = serializers.CharField(
        source="lead.number", allow_null=True, default=None, help_text="Of its group."
    )
    solution = serializers.CharField()
    reply = serializers.CharField()
    propose_due_at = InstantField(allow_null=True)
    close_due_at = InstantField(allow_null=True)
    close_by = InstantField(allow_null=True, help_text="The day that a manager approved.")
    reopen_count = serializers.IntegerField()
    urge_count = serializers.IntegerField()

    @extend_schema_field(serializers.ChoiceField([("", "—"), *Substance.choices]))
    def get_substance(self, case: Complaint) -> str:
        """What the investigation came to."""
        return case.substance if self.reader.is_employee else ""


class ComplaintCaseOut(ComplaintOut, WithStepsOut):
    """One complaint with its tasks and its group; residents read neither."""

    missing = serializers.SerializerMethodField(help_text="What must be there before it may be closed.")
    tasks = serializers.SerializerMethodField()
    group = serializers.SerializerMethodField(help_text="Numbers of the complaints that go on with it.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, case: Complaint) -> list[str]:
        """`review`, `evidence`, `sign_off`, `tasks`."""
        return case.missing if self.reader.is_employee else []

    @extend_schema_field(ComplaintTaskOut(many=True))
    def get_tasks(self, case: Complaint) -> Any:
        """Oldest first."""
        return (
            ComplaintTaskOut(case.tasks.select_related("owner"), many=True).data
            if self.reader.is_employee
            else []
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_group(self, case: Complaint) -> list[str]:
        """Oldest first."""
        rows = case.group.filter(status=Status.JOINED).order_by("id")
        return list(rows.values_list("number", flat=True)) if self.reader.is_employee else []


class InquiryOut(WithStepsOut):
    """An inquiry, a suggestion or praise."""

    status = serializers.ChoiceField(InquiryStatus.choices)
    answer = serializers.CharField()
    answered_at = InstantField(allow_null=True)
    article = serializers.IntegerField(
        source="article_id",
        allow_null=True,
        help_text="The version of the article that it was answered from.",
    )
    public = serializers.BooleanField(help_text="A suggestion whose answer every resident may read.")
    adopted = serializers.BooleanField(allow_null=True)
    asked_again = serializers.IntegerField()


def draw(case: Complaint | Inquiry, user: User, at: datetime, *, receipt: str = "") -> dict[str, Any]:
    """One case as `user` sees it at `at`; the receipt of an anonymous one is shown this once."""
    shape = ComplaintCaseOut if isinstance(case, Complaint) else InquiryOut
    answer = dict(shape(case, context={"user": user, "at": at}).data)
    return answer | ({"receipt": receipt} if receipt else {})


def drawn(cases: list[Any], user: User, at: datetime) -> Any:
    """Several of one sort."""
    shape = ComplaintOut if cases and isinstance(cases[0], Complaint) else InquiryOut
    return shape(cases, many=True, context={"user": user, "at": at}).data
