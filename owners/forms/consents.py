"""Saying yes or no, writing the words of a purpose, naming a guardian."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.models import ConsentVersion, Person
from owners.models.consents import DESK_CHANNELS
from owners.queries.wards import may_guard
from servicecenter.accounts.models import Community, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import LARGEST_ID
from servicecenter.lib.spoken_forms import SpokenForm

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NEWS = 40, 1000, 200


class SayForm(forms.Form):
    """A yes or no to one version, as a button sends it."""

    version = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    given = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    def said(self) -> tuple[int, bool]:
        """The version, and whether it is a yes. Refuses `invalid`."""
        if not self.is_valid():
            raise Invalid
        return self.cleaned_data["version"], self.cleaned_data["given"] == "yes"


class DeskSayForm(SayForm):
    """The same, with how we were told."""

    channel = forms.ChoiceField(
        label=_("How we were told"),
        choices=[(each.value, each.label) for each in DESK_CHANNELS],
        widget=forms.RadioSelect,
    )


class WordsForm(SpokenForm):
    """Title and text in every language; Chinese is needed, the others fall back to it."""

    longest_title, longest_text = LONGEST_TITLE, LONGEST_TEXT
    idempotency_key = KeyField()

    def __init__(self, *args: Any, version: ConsentVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, texts=None if version is None else version.texts, **kwargs)


class PurposeForm(WordsForm):
    """A further purpose with its first words."""

    code = TextField(
        label=_("Short name"),
        max_length=32,
        help_text=_("Latin letters, digits and hyphens, for example offers. It never changes."),
    )
    field_order = ["code"]

    def clean_code(self) -> str:
        """A slug that is no address of ours."""
        code = self.cleaned_data["code"].lower()
        validate_slug(code)
        if code == "new":
            raise forms.ValidationError(__("Please choose another short name."))
        return str(code)


class InviteForm(forms.Form):
    """What is written to those who agreed, and in which community."""

    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Community.objects.none(), empty_label=None
    )
    title = TextField(label=_("Subject"), max_length=LONGEST_TITLE)
    text = TextField(
        label=_("What it is about"),
        max_length=LONGEST_NEWS,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Day, place, and how to take part. It is sent as you write it."),
    )
    idempotency_key = KeyField()

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Community.objects.visible_to(by).order_by("code")


class GuardianForm(forms.Form):
    """Who of the same home speaks for the child."""

    guardian = forms.ModelChoiceField(
        label=_("Guardian"), queryset=Person.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    idempotency_key = KeyField()

    def __init__(self, *args: Any, child: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["guardian"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = may_guard(child)
        field.initial = child.guardian_id
