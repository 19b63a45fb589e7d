"""Whom to send to a repair, and the jobs that are open for grabbing."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.api.cases import WholeListEndpoint
from repairs.api.shapes import SHOWN, TicketOut, drawn
from repairs.queries import case_for
from repairs.queries.crew import decision_for
from repairs.queries.grabbing import jobs_to_grab
from repairs.queries.ranking import Choice, Decision
from repairs.queries.reasons import cons, pros
from servicecenter.accounts.models import Role
from servicecenter.lib.clock import database_now
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotPermitted

DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})


class ChoiceOut(serializers.Serializer[Any]):
    """A technician for a repair: the best fit first."""

    technician = serializers.IntegerField(help_text="Id, as `dispatch` takes it.")
    name = serializers.CharField()
    proposed = serializers.BooleanField(help_text="Whom the rules, or without one the ranking, propose.")
    forbidden = serializers.BooleanField(help_text="The work needs a certificate that they do not hold.")
    rule = serializers.CharField(help_text="The rule that proposes them; empty for none.")
    open_jobs = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())


class TechniciansEndpoint(WholeListEndpoint):
    """Whom to send."""

    @operation("repair_technicians", "Whom to send to a repair, with reasons", answer=paged(ChoiceOut))
    def get(self, request: Request, number: str) -> Response:
        """Every technician of the community, in one piece. Refuses `not_permitted` for all but the desk."""
        ticket = case_for(self.user, number)
        if self.user.role not in DESK:
            raise NotPermitted
        decision = decision_for(ticket, database_now())
        return self.whole([_drawn(decision, choice) for choice in decision.choices])


def _drawn(decision: Decision, choice: Choice) -> dict[str, Any]:
    proposed = choice is decision.first and not decision.opens
    return {
        "technician": choice.worker.id,
        "name": choice.worker.name,
        "proposed": proposed,
        "forbidden": choice.forbidden,
        "rule": decision.rule.name if proposed and decision.rule else "",
        "open_jobs": choice.worker.open_jobs,
        "reasons": pros(choice),
        "warnings": cons(choice),
    }


class OpenJobsEndpoint(WholeListEndpoint):
    """Jobs to grab."""

    @operation("repairs_open", "Jobs that are open for grabbing", answer=paged(TicketOut))
    def get(self, request: Request) -> Response:
        """Those that a technician may take now, the most pressing first, in one piece; nobody else has any."""
        at = database_now()
        return self.whole(drawn(jobs_to_grab(self.user, at, *SHOWN), self.user, at))
