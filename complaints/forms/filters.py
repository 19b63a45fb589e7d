"""What a list of complaints is narrowed to. What makes no sense is not applied."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField


class SearchForm(forms.Form):
    """Words, a number, a home."""

    q = TextField(
        label=_("Number, unit, name or words"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data, auto_id="filter_%s")

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that hold."""
        self.is_valid()
        words = self.cleaned_data.get("q", "")
        return {"search": words} if words else {}

    @property
    def as_query(self) -> dict[str, str]:
        """The same for an address."""
        return {"q": self.wanted["search"]} if self.wanted else {}
