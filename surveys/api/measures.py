"""`/measures/`: what is done about results. One's own, and for leaders all of their communities."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import STAFF_ROLES, User
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.serializers import ChoicesField
from surveys.api.shapes import MeasureCaseOut, MeasureOut
from surveys.api.steps import StepEndpoint, SurveyStepIn
from surveys.models import Measure
from surveys.queries.measures import measure_for
from surveys.workflow import MeasureStatus


class MeasureQuery(Page):
    """Parameters of the list."""

    orders: ClassVar[dict[str, Any]] = {"due_on": ("due_on", "id"), "-number": ("-id",)}
    status = ChoicesField(MeasureStatus.choices, required=False, help_text="One or several.")
    campaign = serializers.SlugField(required=False, max_length=24, help_text="Number of a campaign.")
    ordering = ordering(orders)


class MeasuresEndpoint(Endpoint):
    """Measures."""

    roles = frozenset(STAFF_ROLES)

    @operation("measures", "Improvement measures", query=MeasureQuery, answer=paged(MeasureOut))
    def get(self, request: Request) -> Response:
        """A page of them, by their day."""
        query = self.query(MeasureQuery)
        rows = Measure.objects.visible_to(self.user).select_related(
            "community", "campaign", "owner", "verified_by"
        )
        if "status" in query:
            rows = rows.filter(status__in=query["status"])
        if "campaign" in query:
            rows = rows.filter(campaign__number=query["campaign"])
        order = MeasureQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: MeasureOut(page, many=True).data)


def drawn(measure: Measure, user: User) -> dict[str, Any]:
    """One measure as `user` sees it."""
    return dict(MeasureCaseOut(measure, context={"user": user}).data)


class MeasureEndpoint(Endpoint):
    """One measure."""

    roles = frozenset(STAFF_ROLES)

    @operation("measure", "One measure", answer=MeasureCaseOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found` for a number that does not exist or is out of scope, alike."""
        return Response(drawn(measure_for(self.user, number), self.user))


class MeasureStepEndpoint(StepEndpoint):
    """One step of a measure."""

    roles = frozenset(STAFF_ROLES)

    @operation(
        "measure_step", "Take a step of a measure", body=SurveyStepIn, answer=MeasureCaseOut, once=True
    )
    def post(self, request: Request, number: str, action: str) -> Response:
        """Refuses `transition_refused` (409, with what is allowed instead), `stale` (409), `not_permitted`."""
        found = measure_for(self.user, number)
        return self.take(request, found, action, lambda: drawn(measure_for(self.user, number), self.user))
