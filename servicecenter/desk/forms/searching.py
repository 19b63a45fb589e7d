"""The search line of a list."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField


class SearchForm(forms.Form):
    """What to look for."""

    q = TextField(
        label=_("Search"), max_length=60, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )


def searched_text(request: HttpRequest) -> str:
    """What was typed into the search line; '' for nothing, and for what cannot be text."""
    form = SearchForm(request.GET)
    return str(form.cleaned_data.get("q") or "") if form.is_valid() else ""
