"""A measure because of a month of complaints: what is done, by whom, until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models import Type
from servicecenter.accounts.models import Community, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from surveys.actions.measures import decide_for_month
from surveys.forms.planning import DayInput


class MonthMeasureForm(forms.Form):
    """One measure."""

    community = forms.ModelChoiceField(label=_("Community"), queryset=Community.objects.none())
    text = TextField(label=_("What is done"), max_length=300)
    topic = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Type"),
        choices=[("", _("Everything")), *Type.choices],
        required=False,
    )
    owner = forms.ModelChoiceField(
        label=_("Who answers for it"), queryset=User.objects.none(), empty_label=_("Please choose")
    )
    due_on = forms.DateField(label=_("Until"), widget=DayInput())
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, user: User, month: date) -> None:
        super().__init__(data)
        self.user, self.month = user, month
        community, owner = self.fields["community"], self.fields["owner"]
        assert isinstance(community, forms.ModelChoiceField)
        assert isinstance(owner, forms.ModelChoiceField)
        community.queryset = Community.objects.visible_to(user).order_by("id")
        owner.queryset = User.objects.staff_of(user.community_ids).order_by("name", "id")
        if len(user.community_ids) == 1:
            community.widget = forms.HiddenInput()
            self.initial["community"] = next(iter(user.community_ids))

    def save(self) -> str:
        """Decides on it; returns its number."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "idempotency_key"}
        return decide_for_month(given.pop("community"), month=self.month, by=self.user, **given).number
