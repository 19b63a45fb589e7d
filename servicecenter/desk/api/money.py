"""Charges and receipts by API: the same actions, refusals and scope as on the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.queries.places import community_named, unit_named
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role
from servicecenter.audit.idempotent import answer_once
from servicecenter.ledger import actions
from servicecenter.ledger.models import BILLED, Charge, ChargeState, Kind, Method, Receipt
from servicecenter.ledger.queries.charges import charge_for, receipt_for
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.formtools import new_key
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.money import capitals
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotPermitted
from servicecenter.lib.serializers import Input, InstantField, RefField, TruthField

CASHIERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})


def yuan_field(**more: Any) -> serializers.DecimalField:
    """An amount in yuan, as a string with two places."""
    return serializers.DecimalField(max_digits=9, decimal_places=2, **more)


class ChargeOut(serializers.Serializer[Any]):
    """Something to pay."""

    number = serializers.CharField()
    community = serializers.CharField(source="community.code")
    kind = serializers.ChoiceField(Kind.choices)
    item = serializers.CharField()
    case = serializers.CharField(source="case_number", help_text="Number of the repair; empty for none.")
    place = serializers.CharField()
    amount = yuan_field(help_text="Yuan, as charged.")
    due = yuan_field(help_text="What of it is to pay after withdrawals and refunds.")
    paid = yuan_field()
    returned = yuan_field(help_text="What went back for good.")
    kept = yuan_field(help_text="What of a deposit was kept.")
    currency = serializers.SerializerMethodField()
    state = serializers.ChoiceField(ChargeState.choices)
    raised_at = InstantField()

    def get_currency(self, charge: Charge) -> str:
        """ISO 4217."""
        return "CNY"


class ReceiptOut(serializers.Serializer[Any]):
    """Money that was taken."""

    number = serializers.CharField()
    community = serializers.CharField(source="community.code")
    charge = serializers.CharField(source="charge.number")
    day = serializers.DateField()
    item = serializers.CharField()
    amount = yuan_field()
    capitals = serializers.SerializerMethodField(help_text="The amount in words.")
    method = serializers.ChoiceField(Method.choices)
    reference = serializers.CharField()
    cashier = serializers.CharField(source="cashier_name")
    at = InstantField()
    void = serializers.SerializerMethodField(help_text="It was undone.")

    def get_capitals(self, receipt: Receipt) -> str:
        """大写金额."""
        return capitals(receipt.amount)

    def get_void(self, receipt: Receipt) -> bool:
        """Whether an entry undoes it."""
        return hasattr(receipt.entry, "reversed_by")


class ChargeQuery(Page):
    """Parameters of the list of charges."""

    orders: dict[str, Any] = {"-id": ("-id",), "id": ("id",)}
    unpaid = TruthField(from_text=True, required=False, help_text="Only those with something to pay, or not.")
    case = serializers.CharField(required=False, max_length=24, help_text="Number of a repair.")
    community = serializers.CharField(required=False, max_length=12, help_text="Its code.")
    ordering = ordering(orders)


class ChargeIn(Input):
    """A charge by hand, on a unit."""

    unit = RefField(help_text="Id, or code such as 3-2-1201.")
    community = serializers.CharField(
        required=False, max_length=12, help_text="Its code, where you have several."
    )
    kind = serializers.ChoiceField(BILLED)
    item = TextSerializerField(max_length=200)
    amount = yuan_field(min_value=Decimal("0.01"))
    payer = TextSerializerField(max_length=100, required=False, default="")


class PayIn(Input):
    """How it is paid: all that is owed."""

    method = serializers.ChoiceField(Method.choices)
    amount = yuan_field(required=False, help_text="What you saw; refused if it is not what is owed.")
    reference = TextSerializerField(max_length=80, required=False, default="")
    payer = TextSerializerField(max_length=100, required=False, default="")


class WhyIn(Input):
    """Why."""

    reason = TextSerializerField(max_length=300)


def draw(charge: Charge) -> dict[str, Any]:
    """One charge as an answer, as it is now."""
    charge.refresh_from_db(fields=["due", "paid", "returned", "kept"])
    return dict(ChargeOut(charge).data)


class ChargesEndpoint(Endpoint):
    """Charges: of one's communities, or of one's own cases."""

    @operation("charges", "Charges", query=ChargeQuery, answer=paged(ChargeOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(ChargeQuery)
        rows = Charge.objects.visible_to(self.user).select_related("community")
        if "unpaid" in query:
            open_ones = Charge.objects.unpaid().values("pk")
            rows = rows.filter(pk__in=open_ones) if query["unpaid"] else rows.exclude(pk__in=open_ones)
        if query.get("case"):
            rows = rows.filter(case_number=query["case"].upper())
        if query.get("community"):
            rows = rows.filter(community__code=query["community"].upper())
        order = ChargeQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: ChargeOut(page, many=True).data)

    @operation("charge_create", "Charge a unit", body=ChargeIn, answer=ChargeOut, status=201, once=True)
    def post(self, request: Request) -> Response:
        """Refuses `invalid`, and `not_permitted` to whoever does not work at the desk."""
        if self.user.role not in CASHIERS:
            raise NotPermitted

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(ChargeIn)
            code = given.pop("community", "")
            place = community_named(self.user, code) if code else None
            unit = unit_named(self.user, given.pop("unit"), place)
            about = actions.About(unit.community, "unit", unit.pk, "", unit.code, given.pop("payer"))
            return 201, draw(actions.bill(about, key=new_key(), by=self.user, **given))

        return answer_once(request, self.user, act)


class ChargeEndpoint(Endpoint):
    """One charge."""

    @operation("charge", "One charge", answer=ChargeOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found`."""
        return Response(draw(charge_for(self.user, number)))


