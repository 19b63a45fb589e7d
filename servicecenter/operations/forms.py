"""What is asked on the pages of operations."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField


class HoldForm(forms.Form):
    """Why nothing may leave."""

    reason = TextField(label=_("Why"), max_length=200)


class ReleaseForm(forms.Form):
    """What may leave."""

    drop = forms.BooleanField(
        label=_("Do not send what was waiting before the hold began"),
        help_text=_("After a restore: the center of the backup has sent it already."),
        required=False,
        initial=True,
    )
