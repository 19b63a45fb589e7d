"""Sections and questions of a draft, as the builder asks for them."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User
from servicecenter.lib.fields import TextField
from surveys.questions import CHOSEN, MAIN_LANGUAGE, SCORED, Compare, Kind, Question, Sheet

LANGUAGES = tuple(settings.LANGUAGES)
# In this order the words of an answer stand in a line.
IN_A_LINE = ("zh-hans", "zh-hant", "en")
LONGEST_WORDS, LONGEST_OPTIONS, MOST_OPTIONS = 120, 600, 12


class CopyForm(forms.Form):
    """Whose copy of a questionnaire of the library it becomes."""

    community = forms.ModelChoiceField(
        label=_("Community"), queryset=Community.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Community.objects.visible_to(by)


class NewForm(CopyForm):
    """An empty questionnaire."""

    title = TextField(label=_("Title"), max_length=80)


class TextsForm(forms.Form):
    """The words of a title or a section in every language; Chinese is needed, the others fall back to it."""

    def __init__(self, *args: Any, texts: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in LANGUAGES:
            self.fields[_name(code)] = TextField(
                label=_("Words · %(language)s") % {"language": name},
                max_length=LONGEST_WORDS,
                required=code == MAIN_LANGUAGE,
                initial=(texts or {}).get(code, ""),
            )
        # What is asked comes before how it is answered.
        self.order_fields([_name(code) for code, _language in LANGUAGES])

    @property
    def texts(self) -> dict[str, str]:
        """{language: words}, without those that are not translated."""
        said = {code: self.cleaned_data.get(_name(code), "") for code, _language in LANGUAGES}
        return {code: words for code, words in said.items() if words}


class QuestionForm(TextsForm):
    """One question. Options are written one a line, `简体 | 繁體 | English`; their order is kept."""

    kind = forms.ChoiceField(label=_("How it is answered"), choices=Kind.choices, initial=Kind.SCALE)
    required = forms.BooleanField(label=_("Has to be answered"), required=False, initial=True)
    weight = forms.IntegerField(
        label=_("Weight in the index"),
        min_value=0,
        max_value=9,
        initial=1,
        help_text=_("Of scales only; 0 leaves it out."),
    )
    overall = forms.BooleanField(
        label=_("It is the question about everything (one of them at most)"), required=False
    )
    options = TextField(
        label=_("Answers to choose from"),
        max_length=LONGEST_OPTIONS,
        multiline=True,
        required=False,
        help_text=_("One a line; translations after a bar: 有 | 有 | Yes"),
    )
    ask_question = forms.ChoiceField(label=_("Only asked if the answer to"), choices=[], required=False)
    ask_test = forms.ChoiceField(label=_("is …"), choices=Compare.choices, required=False)
    ask_value = forms.CharField(
        label=pgettext_lazy("branch", "this"),
        max_length=32,
        required=False,
        help_text=_("A number, or the number of the line of an answer to choose from."),
    )

    def __init__(self, *args: Any, sheet: Sheet, question: Question | None = None, **kwargs: Any) -> None:
        texts = dict(question.texts) if question else None
        super().__init__(*args, texts=texts, **kwargs)
        self.sheet, self.question = sheet, question
        if question is not None:
            self.initial = {**self.initial, **_initial(question)}
        field = self.fields["ask_question"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("(always asked)")), *((each.code, str(each)) for each in self._earlier())]
        self.fields["options"].widget.attrs["rows"] = 4

    def _earlier(self) -> list[Question]:
        """What a branch may ask about: questions before it that are not answered in own words."""
        known: list[Question] = []
        for each in self.sheet.questions:
            if self.question is not None and each.code == self.question.code:
                break
            known.append(each)
        return [each for each in known if each.kind != Kind.TEXT]

    def clean(self) -> dict[str, Any]:
        """Choices need answers; a branch is whole or not there, and asks for what can be answered."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") in CHOSEN and not 2 <= len(self._lines()) <= MOST_OPTIONS:
            self.add_error("options", __("Please write two to twelve answers, one a line."))
        asked = self.sheet.find(cleaned.get("ask_question", ""))
        value = self._value(cleaned.get("ask_question", ""), cleaned.get("ask_value", ""))
        if asked is not None and not _can_be(asked, value, cleaned.get("ask_test", "")):
            self.add_error("ask_value", __("This cannot be answered to that question."))
        return cleaned

    def _lines(self) -> list[str]:
        return [line for line in (self.cleaned_data.get("options") or "").split("\n") if line.strip()]

    def data_of(self, code: str) -> dict[str, Any]:
        """The question as the document holds it."""
        given = self.cleaned_data
        data: dict[str, Any] = {
            "code": code,
            "kind": given["kind"],
            "texts": self.texts,
            "required": given["required"],
            "weight": given["weight"],
        }
        if given["overall"] and given["kind"] == Kind.SCALE:
            data["overall"] = True
        if given["kind"] in CHOSEN:
            codes = self._codes()
            data["options"] = [_option(code, line) for code, line in zip(codes, self._lines(), strict=False)]
        if given["ask_question"]:
            data["ask_if"] = {
                "question": given["ask_question"],
                "test": given["ask_test"] or Compare.AT_MOST.value,
                "value": self._value(given["ask_question"], given["ask_value"]),
            }
        return data

    def _codes(self) -> list[str]:
        """Answers keep the codes that they have, line by line; new ones are numbered on."""
        known = [option.code for option in self.question.options] if self.question else []
        free = (str(number) for number in range(1, 100) if str(number) not in known)
        return [*known, *islice(free, MOST_OPTIONS)]

    def _value(self, asked: str, value: str) -> str:
        """What a branch asks for: a mark, or the code of an answer that was named by its line."""
        found = self.sheet.find(asked)
        codes = [option.code for option in found.options] if found else []
        value = value.strip()
        if value in codes or not value.isdigit() or not 1 <= int(value) <= len(codes):
            return value
        return codes[int(value) - 1]


def _option(code: str, line: str) -> dict[str, Any]:
    words = [each.strip() for each in line.split("|")]
    texts = {language: said for language, said in zip(IN_A_LINE, words, strict=False) if said}
    return {"code": code, "texts": texts}


def _can_be(asked: Question, value: str, test: str) -> bool:
    if asked.kind in SCORED:
        return value.isascii() and value.isdigit() and len(value) < 3 and asked.accepts(int(value))
    return test == Compare.IS and value in {option.code for option in asked.options}


def _initial(question: Question) -> dict[str, Any]:
    lines = [
        " | ".join(option.texts.get(code, "") for code in IN_A_LINE).rstrip(" |")
        for option in question.options
    ]
    branch = question.ask_if
    return {
        "kind": question.kind,
        "required": question.required,
        "weight": question.weight,
        "overall": question.overall,
        "options": "\n".join(lines),
        "ask_question": branch.question if branch else "",
        "ask_test": branch.test if branch else "",
        "ask_value": branch.value if branch else "",
    }


def _name(language: str) -> str:
    return f"words_{language.replace('-', '_')}"
