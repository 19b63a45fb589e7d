"""A line of the standards of a repair."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from repairs.actions.standards import write_standard
from repairs.models import Standard, Trade
from repairs.models.standards import LONGEST_STANDARD
from servicecenter.accounts.models import Community, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField


class StandardForm(forms.Form):
    """What is asked for, at which trade, and whether nothing is complete without it."""

    text = TextField(
        label=_("What is asked for"),
        max_length=LONGEST_STANDARD,
        help_text=_("As the engineer reads it. What was ticked before keeps its words."),
    )
    trade = forms.ChoiceField(
        label=_("Trade"), required=False, choices=[("", _("Every trade")), *Trade.choices]
    )
    required = forms.BooleanField(label=_("A repair cannot be completed without it"), required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, community: Community, line: Standard | None = None, **kwargs: Any) -> None:
        self.community, self.line = community, line
        names = ("text", "trade", "required")
        known = {name: getattr(line, name) for name in names} if line else {}
        kwargs["initial"] = (kwargs.get("initial") or {}) | known
        super().__init__(*args, **kwargs)

    def save(self, *, by: User) -> Standard:
        """Writes the line; refuses as the action does."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return write_standard(self.community, line=self.line, by=by, **given)
