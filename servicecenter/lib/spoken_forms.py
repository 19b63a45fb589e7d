"""The form of words in several languages (`lib.spoken`)."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField
from servicecenter.lib.spoken import LANGUAGES, MAIN_LANGUAGE, PARTS, Texts, field_of


class SpokenForm(forms.Form):
    """Title and text in every language."""

    longest_title: ClassVar[int]
    longest_text: ClassVar[int]

    def __init__(self, *args: Any, texts: Texts | None = None, **kwargs: Any) -> None:
        if texts is not None:
            kwargs["initial"] = _initial(texts) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            needed = code == MAIN_LANGUAGE
            self.fields[field_of("title", code)] = TextField(
                label=_("Title · %(language)s") % {"language": name},
                max_length=self.longest_title,
                required=needed,
            )
            self.fields[field_of("text", code)] = TextField(
                label=_("Text · %(language)s") % {"language": name},
                max_length=self.longest_text,
                multiline=True,
                required=needed,
            )

    def clean(self) -> dict[str, Any]:
        """A translation is whole or not there."""
        cleaned = super().clean() or self.cleaned_data
        for code in LANGUAGES:
            title, text = (cleaned.get(field_of(part, code), "") for part in PARTS)
            if code != MAIN_LANGUAGE and bool(title) != bool(text):
                missing = field_of("text" if title else "title", code)
                if missing not in self.errors:
                    self.add_error(missing, __("Please write both, or neither."))
        return cleaned

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """{language: {"title", "text"}}."""
        return {
            code: {part: self.cleaned_data.get(field_of(part, code), "") for part in PARTS}
            for code in LANGUAGES
        }


def _initial(texts: Texts) -> dict[str, str]:
    return {field_of(part, code): texts.get(code, {}).get(part, "") for code in LANGUAGES for part in PARTS}
