"""What each step of a permit asks for: its form by the name of its action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from decoration.forms.base import NoteForm, PermitStepForm, ReasonForm, choose
from decoration.forms.money import AskRefundForm, DeductForm, DropDeductionForm, PayForm
from decoration.forms.running import AddWorkerForm, AssignForm, ChangeForm, RecheckForm, RevokeForm, WaterForm
from decoration.queries.guide import GUIDE
from decoration.queries.versions import PARTS
from owners.models import ConsentHow, Person
from owners.queries.homes import owners_here
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.cases.forms import Data, Files, row_for
from servicecenter.lib.formtools import PicturesField, PicturesInput
from servicecenter.lib.refusals import NotFound


class AsideNoteForm(NoteForm):
    """A note for whoever applied, or for colleagues only."""

    internal = forms.BooleanField(label=_("For colleagues only; the resident does not see it"))

    def prepare(self) -> None:
        """Residents write to everybody concerned."""
        if not self.user.is_employee:
            del self.fields["internal"]


class CommentForm(NoteForm):
    """Which part, and what is to be corrected."""

    field = forms.ChoiceField(label=_("Which part"), choices=list(PARTS.items()))
    field_order = ("field", "note")


class ConsentForm(PermitStepForm):
    """The owner agrees with a tap; the desk says which owner, and how."""

    of = forms.ModelChoiceField(label=_("Which owner"), queryset=Person.objects.none(), empty_label=None)
    how = forms.ChoiceField(
        label=_("How the owner agreed"),
        choices=[each for each in ConsentHow.choices if each[0] != ConsentHow.PORTAL],
    )

    @property
    def also_required(self) -> frozenset[str]:  # type: ignore[override]
        """An owner says it for themselves."""
        return frozenset({"of", "how"}) if self.user.is_employee else frozenset()

    def prepare(self) -> None:
        """The present owners."""
        if not self.user.is_employee:
            del self.fields["of"], self.fields["how"]
            return
        choose(self, "of", Person.objects.filter(pk__in=[each.pk for each in owners_here(self.case.unit)]))


class PhotoForm(PermitStepForm):
    """More drawings or photos."""

    documents: ClassVar = True
    also_required: ClassVar = frozenset({"photos"})
    photos = PicturesField(label=_("Photos, or a PDF"), widget=PicturesInput(documents=True))

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """All of them or none."""
        for picture in pictures:
            self.keep(picture, by=by)


FORMS: Mapping[str, type[PermitStepForm]] = {
    **dict.fromkeys(
        ("check_papers", "pass_works", "approve", "resume", "grant_change", "look_again"), NoteForm
    ),
    **dict.fromkeys(
        (
            *("decline_consent", "send_back", "refuse", "withdraw", "call_off", "give_back", "stop_work"),
            *("decline_change", "reject", "decline_refund"),
        ),
        ReasonForm,
    ),
    "comment": CommentForm,
    "consent": ConsentForm,
    "assign": AssignForm,
    "recheck": RecheckForm,
    "test_water": WaterForm,
    "revoke_pass": RevokeForm,
    "add_worker": AddWorkerForm,
    "ask_change": ChangeForm,
    "deduct": DeductForm,
    "drop_deduction": DropDeductionForm,
    "ask_refund": AskRefundForm,
    "pay_refund": PayForm,
    "note": AsideNoteForm,
    "add_photo": PhotoForm,
}


def form_for(
    action: str,
    permit: Any,
    user: User,
    data: Data = None,
    files: Files = None,
    more: Mapping[str, type[PermitStepForm]] | None = None,
) -> PermitStepForm:
    """The form of `action` (its name in the table). Refuses as `cases.forms.row_for`, and `not_found` for what is taken
    by another door."""
    row = row_for(permit, action, user, sent=data is not None)
    if action in GUIDE.hidden:
        raise NotFound(gettext("There is no such action."), code="unknown_action")
    shape = (more or {}).get(action) or FORMS.get(action, PermitStepForm)
    return shape(permit, user, row, data, files)
