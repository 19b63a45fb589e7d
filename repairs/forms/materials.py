"""Materials in the form of a completion: three of them, each with its quantity."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repairs.models import StockItem, Ticket
from repairs.models.stock import LARGEST

ROWS = (1, 2, 3)
MATERIAL_FIELDS = tuple(f"{name}_{row}" for row in ROWS for name in ("material", "quantity"))


class MaterialField(forms.TypedChoiceField):
    """A material of the community. One that was taken off the list since the form was drawn is known to the action."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Material used"), coerce=int, empty_value=None, required=False, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Any number of a row."""
        return str(value).isascii() and str(value).isdigit() and len(str(value)) < 19


class QuantityField(forms.DecimalField):
    """How much of it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("How much"))
        super().__init__(
            min_value=Decimal("0.01"),
            max_value=LARGEST,
            decimal_places=2,
            widget=forms.NumberInput(attrs={"inputmode": "decimal"}),
            **kwargs,
        )


class MaterialsForm(forms.Form):
    """The rows; a part of the form of a completion."""

    material_1 = MaterialField()
    quantity_1 = QuantityField(required=False)
    material_2 = MaterialField()
    quantity_2 = QuantityField(required=False)
    material_3 = MaterialField()
    quantity_3 = QuantityField(required=False)


def offer_materials(form: forms.Form) -> None:
    """Puts the materials of the community into the rows, or takes the rows away where there is no stock list."""
    ticket: Ticket = form.ticket  # type: ignore[attr-defined]
    items = list(StockItem.objects.filter(community=ticket.community_id).order_by("name", "id"))
    choices = [
        ("", gettext("None")),
        *((str(each.pk), f"{each.name} ({each.left})") for each in items if each.is_active),
    ]
    for row in ROWS:
        if not items:
            del form.fields[f"material_{row}"], form.fields[f"quantity_{row}"]
            continue
        field = form.fields[f"material_{row}"]
        assert isinstance(field, MaterialField)
        field.choices = choices


def check_pairs(form: forms.Form) -> None:
    """A material without a quantity is a slip of the finger, and so is a quantity of nothing."""
    for row in ROWS:
        item, quantity = (form.cleaned_data.get(f"{name}_{row}") for name in ("material", "quantity"))
        if item and quantity is None and f"quantity_{row}" not in form.errors:
            form.add_error(f"quantity_{row}", gettext("Please enter how much you took."))
        if quantity is not None and not item:
            form.add_error(f"material_{row}", gettext("Please choose what you took."))


def with_materials(arguments: dict[str, Any]) -> dict[str, Any]:
    """The rows of a checked form as the action takes them."""
    rest = {
        name: value for name, value in arguments.items() if not name.startswith(("material_", "quantity_"))
    }
    pairs = [(arguments.get(f"material_{row}"), arguments.get(f"quantity_{row}")) for row in ROWS]
    return rest | {"materials": [(item, quantity) for item, quantity in pairs if item and quantity]}
