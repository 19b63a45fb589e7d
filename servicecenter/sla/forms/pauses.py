"""One reason to pause and its limits."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.sla.actions.pause_rules import Limits
from servicecenter.sla.models.pauses import LONGEST_DAYS


class RuleForm(forms.Form):
    """Days for one pause, days altogether, and whether the reason is allowed."""

    longest_days = forms.IntegerField(
        label=_("Longest pause in days"),
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text=_("Then it ends by itself."),
    )
    consent_after_days = forms.IntegerField(
        label=_("A supervisor must agree beyond, in days altogether"), min_value=0, max_value=LONGEST_DAYS
    )
    active = forms.BooleanField(label=_("Allowed"), required=False)
    work = forms.CharField(widget=forms.HiddenInput, max_length=16)
    reason = forms.CharField(widget=forms.HiddenInput, max_length=32)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    @property
    def limits(self) -> Limits:
        """What was typed (a valid form)."""
        typed = self.cleaned_data
        return Limits(typed["longest_days"], typed["consent_after_days"], typed["active"])
