"""What the forms of all steps share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.actions import CALLS, add_photo
from complaints.queries.guide import label_of
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.cases.forms import StepForm
from servicecenter.lib.fields import TextField
from servicecenter.workflow.table import Transition

LONG, REASON = 2000, 500


def people(form: forms.Form, name: str, rows: Any) -> None:
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
        """What is complained of or was done; with a step among colleagues it is evidence for them."""
        inside = self.transition.internal and by.is_employee
        add_photo(self.case, picture=picture, kind=PhotoKind.EVIDENCE if inside else PhotoKind.REPORT, by=by)


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
