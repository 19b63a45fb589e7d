"""What each action asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.actions import add_photo, turn_into
from complaints.forms.base import LONG, NoteForm, ReasonForm, VoiceStepForm, people
from complaints.forms.leading import (
    AssignForm,
    ClassifyForm,
    DayForm,
    FinishTaskForm,
    JoinForm,
    LinkForm,
    TaskForm,
    TeamForm,
    UnlinkForm,
)
from complaints.models import Complaint, Inquiry, Kind, Side, Substance
from complaints.queries.guide import guide_of
from complaints.queries.offers import offer_of
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.bulletins.models import ArticleVersion
from servicecenter.cases.forms import Data, Files, row_for
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import PicturesField
from servicecenter.lib.refusals import NotFound


class AsideNoteForm(NoteForm):
    """A note for everybody concerned, or for colleagues only."""

    internal = forms.BooleanField(label=_("For colleagues only; the resident does not see it"))

    def prepare(self) -> None:
        """Residents write to everybody concerned."""
        if not self.user.is_employee:
            del self.fields["internal"]


class FindForm(NoteForm):
    """What was found, with evidence."""

    substance = forms.ChoiceField(
        label=_("How far is it confirmed?"),
        choices=Substance.choices,
        widget=forms.RadioSelect,
    )
    photos = PicturesField(label=_("Photos and other evidence"))


class HearForm(NoteForm):
    """What one of two neighbours says."""

    side = forms.ChoiceField(label=_("Who says it"), choices=Side.choices, widget=forms.RadioSelect)
    field_order = ("side", "note")


class AgreeForm(NoteForm):
    """The complainant agrees; a colleague says who did, and how."""

    @property
    def also_required(self) -> frozenset[str]:  # type: ignore[override]
        """Whoever agrees themselves needs no words."""
        return frozenset({"note"}) if self.user.is_employee else frozenset()


TEXTS: Mapping[str, tuple[str, Any]] = {
    "propose": ("solution", _("What we will do about it")),
    "carry_out": ("summary", _("What was done")),
    "tell": ("reply", _("What the complainant is told")),
    "settle": ("reply", _("What was done and said")),
    "review": ("review", _("What the law, or the manager, says of the claim")),
}


class WordsForm(VoiceStepForm):
    """One long text; what it is called follows the step."""

    photos = PicturesField(label=_("Photos"))

    def prepare(self) -> None:
        """The field of the step; pictures only where something was done."""
        name, label = TEXTS[self.action]
        self.fields[name] = TextField(label=label, max_length=LONG, multiline=True)
        if self.action in ("propose", "tell"):
            del self.fields["photos"]
        self.order_fields([name, "photos"])


class AnswerForm(VoiceStepForm):
    """The answer; of a suggestion also whether it is taken up, and whether everybody may read it."""

    answer = TextField(label=_("Answer"), max_length=LONG, multiline=True)
    adopted = forms.TypedChoiceField(
        label=_("Is it taken up?"),
        choices=[("", _("Not decided")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
    )
    public = forms.BooleanField(label=_("Every resident may read it, without a name"))
    # What it is answered from: chosen beside the question, kept with the answer.
    article = forms.ModelChoiceField(
        queryset=ArticleVersion.objects.none(), widget=forms.HiddenInput, required=False
    )

    def prepare(self) -> None:
        """Questions of suggestions only."""
        self.initial.setdefault("answer", self.case.answer)
        people(self, "article", ArticleVersion.objects.in_force())

    def begin(self, asked: Mapping[str, str]) -> None:
        """With the words of an article that fits, to be adapted before they are sent."""
        found = offer_of(self.case, asked.get("article", ""))
        if found is not None:
            self.initial.update(answer=found.answer, article=found.article.pk)
        if not self.case.is_suggestion:
            del self.fields["adopted"], self.fields["public"]


class PraisedForm(VoiceStepForm):
    """Who is praised."""

    about = forms.ModelChoiceField(label=_("Who is praised"), queryset=User.objects.none())

    def prepare(self) -> None:
        """Colleagues."""
        people(self, "about", User.objects.staff_of([self.case.community_id]).order_by("name", "username"))
        self.initial.setdefault("about", self.case.about_id)


class ConvertForm(ReasonForm):
    """What it is instead."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Kind"), choices=Kind.choices, widget=forms.RadioSelect
    )
    field_order = ("kind", "reason")

    def prepare(self) -> None:
        """Everything but what it is already."""
        super().prepare()
        own = Kind.COMPLAINT if isinstance(self.case, Complaint) else self.case.kind
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, label) for code, label in Kind.choices if code != own]

    def call(self) -> Callable[..., Any]:
        """Makes the other one."""
        return turn_into


class PhotoForm(VoiceStepForm):
    """More photos; evidence is for colleagues."""

    also_required: ClassVar = frozenset({"photos"})
    photos = PicturesField(label=_("Photos"))
    internal = forms.BooleanField(label=_("For colleagues only; the resident does not see it"))

    def prepare(self) -> None:
        """Residents show it to everybody concerned."""
        if not self.user.is_employee:
            del self.fields["internal"]

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """All of the photos or none."""
        kind = PhotoKind.EVIDENCE if self.cleaned_data.get("internal") else PhotoKind.REPORT
        for picture in pictures:
            add_photo(self.case, picture=picture, kind=kind, by=by)


FORMS: Mapping[str, type[VoiceStepForm]] = {
    "acknowledge": NoteForm,
    "settle": WordsForm,
    "assign": AssignForm,
    "find": FindForm,
    "hear": HearForm,
    "propose": WordsForm,
    "agree": AgreeForm,
    "disagree": ReasonForm,
    "give_task": TaskForm,
    "finish_task": FinishTaskForm,
    "carry_out": WordsForm,
    "tell": WordsForm,
    "review": WordsForm,
    "sign_off": NoteForm,
    "reopen": ReasonForm,
    "raise_level": ReasonForm,
    "classify": ClassifyForm,
    "set_day": DayForm,
    "form_team": TeamForm,
    "join": JoinForm,
    "link": LinkForm,
    "unlink": UnlinkForm,
    "withdraw": ReasonForm,
    "convert": ConvertForm,
    "urge": NoteForm,
    "note": AsideNoteForm,
    "add_photo": PhotoForm,
    "answer": AnswerForm,
    "pass_on": PraisedForm,
    "ask_again": ReasonForm,
}


def form_for(
    action: str, case: Complaint | Inquiry, user: User, data: Data = None, files: Files = None
) -> VoiceStepForm:
    """The form of `action` (its name in the transition table). Refuses as `cases.forms.row_for`, and `not_found` for
    what is taken by another door."""
    row = row_for(case, action, user, sent=data is not None)
    if action in guide_of(case).hidden:
        raise NotFound(_("There is no such action."), code="unknown_action")
    return FORMS.get(action, VoiceStepForm)(case, user, row, data, files)
