"""What the steps of a permit have in common; those that ask for a note or for a reason only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from decoration.actions import CALLS, add_photo
from decoration.queries.guide import GUIDE
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.cases.forms import StepForm
from servicecenter.lib.fields import TextField
from servicecenter.workflow.table import Transition

LONG, REASON = 2000, 500


def choose(form: forms.Form, name: str, rows: Any) -> None:
    """What a field chooses from."""
    field = form.fields[name]
    assert isinstance(field, (forms.ModelChoiceField, forms.ModelMultipleChoiceField))
    field.queryset = rows


class PermitStepForm(StepForm):
    """A step of a permit. `with_pictures`: the action takes the pictures itself."""

    with_pictures: ClassVar[bool] = False
    # Told by a phone that had no signal: when it was seen, and when we hear of it.
    at: datetime | None = None
    heard_at: datetime | None = None

    def named(self, transition: Transition) -> str:
        """What it is called for this reader."""
        return GUIDE.label(transition, self.user)

    def call(self) -> Callable[..., Any]:
        """The action."""
        return CALLS[self.action]

    def keep(self, picture: Filed, *, by: User) -> None:
        """A drawing, or the state before."""
        add_photo(self.case, picture=picture, by=by)

    def when(self) -> dict[str, Any]:
        """The instants that a phone told."""
        return {"at": self.at, "heard_at": self.heard_at} if self.at else {}

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """Takes the step, with its pictures where it has any."""
        if not self.with_pictures:
            super().take(pictures, by=by)
            return
        self.call()(self.case, by=by, pictures=list(pictures), **self.arguments())


class NoteForm(PermitStepForm):
    """A few words; for most steps none are needed."""

    note = TextField(label=_("Note"), max_length=LONG, multiline=True)


class ReasonForm(PermitStepForm):
    """Why."""

    reason = TextField(label=_("Why"), max_length=REASON, multiline=True)
