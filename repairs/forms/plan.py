"""A plan with its quote: services from the price list, who pays, and why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from owners.queries.warranty import Cover
from repairs.actions.quoting import LONGEST_REASON, Wanted
from repairs.forms.base import ActionForm
from repairs.models import Payer, PriceItem
from repairs.queries.prices import by_trade, prices_on
from repairs.queries.warranty import warranty_of
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.money import yuan

LONG = 2000
# Rows to choose services in; more of them are a plan to be talked over.
ROWS = 6
SHOWN_ROWS = 2
QUANTITY = {"inputmode": "decimal", "step": "0.5", "min": "0.5"}


class PlanForm(ActionForm):
    """What will be done, for how much, and who pays. The price is the sum of the services, or named without them."""

    argument_fields: ClassVar = {"lines": "item_1"}

    plan = TextField(label=_("What will be done"), max_length=LONG, multiline=True)
    payer = forms.ChoiceField(label=_("Who pays"), choices=Payer.choices, widget=forms.RadioSelect)
    payer_reason = TextField(
        label=_("Why"),
        help_text=_("Needed for free work, and where the register of warranties says otherwise."),
        max_length=LONGEST_REASON,
    )
    price = forms.DecimalField(
        label=_("Price in yuan"),
        help_text=_("Only for what is not on the price list; else it is the sum of the services."),
        min_value=0,
        max_digits=8,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
    )

    def prepare(self) -> None:
        """Services in force today, those of the trade first; a row each with its quantity."""
        self.warranty: Cover = warranty_of(self.ticket)
        self.items = {
            str(item.pk): item for item in prices_on(self.ticket.community_id, local_day(database_now()))
        }
        choices = [("", "—"), *self._grouped()]
        for number in range(1, ROWS + 1 if self.items else 1):
            self.fields[f"item_{number}"] = forms.ChoiceField(
                label=_("Service %(number)s") % {"number": number}, choices=choices
            )
            self.fields[f"quantity_{number}"] = forms.DecimalField(
                label=_("Quantity"),
                min_value=Decimal("0.01"),
                max_digits=6,
                decimal_places=2,
                widget=forms.NumberInput(attrs=QUANTITY),
            )
        self.order_fields(
            ["plan", *(f"{name}_{n}" for n in range(1, ROWS + 1) for name in ("item", "quantity"))]
        )

    def _grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [
            (trade, [(str(item.pk), said(item)) for item in items])
            for trade, items in by_trade(self.items.values(), self.ticket.trade)
        ]

    def visible_fields(self) -> list[Any]:
        """The rows of services are drawn by `repairs/_quote_fields.html`."""
        return [
            field for field in super().visible_fields() if not field.name.startswith(("item_", "quantity_"))
        ]

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """Service and quantity, row by row."""
        count = ROWS if self.items else 0
        return [(self[f"item_{number}"], self[f"quantity_{number}"]) for number in range(1, count + 1)]

    @property
    def first_rows(self) -> list[tuple[Any, Any]]:
        """Those that are always open."""
        return self.rows[:SHOWN_ROWS]

    @property
    def more_rows(self) -> list[tuple[Any, Any]]:
        """Those behind “more services”."""
        return self.rows[SHOWN_ROWS:]

    def clean(self) -> dict[str, Any]:
        """A price or services; work is free or somebody pays."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and cleaned.get("price") is None and not self._wanted(cleaned):
            self.add_error("price", gettext("Please choose services from the price list, or name a price."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """What the action is called with: rows become lines."""
        given = super().arguments()
        rows = {name: given.pop(name) for name in list(given) if name.startswith(("item_", "quantity_"))}
        return given | {"lines": self._wanted(rows)}

    def _wanted(self, cleaned: dict[str, Any]) -> list[Wanted]:
        lines = []
        for number in range(1, ROWS + 1):
            item = self.items.get(cleaned.get(f"item_{number}") or "")
            if item is not None:
                lines.append(Wanted(item, cleaned.get(f"quantity_{number}") or Decimal(1)))
        return lines


def said(item: PriceItem) -> str:
    """A service in one line of a list."""
    return f"{item.name} · {yuan(item.price)}/{item.unit}"
