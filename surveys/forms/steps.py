"""What each step of a campaign or a measure asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from owners.queries.places import unit_named
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.cases.forms import Data, Files, StepForm, row_for
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import PicturesField
from servicecenter.lib.refusals import Invalid
from surveys.actions import measures
from surveys.actions.steps import CALLS
from surveys.forms.planning import DayInput
from surveys.models import Campaign, Measure
from surveys.queries.guide import guide_of

LONG, REASON = 2000, 200


class SurveyStepForm(StepForm):
    """A step of a campaign or a measure."""

    def named(self, transition: Any) -> str:
        """What it is called."""
        return guide_of(self.case).label(transition, self.user)

    def call(self) -> Callable[..., Any]:
        """The action."""
        return CALLS[self.case.TABLE.work][self.action]

    def keep(self, picture: Filed, *, by: User) -> None:
        """Evidence of a measure."""
        measures.add_evidence(self.case, picture=picture, by=by)


class ReasonForm(SurveyStepForm):
    """Why."""

    reason = TextField(label=_("Reason"), max_length=REASON)


class ExtendForm(SurveyStepForm):
    """Until when."""

    ends_on = forms.DateField(label=_("Last day"), widget=DayInput())


class ReplaceForm(ReasonForm):
    """Which unit cannot be asked."""

    unit = TextField(label=_("Unit that cannot be asked"), max_length=80)
    field_order = ["unit", "reason"]

    def clean_unit(self) -> Any:
        """A unit of the campaign's community."""
        try:
            return unit_named(self.user, self.cleaned_data["unit"], self.case.community)
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal.errors["unit"][0])) from refusal


class PublishForm(SurveyStepForm):
    """What residents are told."""

    found = TextField(
        label=_("What was found, and what we do about it"),
        max_length=LONG,
        multiline=True,
        help_text=_("Residents read it above the figures and the public measures. Name nobody."),
    )

    def prepare(self) -> None:
        """What was written before it was taken back is there again."""
        self.initial.setdefault("found", self.case.found)


class MeasureForm(SurveyStepForm):
    """Who does what about a result, until when."""

    text = TextField(label=_("What is done"), max_length=300)
    section = forms.ChoiceField(label=_("What it should move"), choices=[], required=False)
    owner = forms.ModelChoiceField(label=_("Who answers for it"), queryset=User.objects.none())
    due_on = forms.DateField(label=_("Until"), widget=DayInput())
    public = forms.BooleanField(label=_("Residents read it in the publication"), initial=True)

    def prepare(self) -> None:
        """Colleagues of the community, sections of the questionnaire."""
        owner, section = self.fields["owner"], self.fields["section"]
        assert isinstance(owner, forms.ModelChoiceField)
        assert isinstance(section, forms.ChoiceField)
        owner.queryset = User.objects.staff_of([self.case.community_id]).order_by("name", "id")
        known = [(each.code, str(each)) for each in self.case.questionnaire.sheet.sections]
        section.choices = [("", _("Everything")), *known]


class FinishForm(SurveyStepForm):
    """What was done, with pictures."""

    evidence = TextField(label=_("What was done, and how one can see it"), max_length=LONG, multiline=True)
    photos = PicturesField(label=_("Photos"), required=False)


class VerifyForm(SurveyStepForm):
    """What was seen."""

    note = TextField(label=_("What you saw"), max_length=REASON)


class MoveForm(ReasonForm):
    """Another day."""

    due_on = forms.DateField(label=_("Until"), widget=DayInput())
    field_order = ["due_on", "reason"]


FORMS: Mapping[tuple[str, str], type[SurveyStepForm]] = {
    ("survey", "extend"): ExtendForm,
    ("survey", "replace"): ReplaceForm,
    ("survey", "publish"): PublishForm,
    ("survey", "take_back"): ReasonForm,
    ("survey", "cancel"): ReasonForm,
    ("survey", "add_measure"): MeasureForm,
    ("measure", "finish"): FinishForm,
    ("measure", "verify"): VerifyForm,
    ("measure", "send_back"): ReasonForm,
    ("measure", "drop"): ReasonForm,
    ("measure", "move"): MoveForm,
}


def form_for(
    action: str, case: Campaign | Measure, user: User, data: Data = None, files: Files = None, **kwargs: Any
) -> SurveyStepForm:
    """The form of an action (`initial`: what is filled in); refuses as the runner does."""
    row = row_for(case, action, user, sent=data is not None)
    kind = FORMS.get((case.TABLE.work, action), SurveyStepForm)
    return kind(case, user, row, data, files, **kwargs)
