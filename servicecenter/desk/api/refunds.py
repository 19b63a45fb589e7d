"""Refunds by API: one person asks, another agrees, then the money is paid out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.audit.idempotent import answer_once
from servicecenter.desk.api.money import WhyIn, yuan_field
from servicecenter.ledger import actions
from servicecenter.ledger.models import Method, Refund, RefundState
from servicecenter.ledger.queries.charges import charge_for
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import Input, InstantField


class RefundOut(serializers.Serializer[Any]):
    """Money that goes back: asked for by one person, agreed to by another, paid out."""

    charge = serializers.CharField(source="charge.number")
    amount = yuan_field()
    kept = yuan_field()
    reason = serializers.CharField()
    state = serializers.ChoiceField(RefundState.choices)
    asked_by = serializers.CharField()
    asked_at = InstantField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = InstantField(allow_null=True)
    answer = serializers.CharField(help_text="Why it was declined.")


class RefundIn(WhyIn):
    """How much is to go back, and how much of a deposit is kept."""

    amount = yuan_field(min_value=Decimal(0))
    kept = yuan_field(min_value=Decimal(0), required=False, default=Decimal(0))


class PayOutIn(Input):
    """How money goes back."""

    method = serializers.ChoiceField(Method.choices)
    reference = TextSerializerField(max_length=80, required=False, default="")


class RefundEndpoint(Endpoint):
    """The latest refund of a charge."""

    @operation("charge_refund", "The latest refund", answer=RefundOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found` where none was asked for."""
        rows = charge_for(self.user, number).refunds.select_related("charge", "asked_by", "decided_by")
        found = rows.order_by("-id").first()
        if found is None:
            raise NotFound
        return Response(RefundOut(found).data)

    @operation(
        "charge_ask_refund", "Ask for a refund", body=RefundIn, answer=RefundOut, status=201, once=True
    )
    def post(self, request: Request, number: str) -> Response:
        """A second person has to agree. Refuses `invalid` for more than there is, `refund_moved` (409) for a second."""
        charge = charge_for(self.user, number)
        return answer_once(
            request,
            self.user,
            lambda: (201, draw_refund(actions.ask_refund(charge, by=self.user, **self.body(RefundIn)))),
        )


def draw_refund(refund: Refund) -> dict[str, Any]:
    """A refund as an answer."""
    return dict(RefundOut(refund).data)


class RefundStep(Endpoint):
    """A step of the refund that is open."""

    def take(
        self, request: Request, number: str, act: Callable[..., Refund], shape: type[Input] | None
    ) -> Response:
        """Refuses `refund_moved` (409) where none is open, or it is not this step's turn."""
        charge = charge_for(self.user, number)

        def step() -> tuple[int, dict[str, Any]]:
            given = self.body(shape) if shape else {}
            return 200, draw_refund(act(actions.open_refund(charge), by=self.user, **given))

        return answer_once(request, self.user, step)


class AgreeEndpoint(RefundStep):
    """A second person agrees."""

    @operation("charge_agree_refund", "Agree to a refund", answer=RefundOut, once=True)
    def post(self, request: Request, number: str) -> Response:
        """Supervisors and managers, and not whoever asked."""
        return self.take(request, number, actions.agree_refund, None)


class DeclineEndpoint(RefundStep):
    """A second person does not agree."""

    @operation("charge_decline_refund", "Decline a refund", body=WhyIn, answer=RefundOut, once=True)
    def post(self, request: Request, number: str) -> Response:
        """Supervisors and managers, and not whoever asked."""
        return self.take(request, number, actions.decline_refund, WhyIn)


class PayOutEndpoint(RefundStep):
    """The money goes back."""

    @operation("charge_pay_refund", "Pay a refund out", body=PayOutIn, answer=RefundOut, once=True)
    def post(self, request: Request, number: str) -> Response:
        """The desk, and not whoever agreed."""
        return self.take(request, number, actions.pay_refund, PayOutIn)
