"""The checklist of a repair."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.api.cases import WholeListEndpoint
from repairs.queries import case_for
from repairs.queries.standards import standards_for, ticked_of
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import STAFF_ROLES
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation


class StandardOut(serializers.Serializer[Any]):
    """One line."""

    id = serializers.IntegerField(help_text="`complete` names it among its `ticks`.")
    text = serializers.CharField()
    ticked = serializers.BooleanField(help_text="At the latest completion.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`required` is an attribute of serializers themselves."""
        required = serializers.BooleanField(help_text="`complete` is refused without it.")
        return {**super().get_fields(), "required": required}


class StandardsEndpoint(WholeListEndpoint, Endpoint):
    """What the community asks for at a repair of this trade."""

    roles = frozenset(STAFF_ROLES)

    @operation("repair_standards", "The checklist of a repair", answer=paged(StandardOut))
    def get(self, request: Request, number: str) -> Response:
        """The lines in use, for the staff who may see the repair."""
        ticket = case_for(self.user, number)
        ticked = ticked_of(ticket)
        rows = [
            {"id": each.pk, "text": each.text, "required": each.required, "ticked": each.pk in ticked}
            for each in standards_for(ticket)
        ]
        return self.whole(StandardOut(rows, many=True).data)
