"""What the program thinks of a text before anything is stored."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from repairs.forms.report import TEXT_LIMIT
from repairs.models import Place, Ticket, Trade, Urgency
from repairs.queries.proposing import proposal_for
from repairs.triage import similar
from repairs.workflow import Status
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.operations import operation
from servicecenter.lib.serializers import Input

# Possible duplicates are looked for among the latest unfinished repairs that the asker may see.
COMPARED = 200
MOST_SIMILAR = 5
PROPOSED = (
    "trade",
    "urgency",
    "location_kind",
    "department",
    "confidence",
    "low_confidence",
    "reasons",
)


class TriageIn(Input):
    """What happened."""

    text = TextSerializerField(max_length=TEXT_LIMIT, multiline=True)


class SimilarOut(serializers.Serializer[Any]):
    """An unfinished repair that reads alike."""

    number = serializers.CharField()
    likeness = serializers.FloatField(help_text="0 to 1.")
    status = serializers.ChoiceField(Status.choices)
    address = serializers.CharField()


class TriageOut(serializers.Serializer[Any]):
    """A proposal; a person may always overrule it."""

    trade = serializers.ChoiceField(Trade.choices)
    urgency = serializers.ChoiceField(Urgency.choices)
    location_kind = serializers.ChoiceField(Place.choices)
    department = serializers.CharField()
    confidence = serializers.FloatField(help_text="The probability that the trade is right.")
    low_confidence = serializers.BooleanField(help_text="A person should look at it.")
    reasons = serializers.ListField(child=serializers.CharField())
    similar = SimilarOut(many=True)


class TriageEndpoint(Endpoint):
    """A proposal for a text."""

    @operation(
        "repair_triage", "Propose trade, urgency and place for a text", body=TriageIn, answer=TriageOut
    )
    def post(self, request: Request) -> Response:
        """Nothing is stored."""
        text = self.body(TriageIn)["text"]
        proposal = proposal_for(text)
        latest = Ticket.objects.visible_to(self.user).unfinished().order_by("-id")[:COMPARED]
        others = {ticket.pk: ticket for ticket in latest.only("id", "number", "text", "status", "address")}
        alike = similar(text, ((pk, ticket.text) for pk, ticket in others.items()))[:MOST_SIMILAR]
        found = [
            {
                "number": others[pk].number,
                "likeness": likeness,
                "status": others[pk].status,
                "address": others[pk].address,
            }
            for pk, likeness in alike
        ]
        facts = {name: getattr(proposal, name) for name in PROPOSED}
        return Response(TriageOut(facts | {"similar": found}).data)
