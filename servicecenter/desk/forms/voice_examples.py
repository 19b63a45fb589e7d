"""An example for the triage of voices: the words of a case, and what would have been right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.forms.intake import TEXT_LIMIT
from complaints.models import Complaint, Inquiry, Level, Type
from complaints.models.examples import EXAMPLE_KINDS
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from servicecenter.triage.stripping import strip


class VoiceExampleForm(forms.Form):
    """The words without names and numbers, and the labels as people chose them."""

    text = TextField(
        label=pgettext_lazy("complaint", "What it is about"),
        help_text=_("Names, numbers and addresses are taken out. Please read it once more."),
        max_length=TEXT_LIMIT,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Kind"), choices=EXAMPLE_KINDS, widget=forms.RadioSelect
    )
    type = forms.ChoiceField(label=pgettext_lazy("complaint", "Type"), choices=Type.choices)
    level = forms.ChoiceField(
        label=_("Level"),
        choices=[("", "—"), *[each for each in Level.choices if each[0] != Level.URGENT]],
        required=False,
        help_text=_("Of a complaint only."),
    )
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, case: Complaint | Inquiry) -> None:
        level = getattr(case, "level", "")
        super().__init__(
            data,
            initial={
                "text": strip(case.text, (case.reporter_name, case.contact_phone, case.where())),
                "kind": case.kind,
                "type": case.type,
                "level": Level.ORDINARY.value if level == Level.URGENT else level,
            },
        )
