"""What those are asked who lead: who does it, how serious it is, until when, with whom, and what belongs to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.forms.base import REASON, NoteForm, VoiceStepForm, people
from complaints.models import Complaint, Level, Type
from complaints.queries.cases import may_lead
from complaints.queries.links import beside
from complaints.queries.people import colleagues_of, handlers_for
from servicecenter.accounts.models import User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import MomentField


class AssignForm(VoiceStepForm):
    """Who is in charge."""

    handler = forms.ModelChoiceField(
        label=pgettext_lazy("complaint page", "In charge"), queryset=User.objects.none()
    )
    note = TextField(label=_("A word for them"), max_length=REASON, multiline=True)

    def prepare(self) -> None:
        """Whoever may take it on, never somebody whom it is about."""
        if isinstance(self.case, Complaint):
            people(self, "handler", handlers_for(self.case))
        else:
            people(
                self, "handler", User.objects.staff_of([self.case.community_id]).order_by("name", "username")
            )


class TaskForm(VoiceStepForm):
    """Something to be done by somebody until a day."""

    what = TextField(label=pgettext_lazy("task", "What is to be done"), max_length=300)
    owner = forms.ModelChoiceField(label=_("Who does it"), queryset=User.objects.none())
    due_at = MomentField(label=_("Until"))

    def prepare(self) -> None:
        """Colleagues."""
        people(self, "owner", colleagues_of(self.case))


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
        people(self, "about", User.objects.staff_of([case.community_id]).order_by("name", "username"))


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
        people(self, "handler", handlers_for(self.case))
        people(self, "members", colleagues_of(self.case))
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


class LinkForm(VoiceStepForm):
    """What has to do with it."""

    other = TextField(
        label=_("Number of a case, or somebody's telephone number"),
        max_length=32,
        help_text=_("A repair, a permit, another complaint: R…, D…, C…; of a person the telephone number."),
    )


class UnlinkForm(VoiceStepForm):
    """Which link is taken away."""

    link = forms.TypedChoiceField(label=_("Link"), coerce=int, widget=forms.RadioSelect)

    def prepare(self) -> None:
        """What stands beside it."""
        field = self.fields["link"]
        assert isinstance(field, forms.TypedChoiceField)
        shown = beside(self.user, self.case.links.all())
        field.choices = [(str(each.link.pk), f"{each.label} {each.text[:40]}".strip()) for each in shown]
