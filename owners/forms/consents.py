"""Saying yes or no, writing the words of a purpose, naming a guardian."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import validate_slug
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.models import ConsentVersion, Person
from owners.models.consents import DESK_CHANNELS, LANGUAGES, MAIN_LANGUAGE
from owners.queries.wards import may_guard
from servicecenter.accounts.models import Community, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import LARGEST_ID

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


class WordsForm(forms.Form):
    """Title and text in every language; Chinese is needed, the others fall back to it."""

    idempotency_key = KeyField()

    def __init__(self, *args: Any, version: ConsentVersion | None = None, **kwargs: Any) -> None:
        if version is not None:
            kwargs["initial"] = _initial(version) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            needed = code == MAIN_LANGUAGE
            self.fields[_field("title", code)] = TextField(
                label=_("Title · %(language)s") % {"language": name},
                max_length=LONGEST_TITLE,
                required=needed,
            )
            self.fields[_field("text", code)] = TextField(
                label=_("Text · %(language)s") % {"language": name},
                max_length=LONGEST_TEXT,
                multiline=True,
                required=needed,
            )

    def clean(self) -> dict[str, Any]:
        """A translation is whole or not there."""
        cleaned = super().clean() or self.cleaned_data
        for code in LANGUAGES:
            title, text = (cleaned.get(_field(part, code), "") for part in ("title", "text"))
            if code != MAIN_LANGUAGE and bool(title) != bool(text):
                missing = _field("text" if title else "title", code)
                if missing not in self.errors:
                    self.add_error(missing, __("Please write both, or neither."))
        return cleaned

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """{language: {"title", "text"}}."""
        return {
            code: {part: self.cleaned_data.get(_field(part, code), "") for part in ("title", "text")}
            for code in LANGUAGES
        }


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


def _field(part: str, language: str) -> str:
    return f"{part}_{language.replace('-', '_')}"


def _initial(version: ConsentVersion) -> dict[str, str]:
    return {
        _field(part, code): version.texts.get(code, {}).get(part, "")
        for code in LANGUAGES
        for part in ("title", "text")
    }
