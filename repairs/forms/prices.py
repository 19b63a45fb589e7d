"""Writing a price list."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from repairs.models import PriceItem, Trade
from servicecenter.ledger.forms import money_field
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField


class PriceItemForm(forms.Form):
    """One service of a price list."""

    trade = forms.ChoiceField(label=_("Trade"), choices=Trade.choices)
    name = TextField(label=pgettext_lazy("price", "Service"), max_length=80)
    unit = TextField(
        label=pgettext_lazy("price", "Per"), help_text=_("Once, piece, metre, hour …"), max_length=12
    )
    labour = money_field(label=_("Labour in yuan"), min_value=0, initial=0)
    material = money_field(label=_("Material in yuan"), min_value=0, initial=0)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, item: PriceItem | None = None, **kwargs: Any) -> None:
        names = ("trade", "name", "unit", "labour", "material")
        initial = {name: getattr(item, name) for name in names} if item else {}
        super().__init__(*args, **{"initial": initial} | kwargs)


class PublishForm(forms.Form):
    """From when on a draft counts."""

    valid_from = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    idempotency_key = KeyField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"valid_from": today}} | kwargs)
