"""What came of a follow-up call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import MomentField
from surveys.actions.calls import Result
from surveys.models import CallReview
from surveys.workflow import RATINGS, REWORK_UP_TO, AttemptOutcome, Consequence

# The questions in the order in which they are asked; the overall one is the only one that must be answered.
QUESTIONS: Mapping[str, Any] = {
    "punctual": _("Did the technician come as appointed?"),
    "attitude": _("Attitude"),
    "quality": _("Skill and quality"),
    "tidiness": _("Tidiness (shoe covers, floor mat)"),
    "price_explained": _("Price explained"),
    "overall": _("Overall"),
}
# Where no technician came, the script asks for less, and in other words.
OF_WORK: Mapping[str, Mapping[str, Any]] = {
    "complaint": {
        "punctual": _("How soon we answered"),
        "attitude": QUESTIONS["attitude"],
        "quality": _("What was done about it"),
        "overall": QUESTIONS["overall"],
    },
    "permit": {
        "punctual": _("How soon we answered"),
        "attitude": QUESTIONS["attitude"],
        "quality": _("Our patrols"),
        "overall": QUESTIONS["overall"],
    },
}
SCALE = [(str(number), str(number)) for number in range(1, 11)]
ASKED_OUTCOMES = [
    (outcome.value, outcome.label) for outcome in AttemptOutcome if outcome != AttemptOutcome.RELEASED
]


def _rating(name: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=QUESTIONS[name],
        choices=SCALE,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )


class CallForm(forms.Form):
    """Outcome, ratings 1–10, solved or not, own words, or when to call back; what belongs together is checked
    by the action."""

    claim_no = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=_("What came of the call"), choices=ASKED_OUTCOMES)
    punctual = _rating("punctual")
    attitude = _rating("attitude")
    quality = _rating("quality")
    tidiness = _rating("tidiness")
    price_explained = _rating("price_explained")
    overall = _rating("overall")
    solved = forms.TypedChoiceField(
        label=_("Is the problem solved?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    comment = TextField(
        label=_("In their own words"),
        max_length=1000,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consequence = forms.ChoiceField(
        label=_("What follows from a bad answer"),
        choices=Consequence.choices,
        initial=Consequence.REWORK,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("What is not solved goes back to work in any case."),
    )
    promise_by = MomentField(label=_("Promised until"), required=False)
    call_back_at = MomentField(label=_("Call back at"), required=False)
    # A button that says outcome and time at once.
    call_back_choice = MomentField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: Any = None, *, work: str = "", **kwargs: Any) -> None:
        """`work`: what the call is about, for what is asked."""
        if data is not None and data.get("call_back_choice"):
            data = data.copy()
            data["outcome"] = AttemptOutcome.CALL_BACK
        super().__init__(data, **kwargs)
        asked = OF_WORK.get(work, QUESTIONS)
        for name in QUESTIONS:
            if name in asked:
                self.fields[name].label = asked[name]
            else:
                del self.fields[name]

    @property
    def result(self) -> Result:
        """What the action is called with."""
        cleaned = self.cleaned_data
        reached = cleaned["outcome"] == AttemptOutcome.REACHED
        ratings = {name: cleaned[name] for name in RATINGS if cleaned.get(name) is not None}
        # The form stands there for good answers too: nothing follows from those.
        bad = reached and (cleaned["solved"] is False or ratings.get("overall", 10) <= REWORK_UP_TO)
        consequence = cleaned["consequence"] if bad else ""
        return Result(
            outcome=cleaned["outcome"],
            ratings=ratings if reached else {},
            solved=cleaned["solved"] if reached else None,
            comment=cleaned["comment"],
            call_back_at=cleaned["call_back_choice"] or cleaned["call_back_at"]
            if cleaned["outcome"] == AttemptOutcome.CALL_BACK
            else None,
            consequence=consequence,
            promise_by=cleaned["promise_by"] if consequence == Consequence.PROMISE else None,
        )

    @property
    def questions(self) -> list[forms.BoundField]:
        """The ratings in the order in which they are asked."""
        return [self[name] for name in QUESTIONS if name in self.fields]


class AfterCallForm(forms.Form):
    """Three questions to somebody whom nobody could reach."""

    solved = forms.TypedChoiceField(
        label=_("Is the problem solved?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    overall = forms.TypedChoiceField(
        label=_("All in all, how satisfied are you? 1 is very dissatisfied, 10 very satisfied"),
        choices=SCALE,
        coerce=int,
        widget=forms.RadioSelect,
    )
    comment = TextField(
        label=_("What would you like to tell us?"),
        max_length=500,
        multiline=True,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReviewForm(forms.Form):
    """What was heard in a call."""

    recording = TextField(
        label=_("Recording"),
        max_length=200,
        required=False,
        help_text=_("Its number in the telephone system."),
    )
    marks = forms.MultipleChoiceField(
        label=_("What was in order"),
        choices=[(name, CallReview.label_of(name)) for name in CallReview.MARKS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = TextField(label=_("What the caller may do better"), max_length=500, multiline=True, required=False)
