"""Materials: a row of the list, what came in, and what really lies there."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from repairs.forms.materials import QuantityField
from repairs.models.stock import LARGEST
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField


class ItemForm(forms.Form):
    """What it is, how it is counted, and when it is to be ordered again."""

    name = TextField(label=pgettext_lazy("material", "name"), max_length=60)
    unit = TextField(
        label=pgettext_lazy("material", "unit"),
        max_length=12,
        help_text=_("For example: piece, metre, roll."),
    )
    reorder_at = forms.DecimalField(
        label=_("Order again at"), min_value=Decimal(0), max_value=LARGEST, decimal_places=2, initial=0
    )
    active = forms.BooleanField(label=_("Offered to engineers"), required=False, initial=True)
    idempotency_key = KeyField()


class ReceiveForm(forms.Form):
    """What came in."""

    quantity = QuantityField(label=_("How much came in"))
    why = TextField(label=_("From where, on which slip"), max_length=200, required=False)
    idempotency_key = KeyField()


class CountForm(forms.Form):
    """What really lies there."""

    on_hand = forms.DecimalField(
        label=_("Counted"), min_value=Decimal(0), max_value=LARGEST, decimal_places=2
    )
    why = TextField(label=_("Why the list was wrong"), max_length=200)
    idempotency_key = KeyField()
