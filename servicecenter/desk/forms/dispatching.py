"""Rules of dispatch, and what technicians may work on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Building
from repairs.models import CertificateKind, DispatchRule, Mode, Trade, Urgency, Whom
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, KeyField


class RuleForm(forms.Form):
    """For repairs like these, send somebody like this."""

    name = TextField(label=pgettext_lazy("rule", "Name"), max_length=60)
    trade = forms.ChoiceField(
        label=_("Trade"), required=False, choices=[("", _("Any trade")), *Trade.choices]
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), required=False, choices=[("", _("Any urgency")), *Urgency.choices]
    )
    building = forms.ModelChoiceField(
        label=_("Building"),
        required=False,
        queryset=Building.objects.none(),
        empty_label=_("Any building"),
    )
    who = forms.ChoiceField(label=_("Whom"), choices=Whom.choices, widget=forms.RadioSelect)
    named = forms.ModelChoiceField(
        label=_("Which technician"),
        required=False,
        queryset=User.objects.none(),
        empty_label=_("Nobody in particular"),
        help_text=_("Only for “a certain technician”."),
    )
    max_open = forms.IntegerField(
        label=_("Only with fewer open jobs than"),
        required=False,
        min_value=1,
        max_value=99,
        help_text=_("Empty: however busy they are."),
    )
    mode = forms.ChoiceField(label=_("What the program does"), choices=Mode.choices, widget=forms.RadioSelect)
    position = forms.IntegerField(
        label=_("Order"),
        min_value=0,
        max_value=999,
        help_text=_("The lowest number is asked first; a community's own rules before the company's."),
    )
    is_active = forms.BooleanField(label=pgettext_lazy("rule", "In force"), required=False)
    idempotency_key = KeyField()

    def __init__(
        self, data: Any = None, *, community: Community | None, rule: DispatchRule, **kwargs: Any
    ) -> None:
        initial = {"who": Whom.LEAST_BUSY, "mode": Mode.PROPOSE, "position": 10, "is_active": True}
        if rule.pk:
            initial = {name: getattr(rule, name) for name in self.base_fields if hasattr(rule, name)}
        super().__init__(data, initial=initial, **kwargs)
        named: Any = self.fields["named"]
        building: Any = self.fields["building"]
        if community is None:
            named.queryset = User.objects.active().filter(role=Role.TECHNICIAN).order_by("name", "id")
            del self.fields["building"]
            return
        named.queryset = User.objects.staff_of([community.pk], Role.TECHNICIAN).order_by("name", "id")
        building.queryset = Building.objects.filter(community=community).order_by("code")

    @property
    def said(self) -> dict[str, Any]:
        """What was typed, as the action takes it (a valid form)."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return {"building": None} | typed


class SkillsForm(forms.Form):
    """What a technician has learned, and their buildings."""

    trades = forms.MultipleChoiceField(
        label=_("Trades"),
        required=False,
        choices=Trade.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: takes every trade that needs no certificate."),
    )
    buildings = forms.ModelMultipleChoiceField(
        label=_("Buildings that they answer for"),
        required=False,
        queryset=Building.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, community: Community, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field: Any = self.fields["buildings"]
        field.queryset = Building.objects.filter(community=community).order_by("code")


class CertificateForm(forms.Form):
    """A certificate that was shown."""

    kind = forms.ChoiceField(label=_("Certificate"), choices=CertificateKind.choices)
    number = TextField(label=_("Number"), max_length=40)
    valid_until = DayField(label=_("Valid until"), help_text=_("The last day on which it counts."))
