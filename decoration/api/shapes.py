"""A permit as the API shows it: facts, deadlines, and what the reader may do next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from decoration.models import Permit, Validity
from decoration.workflow import Status
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import local_day
from servicecenter.lib.masks import mask_name, mask_phone
from servicecenter.lib.serializers import InstantField
from servicecenter.workflow.run import allowed

# Whoever answers for the resident reads the name; others recognise it by its first character.
KNOWS_NAMES = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
# What comes with pictures is taken on pages.
OTHER_DOORS = frozenset({"add_photo", "deduct", "patrol", "report_violation"})


class PermitOut(serializers.Serializer[Any]):
    """A permit on a list. The context holds `user` (the reader) and `at` (now)."""

    number = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    community = serializers.CharField(source="community.code")
    unit = serializers.CharField(source="unit.code")
    applicant = serializers.SerializerMethodField(help_text="Masked for those who need not know it.")
    contact_phone = serializers.SerializerMethodField(help_text="Masked.")
    by_owner = serializers.BooleanField(help_text="The owner's own works: nobody else has to agree.")
    contractor = serializers.CharField(source="contractor.name", allow_null=True, default=None)
    scope = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    validity = serializers.SerializerMethodField(help_text="What the code on the door says today.")
    patrol_due_on = serializers.DateField(allow_null=True)
    submitted_at = InstantField(allow_null=True)
    issued_at = InstantField(allow_null=True)
    accepted_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True)
    review_due_at = InstantField(allow_null=True)
    refund_due_at = InstantField(allow_null=True)
    overdue = serializers.SerializerMethodField()
    version = serializers.IntegerField()

    @property
    def reader(self) -> User:
        """Who reads."""
        user: User = self.context["user"]
        return user

    def get_applicant(self, permit: Permit) -> str:
        """王** for most."""
        known = self.reader.role in KNOWS_NAMES or permit.applicant.user_id == self.reader.pk
        return permit.applicant_name if known else mask_name(permit.applicant_name)

    def get_contact_phone(self, permit: Permit) -> str:
        """138****0001."""
        return mask_phone(permit.contact_phone)

    @extend_schema_field(serializers.ChoiceField(Validity.choices))
    def get_validity(self, permit: Permit) -> str:
        """`valid`, `early`, `expired`, `stopped`, `over`, `none`."""
        return permit.validity(local_day(self.context["at"])).value

    def get_overdue(self, permit: Permit) -> bool:
        """A promise is past its deadline."""
        at: datetime = self.context["at"]
        return permit.next_due_at is not None and permit.next_due_at < at


class PermitWorkOut(serializers.Serializer[Any]):
    """One kind of works in one room."""

    room = serializers.CharField()
    text = serializers.CharField()
    ruling = serializers.CharField()
    wet = serializers.BooleanField(help_text="The room is tested for water.")


class PermitNeedOut(serializers.Serializer[Any]):
    """One thing that the reader may do now: `POST /permits/{number}/{action}/` with the members that it `needs`."""

    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    needs = serializers.ListField(child=serializers.CharField())


class PermitCaseOut(PermitOut):
    """One permit with its works and what can be done next."""

    works = serializers.SerializerMethodField()
    open_violations = serializers.SerializerMethodField()
    allowed = serializers.SerializerMethodField()

    @extend_schema_field(PermitWorkOut(many=True))
    def get_works(self, permit: Permit) -> Any:
        """In force, in the order in which they were named."""
        return PermitWorkOut(permit.works.in_force(), many=True).data

    def get_open_violations(self, permit: Permit) -> int:
        """Still to be put right."""
        count: int = permit.violations.open().count()
        return count

    @extend_schema_field(PermitNeedOut(many=True))
    def get_allowed(self, permit: Permit) -> Any:
        """What the transition table permits the reader now."""
        return [
            {"action": row.action.replace("_", "-"), "label": str(row.label), "needs": list(row.needs)}
            for row in allowed(permit, self.reader)
            if row.action not in OTHER_DOORS
        ]


def draw(permit: Permit, user: User, at: datetime) -> dict[str, Any]:
    """One permit as `user` sees it at `at`."""
    return dict(PermitCaseOut(permit, context={"user": user, "at": at}).data)


def drawn(permits: list[Permit], user: User, at: datetime) -> Any:
    """Several of them."""
    return PermitOut(permits, many=True, context={"user": user, "at": at}).data
