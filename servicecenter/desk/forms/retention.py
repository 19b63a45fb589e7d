"""How long something is kept, and how somebody asked to be erased."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from owners.models.consents import DESK_CHANNELS
from servicecenter.audit.models import LEAST_DAYS, MOST_DAYS
from servicecenter.lib.formtools import KeyField


class DaysForm(forms.Form):
    """Days, never below the law's minimum."""

    days = forms.IntegerField(label=_("Kept for days"))
    idempotency_key = KeyField()

    def __init__(self, *args: Any, what: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["days"]
        assert isinstance(field, forms.IntegerField)
        field.min_value, field.max_value = LEAST_DAYS[what], MOST_DAYS
        field.help_text = _("Between %(least)s and %(most)s days.") % {
            "least": LEAST_DAYS[what],
            "most": MOST_DAYS,
        }
        field.widget.attrs |= {"min": LEAST_DAYS[what], "max": MOST_DAYS}


class AskForm(forms.Form):
    """How they asked."""

    channel = forms.ChoiceField(
        label=_("How we were told"),
        choices=[(each.value, each.label) for each in DESK_CHANNELS],
        widget=forms.RadioSelect,
    )
    idempotency_key = KeyField()
