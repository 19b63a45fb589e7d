"""The forms of an edited text: where it holds, and what it says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.fields import TextField
from servicecenter.notifications.actions import Scope
from servicecenter.notifications.catalogue import Entry
from servicecenter.notifications.models import Audience, Channel


class ScopeForm(forms.Form):
    """Readers, language, channel and community of a text, from the page's address."""

    audience = forms.ChoiceField(label=_("For whom"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    channel = forms.ChoiceField(
        label=_("Sent by"), required=False, choices=[("", _("All channels")), *Channel.choices]
    )
    community = forms.ModelChoiceField(
        label=_("Community"), required=False, queryset=Community.objects.none(), to_field_name="code"
    )

    def __init__(self, data: Any, *, entry: Entry, by: User) -> None:
        communities = Community.objects.visible_to(by)
        first = "" if by.role == Role.ADMIN else getattr(communities.first(), "code", "")
        usual = {"audience": entry.audiences[0].value, "language": settings.LANGUAGE_CODE, "channel": ""}
        given = {
            name: data[name] for name in ("audience", "language", "channel", "community") if name in data
        }
        super().__init__(usual | {"community": first} | given)
        audiences = [(each.value, each.label) for each in Audience if each in entry.audiences]
        self.fields["audience"].choices = audiences  # type: ignore[attr-defined]
        field: Any = self.fields["community"]
        field.queryset, field.empty_label = communities, _("All communities")

    def scope(self) -> Scope:
        """Where the text holds; call it on a valid form."""
        return Scope(
            **{name: self.cleaned_data[name] for name in ("audience", "language", "channel", "community")}
        )


class WordsForm(forms.Form):
    """The words themselves."""

    subject = TextField(label=_("First line"), max_length=100)
    body = TextField(label=_("Text"), max_length=500, multiline=True, required=False)
