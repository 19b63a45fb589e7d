"""Steps of the deposit: what is kept of it, and where the rest goes."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.forms.base import PermitStepForm, choose
from decoration.models import Deduction, Violation
from servicecenter.ledger.models import Method
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import PicturesField


class DeductForm(PermitStepForm):
    """One line of what is kept."""

    with_pictures: ClassVar = True
    what = TextField(label=pgettext_lazy("deduction", "What for"), max_length=200)
    amount = forms.DecimalField(label=_("Amount in yuan"), max_digits=9, decimal_places=2)
    violation = forms.ModelChoiceField(
        label=_("For which violation"), queryset=Violation.objects.none(), empty_label=_("None")
    )
    photos = PicturesField(label=_("Photos that prove it"))

    def prepare(self) -> None:
        """Those of the permit."""
        choose(self, "violation", self.case.violations.all())


class DropDeductionForm(PermitStepForm):
    """Which one."""

    deduction = forms.ModelChoiceField(
        label=_("Deduction"), queryset=Deduction.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def prepare(self) -> None:
        """Those that stand."""
        choose(self, "deduction", self.case.deductions.filter(dropped_at=None))


class AskRefundForm(PermitStepForm):
    """Where the money is to go."""

    refund_to = TextField(
        label=_("Where the money is to go"),
        max_length=120,
        help_text=_("WeChat, Alipay, a bank account, or cash at the desk. Only the desk reads it."),
    )


class PayForm(PermitStepForm):
    """How the money goes back."""

    method = forms.ChoiceField(
        label=_("How it is returned"), choices=Method.choices, widget=forms.RadioSelect
    )
    reference = TextField(
        label=_("Reference of the payment"), max_length=80, help_text=_("Needed for a bank transfer.")
    )
