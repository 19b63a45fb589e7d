"""What may be said when a missed deadline is taken on."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField


class AcknowledgeForm(forms.Form):
    """A note for colleagues, or none."""

    note = TextField(label=_("Note"), max_length=200, required=False)
