"""What each action asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.actions import CALLS, add_photo, turn_into
from complaints.models import Complaint, Inquiry, Kind, Level, Side, Substance, Type
from complaints.queries.cases import may_lead
from complaints.queries.guide import guide_of, label_of
from complaints.queries.offers import offer_of
from complaints.queries.people import colleagues_of, handlers_for
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.bulletins.models import ArticleVersion
from servicecenter.cases.forms import Data, Files, StepForm, row_for
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import MomentField, PicturesField
from servicecenter.lib.refusals import NotFound
from servicecenter.workflow.table import Transition

LONG, REASON = 2000, 500


def _people(form: forms.Form, name: str, rows: Any) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


class VoiceStepForm(StepForm):
    """A step of a complaint or an inquiry."""

    def named(self, transition: Transition) -> str:
        """What it is called for this reader."""
        return label_of(self.case, transition, self.user)

    def call(self) -> Callable[..., Any]:
        """The action."""
        return CALLS[self.case.TABLE.work][self.action]

    def begin(self, asked: Mapping[str, str]) -> None:
        """What the address of the form says already."""

    def keep(self, picture: Filed, *, by: User) -> None:
        """Evidence, or what is complained of."""
        add_photo(self.case, picture=picture, by=by)


NOTES = {
    "acknowledge": _("What you told the complainant"),
    "find": _("What was found"),
    "finish_task": _("What came of it"),
    "agree": _("Who agreed, and how you know"),
    "sign_off": _("A word for the file"),
    "urge": _("What makes it pressing"),
}


class NoteForm(VoiceStepForm):
    """A few words."""

    note = TextField(label=_("Note"), max_length=LONG, multiline=True)

    def prepare(self) -> None:
        """Asks in the words of the step."""
        self.fields["note"].label = NOTES.get(self.action, _("Note"))
        if self.action == "agree" and not self.user.is_employee:
            del self.fields["note"]


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


QUESTIONS = {
    "disagree": _("What speaks against it?"),
    "reopen": _("What is not right yet?"),
    "withdraw": _("Why do you take it back?"),
    "ask_again": _("What is still open?"),
    "raise_level": _("Why is it more serious?"),
}


class ReasonForm(VoiceStepForm):
    """Why."""

    reason = TextField(label=_("Why"), max_length=REASON, multiline=True)

    def prepare(self) -> None:
        """Asks in the words of the step."""
        self.fields["reason"].label = QUESTIONS.get(self.action, _("Why"))


class AssignForm(VoiceStepForm):
    """Who is in charge."""

    handler = forms.ModelChoiceField(
        label=pgettext_lazy("complaint page", "In charge"), queryset=User.objects.none()
    )
    note = TextField(label=_("A word for them"), max_length=REASON, multiline=True)

    def prepare(self) -> None:
        """Whoever may take it on, never somebody whom it is about."""
        if isinstance(self.case, Complaint):
            _people(self, "handler", handlers_for(self.case))
        else:
            _people(
                self, "handler", User.objects.staff_of([self.case.community_id]).order_by("name", "username")
            )


class TaskForm(VoiceStepForm):
    """Something to be done by somebody until a day."""

    what = TextField(label=pgettext_lazy("task", "What is to be done"), max_length=300)
    owner = forms.ModelChoiceField(label=_("Who does it"), queryset=User.objects.none())
    due_at = MomentField(label=_("Until"))

    def prepare(self) -> None:
        """Colleagues."""
        _people(self, "owner", colleagues_of(self.case))


class FinishTaskForm(NoteForm):
    """Which task, and what came of it."""

    task = forms.TypedChoiceField(label=_("Task"), coerce=int, widget=forms.RadioSelect)
    field_order = ("task", "note")

    def prepare(self) -> None:
        """Open tasks; of somebody who only helps their own."""
        super().prepare()
        rows = self.case.tasks.filter(done_at=None).select_related("owner")
        if self.case.standings(self.user) == {"member"}:
            rows = rows.filter(owner=self.user)
        field = self.fields["task"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(str(task.pk), f"{task.what} · {task.owner}") for task in rows]


class ClassifyForm(VoiceStepForm):
    """The right type and level; whom it is about."""

    type = forms.ChoiceField(label=pgettext_lazy("complaint", "Type"), choices=Type.choices)
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices, widget=forms.RadioSelect)
    compensation = forms.BooleanField(label=_("Money is asked for"))
    about = forms.ModelChoiceField(
        label=_("About a colleague"),
        queryset=User.objects.none(),
        empty_label=_("Nobody"),
        help_text=_("They do not see it any more."),
    )
    reason = TextField(label=_("Why"), max_length=REASON)

    def prepare(self) -> None:
        """Begins with what it says now."""
        case = self.case
        self.initial.update(
            type=case.type, level=case.level, compensation=case.compensation, about=case.about_id
        )
        _people(self, "about", User.objects.staff_of([case.community_id]).order_by("name", "username"))


class DayForm(VoiceStepForm):
    """The day of closing."""

    close_by = MomentField(label=_("Closed by"))
    reason = TextField(label=_("Why then"), max_length=REASON)


class TeamForm(VoiceStepForm):
    """The joint team: its lead, and who is on it."""

    handler = forms.ModelChoiceField(label=_("Lead"), queryset=User.objects.none())
    members = forms.ModelMultipleChoiceField(
        label=_("Members"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def prepare(self) -> None:
        """Begins with the team as it is."""
        _people(self, "handler", handlers_for(self.case))
        _people(self, "members", colleagues_of(self.case))
        self.initial.update(
            handler=self.case.handler_id, members=list(self.case.team.values_list("user", flat=True))
        )

    def arguments(self) -> dict[str, Any]:
        """People, not a query."""
        given = super().arguments()
        return given | {"members": list(given["members"])}


class JoinForm(VoiceStepForm):
    """Which complaint leads the group."""

    lead = forms.CharField(label=_("Number of the complaint that leads"), max_length=24)

    def clean_lead(self) -> Complaint:
        """An open one of the same community, by its number."""
        number = str(self.cleaned_data["lead"]).strip().upper()
        found = may_lead(self.user, self.case).filter(number=number).first()
        if found is None:
            raise forms.ValidationError(gettext("There is no open complaint with this number here."))
        return found


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
        _people(self, "article", ArticleVersion.objects.in_force())

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
        _people(self, "about", User.objects.staff_of([self.case.community_id]).order_by("name", "username"))
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
    """More photos."""

    also_required: ClassVar = frozenset({"photos"})
    photos = PicturesField(label=_("Photos"))

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """All of the photos or none."""
        for picture in pictures:
            self.keep(picture, by=by)


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
