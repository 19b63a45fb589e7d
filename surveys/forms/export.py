"""Why answers are taken out of the house."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField


class ReasonForm(forms.Form):
    """The reason, for the access log."""

    reason = TextField(label=_("What do you need it for?"), max_length=200)
