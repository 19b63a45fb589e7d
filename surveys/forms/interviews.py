"""What the desk fills in beside the questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import MomentField
from surveys.actions.interviewing import OUTCOMES
from surveys.models import Campaign, Channel


class PaperForm(forms.Form):
    """Whose paper it is."""

    number = forms.ChoiceField(label=_("Survey"), choices=[])
    unit = TextField(label=_("Unit on the paper"), max_length=80)

    def __init__(self, *args: Any, running: list[Campaign], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["number"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.number, str(each)) for each in running if each.has(Channel.PAPER)]


class EndForm(forms.Form):
    """How a call ended."""

    outcome = forms.ChoiceField(choices=[(each.value, each.label) for each in OUTCOMES])
    call_back_at = MomentField(label=_("Call back at"), required=False)
