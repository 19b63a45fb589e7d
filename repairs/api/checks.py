"""Quality checks of finished repairs: the staff's own, apart from what residents say."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.actions.checks import check_work
from repairs.api.shapes import StaffRefOut
from repairs.models import CheckReason, QualityCheck
from repairs.queries.checks import SHOWN, check_for, found, may_check
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role
from servicecenter.audit.idempotent import answer_once
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.serializers import IdField, Input, InstantField, TruthField

READERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})


class CheckLineOut(serializers.Serializer[Any]):
    """One line of the standards."""

    id = serializers.IntegerField(source="standard.pk")
    text = serializers.CharField(source="standard.text")
    ticked = serializers.BooleanField(help_text="By the engineer.")
    kept = serializers.BooleanField(allow_null=True, help_text="As it was found; null before the check.")


class CheckOut(serializers.Serializer[Any]):
    """A check."""

    id = serializers.IntegerField()
    repair = serializers.CharField(source="ticket.number")
    completion_no = serializers.IntegerField()
    reason = serializers.ChoiceField(CheckReason.choices)
    worker = StaffRefOut(allow_null=True)
    drawn_at = InstantField()
    checker = StaffRefOut(allow_null=True)
    checked_at = InstantField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True)
    note = serializers.CharField()


class OneCheckOut(CheckOut):
    """A check with its lines."""

    lines = CheckLineOut(many=True)
    may_check = serializers.BooleanField()


class CheckQuery(Page):
    """Parameters of the list of checks."""

    state = serializers.ChoiceField([("due", "due"), ("made", "made")], required=False)


class CheckIn(Input):
    """What was found."""

    passed = TruthField(help_text="false: the repair goes back for rework.")
    note = TextSerializerField(max_length=500, required=False, multiline=True)
    kept = serializers.ListField(
        child=IdField(), required=False, max_length=100, help_text="Ids of the lines that were kept."
    )


class ChecksEndpoint(Endpoint):
    """Repairs that were drawn."""

    roles = READERS

    @operation("quality_checks", "Quality checks", query=CheckQuery, answer=paged(CheckOut))
    def get(self, request: Request) -> Response:
        """A page of them: those to be made (the default), or those that were made."""
        query = self.query(CheckQuery)
        rows = QualityCheck.objects.visible_to(self.user)
        made = query.get("state") == "made"
        rows = rows.made() if made else rows.due()
        return self.page(
            rows.select_related(*SHOWN),
            query,
            order=("-checked_at", "-id") if made else ("id",),
            draw=lambda page: CheckOut(page, many=True).data,
        )


class CheckEndpoint(Endpoint):
    """One check."""

    roles = READERS

    @operation("quality_check", "A quality check", answer=OneCheckOut)
    def get(self, request: Request, id: int) -> Response:
        """With its lines."""
        return Response(self._drawn(id))

    @operation("quality_check_make", "Make a quality check", body=CheckIn, answer=OneCheckOut, once=True)
    def post(self, request: Request, id: int) -> Response:
        """Supervisors and named agents, never whoever did or sent the work (`not_permitted`). Refuses `checked` (409)
        after somebody else's check."""
        check = check_for(self.user, id)

        def act() -> tuple[int, dict[str, Any]]:
            check_work(check, by=self.user, **self.body(CheckIn))
            return 200, self._drawn(id)

        return answer_once(request, self.user, act)

    def _drawn(self, check_id: int) -> dict[str, Any]:
        check = check_for(self.user, check_id)
        lines = CheckLineOut(found(check).lines, many=True).data
        mine = check.checked_at is None and may_check(check, self.user)
        return {**CheckOut(check).data, "lines": lines, "may_check": mine}
