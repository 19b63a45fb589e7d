"""What the page of figures is about: a period, a community. What makes no sense is not applied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from decoration.queries.figures import Asked
from servicecenter.accounts.models import Community, User
from servicecenter.lib.formtools import DayField

YEAR = timedelta(days=365)
LONGEST = timedelta(days=366 * 5)


class PeriodForm(forms.Form):
    """The last year where nothing is said."""

    community = forms.ModelChoiceField(
        label=_("Community"),
        queryset=Community.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("All communities"),
    )

    def __init__(self, data: Mapping[str, Any], *, user: User, today: date) -> None:
        usual = {"from": (today - YEAR).isoformat(), "to": today.isoformat()}
        typed = {name: data.get(name, "") for name in ("community", "from", "to")}
        super().__init__(
            {name: value or usual.get(name, "") for name, value in typed.items()}, auto_id="filter_%s"
        )
        self.today = today
        # `from` is a word of Python and cannot be declared above.
        self.fields["from"] = DayField(label=_("From"))
        self.fields["to"] = DayField(label=_("To"))
        field = self.fields["community"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Community.objects.visible_to(user).filter(is_active=True).order_by("code")
        if field.queryset.count() < 2:
            del self.fields["community"]

    def clean(self) -> dict[str, Any]:
        """The end does not lie before the beginning, nor more than five years after it."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and last < first:
            self.add_error("to", gettext("The period ends before it begins."))
        elif first and last and last - first > LONGEST:
            self.add_error("from", gettext("Please choose five years at most."))
        return cleaned

    @property
    def asked(self) -> Asked:
        """What holds: what was typed, or the last year."""
        if not self.is_valid():
            return Asked(self.today - YEAR, self.today)
        community = self.cleaned_data.get("community")
        given = self.cleaned_data
        return Asked(given["from"], given["to"], community.pk if community else None)

    @property
    def as_query(self) -> dict[str, str]:
        """The same for an address."""
        asked = self.asked
        found = {"from": asked.since.isoformat(), "to": asked.until.isoformat()}
        community = self.cleaned_data.get("community") if self.is_valid() else None
        return found | ({"community": community.code} if community else {})
