"""Moving in, moving out, a unit changing hands."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.forms.settling import SettlingForm
from owners.forms.who import WhoForm
from owners.models import OccupancyRole
from servicecenter.lib.formtools import KeyField, MomentField

NOW = _("Empty: now.")


class MoveInForm(WhoForm):
    """Who moves in, as what, since when."""

    role = forms.ChoiceField(
        label=pgettext_lazy("occupancy", "role"),
        choices=OccupancyRole.choices,
        initial=OccupancyRole.OWNER,
        widget=forms.RadioSelect,
    )
    since = MomentField(label=_("Since"), required=False, help_text=NOW)
    is_primary = forms.BooleanField(label=_("Primary contact of the unit"), required=False)

    field_order = ["phone", "name", "person", "role", "since", "is_primary"]


class TransferForm(SettlingForm, WhoForm):
    """To whom a unit passes, when, and with which keys."""

    PASSES_ON = True

    on = MomentField(label=_("Handed over on"), required=False, help_text=NOW)
    tenants_stay = forms.BooleanField(
        label=_("Tenants stay"),
        required=False,
        initial=True,
        help_text=_("A tenancy outlasts a sale (Civil Code, art. 725)."),
    )

    field_order = ["phone", "name", "person", "on", "tenants_stay"]


class EndForm(SettlingForm):
    """When somebody leaves, and what becomes of their keys."""

    until = MomentField(
        label=_("Moves out on"),
        required=False,
        help_text=_("Empty: now. From that second on, the person cannot see the unit any more."),
    )
    idempotency_key = KeyField()
