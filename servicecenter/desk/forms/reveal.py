"""Showing a number in full takes a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField

# As they are written into the access log, which the resident reads.
REASONS = {
    "call_back": _("Call back about a repair"),
    "appointment": _("Agree an appointment"),
    "emergency": _("Emergency in the home"),
    "identity": _("Check who is calling"),
}
OTHER = "other"


class RevealForm(forms.Form):
    """Why the number is needed: one of the list, or in one's own words."""

    reason = forms.ChoiceField(
        label=_("Why do you need the number?"),
        choices=[*REASONS.items(), (OTHER, _("Another reason"))],
        widget=forms.RadioSelect,
    )
    other = TextField(
        label=_("Other reason"),
        max_length=150,
        required=False,
        help_text=_("The resident can read this in their access log."),
    )

    def clean(self) -> dict[str, Any]:
        """Another reason has to be said."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("reason") == OTHER and not cleaned.get("other"):
            self.add_error("other", __("Please say why you need to see this."))
        return cleaned

    @property
    def said(self) -> str:
        """The reason as it is recorded."""
        reason = self.cleaned_data["reason"]
        return str(self.cleaned_data["other"] if reason == OTHER else REASONS[reason])
