"""Money at the counter: taking it, giving it back, charging by hand, and counting the day."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.ledger.actions import Counted
from servicecenter.ledger.models import BILLED, METHODS, Charge, Kind, Method
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField

DECIMAL = {"inputmode": "decimal"}


def money_field(**kwargs: Any) -> forms.DecimalField:
    """An amount in yuan."""
    widget = forms.NumberInput(attrs=DECIMAL)
    return forms.DecimalField(max_digits=9, decimal_places=2, widget=widget, **kwargs)


class TakeForm(forms.Form):
    """How it is paid. `amount`: what the cashier saw on the page."""

    method = forms.ChoiceField(label=_("How it is paid"), choices=Method.choices, widget=forms.RadioSelect)
    reference = TextField(
        label=_("Reference of the payment"),
        help_text=_("Needed for a bank transfer; of WeChat and Alipay the number of the order."),
        max_length=80,
        required=False,
    )
    payer = TextField(label=_("Payer"), max_length=100, required=False)
    amount = forms.DecimalField(max_digits=9, decimal_places=2, widget=forms.HiddenInput)
    idempotency_key = KeyField()

    def __init__(
        self, *args: Any, charge: Charge, method: str = "", reference: str = "", **kwargs: Any
    ) -> None:
        initial = {"amount": charge.owed, "payer": charge.payer, "method": method, "reference": reference}
        super().__init__(*args, **{"initial": initial} | kwargs)


class ReasonForm(forms.Form):
    """Why a charge is withdrawn, or a receipt undone."""

    reason = TextField(label=_("Why"), max_length=300)
    idempotency_key = KeyField()


class RefundForm(ReasonForm):
    """How much is to go back, how much of a deposit is kept, and why."""

    amount = money_field(label=_("Goes back, in yuan"), min_value=Decimal(0))
    kept = money_field(label=_("Is kept of the deposit, in yuan"), min_value=Decimal(0), required=False)

    field_order = ("amount", "kept", "reason")

    def __init__(self, *args: Any, charge: Charge, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"amount": charge.held}, "auto_id": "refund_%s"} | kwargs)
        if charge.kind != Kind.DEPOSIT:
            del self.fields["kept"]

    def clean_kept(self) -> Decimal:
        """Empty: nothing."""
        return self.cleaned_data["kept"] or Decimal(0)


class AgreeForm(forms.Form):
    """Nothing to type."""

    idempotency_key = KeyField()


class PayOutForm(forms.Form):
    """How money goes back."""

    method = forms.ChoiceField(
        label=_("How it is returned"), choices=Method.choices, widget=forms.RadioSelect
    )
    reference = TextField(
        label=_("Reference of the payment"),
        help_text=_("Needed for a bank transfer."),
        max_length=80,
        required=False,
    )
    idempotency_key = KeyField()


class BillForm(forms.Form):
    """A charge made by hand, on a unit."""

    kind = forms.ChoiceField(label=_("What for"), choices=BILLED)
    item = TextField(label=_("Item on the receipt"), max_length=200)
    amount = money_field(label=_("Amount in yuan"), min_value=Decimal("0.01"))
    payer = TextField(label=_("Payer"), max_length=100)
    idempotency_key = KeyField()


class NoteForm(forms.Form):
    """What the owner gave the engineer."""

    method = forms.ChoiceField(
        label=_("How it was paid"), choices=Method.choices, widget=forms.RadioSelect, initial=Method.CASH
    )
    reference = TextField(
        label=_("Reference of the payment"),
        help_text=_("For cash none is needed: hand it in at the desk."),
        max_length=80,
        required=False,
    )
    idempotency_key = KeyField()


class CashUpForm(forms.Form):
    """What was counted of every method on which the book has something, with the reason of a difference."""

    idempotency_key = KeyField()

    def __init__(self, *args: Any, book: Mapping[str, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        for method in METHODS:
            if method in book or method == Method.CASH:
                self.fields[method] = money_field(label=Method(method).label)
                self.fields[f"{method}_reason"] = TextField(
                    label=_("Where a difference comes from"), max_length=200, required=False
                )

    @property
    def rows(self) -> list[tuple[Decimal, Any, Any]]:
        """Book, counted and reason of each method."""
        return [
            (self.book.get(method, Decimal(0)), self[method], self[f"{method}_reason"])
            for method in METHODS
            if method in self.fields
        ]

    @property
    def counted(self) -> dict[str, Counted]:
        """What was typed."""
        return {
            method: Counted(self.cleaned_data[method], self.cleaned_data[f"{method}_reason"])
            for method in METHODS
            if method in self.fields
        }
