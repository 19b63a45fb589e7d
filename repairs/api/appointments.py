"""The windows of a repair: offered, agreed, and what became of them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.api.cases import WholeListEndpoint
from repairs.api.shapes import StaffRefOut
from repairs.models import Side, WindowState
from repairs.queries import case_for
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.lib.serializers import InstantField


class AppointmentOut(serializers.Serializer[Any]):
    """One window."""

    id = serializers.IntegerField(help_text="`choose-window` and `accept-window` name it.")
    start = InstantField(source="starts_at")
    end = InstantField(source="ends_at")
    state = serializers.ChoiceField(WindowState.choices)
    side = serializers.ChoiceField(Side.choices, help_text="Who proposed it.")
    technician = StaffRefOut(allow_null=True)
    proposed_at = InstantField()
    agreed_at = InstantField(allow_null=True)
    closed_at = InstantField(allow_null=True, help_text="When it was answered, kept, missed or given up.")
    expected_at = InstantField(allow_null=True, help_text="“On my way”: when the engineer will be there.")


class AppointmentsEndpoint(WholeListEndpoint, Endpoint):
    """The windows of a repair, in the order of their beginning."""

    @operation("repair_appointments", "The appointments of a repair", answer=paged(AppointmentOut))
    def get(self, request: Request, number: str) -> Response:
        """All of them, for whoever may see the repair."""
        ticket = case_for(self.user, number)
        rows = ticket.appointments.select_related("technician")
        return self.whole(AppointmentOut(rows, many=True).data)
