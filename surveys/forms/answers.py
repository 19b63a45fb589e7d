"""Questions as form fields: one section on a phone, all of them for whoever interviews or types paper in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField
from servicecenter.lib.refusals import Refusal
from surveys.questions import HIGHEST, LONGEST_TEXT, LOWEST, Kind, Question

REQUIRED = _("Please answer this.")


class AnswersForm(forms.Form):
    """`may_skip`: nothing is required, as on the telephone and on paper."""

    def __init__(
        self,
        questions: Iterable[Question],
        *args: Any,
        answers: Mapping[str, Any] | None = None,
        may_skip: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = dict(answers or {})
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for each in self.questions:
            self.fields[each.code] = _field(each, required=each.required and not may_skip)

    @property
    def given(self) -> dict[str, Any]:
        """What was answered; an empty field is no answer."""
        said = {each.code: self.cleaned_data.get(each.code) for each in self.questions}
        return {code: value for code, value in said.items() if value not in (None, "", [])}

    @property
    def rows(self) -> list[tuple[Question, forms.BoundField]]:
        """Each question with its field."""
        return [(each, self[each.code]) for each in self.questions]

    def show(self, refusal: Refusal) -> None:
        """Puts a refusal where it belongs."""
        for code, sentences in refusal.errors.items():
            for sentence in sentences:
                self.add_error(code if code in self.fields else None, str(sentence))
        if not refusal.errors:
            self.add_error(None, str(refusal.sentence))


def _field(question: Question, *, required: bool) -> forms.Field:
    errors = {"required": REQUIRED}
    given: dict[str, Any] = {"label": str(question), "required": required, "error_messages": errors}
    if question.is_scored:
        marks = [(mark, str(mark)) for mark in range(LOWEST[question.kind], HIGHEST + 1)]
        return forms.TypedChoiceField(
            choices=marks, coerce=int, empty_value=None, widget=forms.RadioSelect, **given
        )
    options = [(each.code, str(each)) for each in question.options]
    if question.kind == Kind.CHOICE:
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **given)
    if question.kind == Kind.MULTIPLE:
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **given)
    return TextField(
        max_length=LONGEST_TEXT,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        **given,
    )


class PosterForm(forms.Form):
    """Which home scanned the poster."""

    unit = TextField(
        label=_("Your unit"),
        max_length=40,
        help_text=_("As on your bill: building-entrance-room, for example 3-2-1201."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone_end = TextField(
        label=_("Last four digits of your phone number"),
        max_length=4,
        help_text=_("One that you left with us. It only keeps others from answering for your home."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