class PayEndpoint(Endpoint):
    """Taking what is owed."""

    @operation("charge_pay", "Take the money", body=PayIn, answer=ReceiptOut, status=201, once=True)
    def post(self, request: Request, number: str) -> Response:
        """Writes the receipt. Refuses `charge_settled` (409) where nothing is owed (any more)."""
        charge = charge_for(self.user, number)

        def act() -> tuple[int, dict[str, Any]]:
            receipt = actions.take(charge, by=self.user, **self.body(PayIn))
            return 201, dict(ReceiptOut(receipt).data)

        return answer_once(request, self.user, act)


class WithdrawEndpoint(Endpoint):
    """A charge that was a mistake."""

    @operation("charge_withdraw", "Withdraw a charge", body=WhyIn, answer=ChargeOut, once=True)
    def post(self, request: Request, number: str) -> Response:
        """Supervisors only. Refuses `charge_settled` (409) where nothing is owed."""
        charge = charge_for(self.user, number)
        return answer_once(
            request,
            self.user,
            lambda: (200, draw(actions.withdraw(charge, by=self.user, **self.body(WhyIn)))),
        )


class ReceiptQuery(Page):
    """Parameters of the list of receipts."""

    orders: dict[str, Any] = {"-id": ("-id",), "id": ("id",)}
    day = serializers.DateField(required=False, help_text="Day of the book.")
    charge = serializers.CharField(required=False, max_length=24, help_text="Number of a charge.")
    community = serializers.CharField(required=False, max_length=12, help_text="Its code.")
    ordering = ordering(orders)


class ReceiptsEndpoint(Endpoint):
    """Receipts: of one's communities, or of one's own cases."""

    @operation("receipts", "Receipts", query=ReceiptQuery, answer=paged(ReceiptOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        query = self.query(ReceiptQuery)
        rows = Receipt.objects.visible_to(self.user).select_related(
            "community", "charge", "entry__reversed_by"
        )
        names = {"day": "day", "charge": "charge__number", "community": "community__code"}
        for name, column in names.items():
            if query.get(name):
                value = query[name]
                rows = rows.filter(**{column: value.upper() if isinstance(value, str) else value})
        order = ReceiptQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: ReceiptOut(page, many=True).data)


class ReceiptEndpoint(Endpoint):
    """One receipt."""

    @operation("receipt", "One receipt", answer=ReceiptOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found`."""
        return Response(ReceiptOut(receipt_for(self.user, number)).data)


class ReverseEndpoint(Endpoint):
    """A payment that was none."""

    @operation("receipt_reverse", "Undo a receipt", body=WhyIn, answer=ReceiptOut, once=True)
    def post(self, request: Request, number: str) -> Response:
        """Supervisors only. Refuses `receipt_reversed` (409) the second time."""
        receipt = receipt_for(self.user, number)

        def act() -> tuple[int, dict[str, Any]]:
            actions.reverse(receipt, by=self.user, **self.body(WhyIn))
            return 200, dict(ReceiptOut(receipt_for(self.user, number)).data)

        return answer_once(request, self.user, act)
