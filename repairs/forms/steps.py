"""What each action asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from owners.models import WarrantyPart
from owners.queries.warranty import parts_of
from repairs.actions.involving import HANDS
from repairs.forms.approving import ApproveForm
from repairs.forms.base import ActionForm, Data, Files
from repairs.forms.confirming import ConfirmForm
from repairs.forms.involving import InvolveForm
from repairs.forms.materials import (
    MATERIAL_FIELDS,
    MaterialsForm,
    check_pairs,
    offer_materials,
    with_materials,
)
from repairs.forms.photos import add_photos
from repairs.forms.plan import LONG, PlanForm
from repairs.forms.sending import DispatchForm, ReassignForm
from repairs.forms.standards import StandardsField, offer_standards
from repairs.forms.visits import ChooseForm, NobodyCameForm, NobodyHomeForm, OfferForm, OnWayForm
from repairs.models import Ticket, Trade, Urgency
from repairs.queries.guide import NOT_A_BUTTON
from repairs.workflow import HoldReason
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import MomentField, PicturesField
from servicecenter.lib.refusals import NotFound
from servicecenter.sla.queries import pause_rules
from servicecenter.workflow.run import check, rows_for
from servicecenter.workflow.table import Transition


class ContactForm(ActionForm):
    """What the first call brought."""

    note = TextField(label=_("What you agreed with the owner"), max_length=LONG, multiline=True)


class SecureForm(ActionForm):
    """How the danger ended."""

    note = TextField(label=_("What was done so that nobody is in danger"), max_length=LONG, multiline=True)


class ScheduleForm(ActionForm):
    """When the visit is."""

    start = MomentField(label=_("From"))
    end = MomentField(label=_("Until"))


QUESTIONS = {
    "send_back": _("Why can you not do it?"),
    "cancel": _("Why does nobody need to come?"),
    "rework": _("What is not right yet?"),
    "decline_plan": _("What speaks against the plan?"),
}


class ReasonForm(ActionForm):
    """Why."""

    reason = TextField(label=_("Why"), max_length=500, multiline=True)

    def prepare(self) -> None:
        """Asks in the words of the step."""
        self.fields["reason"].label = QUESTIONS.get(self.action, _("Why"))


class CompleteForm(MaterialsForm, ActionForm):
    """What was done, with the standards that were kept, the materials that it took, and photos of it."""

    argument_fields: ClassVar = {"materials": "material_1"}

    ticks = StandardsField()
    summary = TextField(label=_("What was done"), max_length=LONG, multiline=True)
    photos = PicturesField(label=_("Photos after the work"))

    def prepare(self) -> None:
        """The checklist of the community for this trade, and its materials, if it has any."""
        self.also_required = offer_standards(self)
        offer_materials(self)
        self.order_fields(["ticks", "summary", *MATERIAL_FIELDS, "photos"])

    def clean(self) -> dict[str, Any]:
        """Each material has its quantity."""
        super().clean()
        check_pairs(self)
        return self.cleaned_data

    def arguments(self) -> dict[str, Any]:
        """The rows of materials as one list."""
        return with_materials(super().arguments())

    @property
    def picture_kind(self) -> str:
        """How it looks now."""
        return PhotoKind.AFTER

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """Photos and completion are one step: both happen or none."""
        super().take(pictures, by=by)
        add_photos(self.ticket, pictures=pictures, kind=self.picture_kind, by=by, at=self.at)


class HoldForm(ActionForm):
    """What the work waits for, and until when."""

    reason = forms.ChoiceField(label=_("Waiting for"), choices=HoldReason.choices, widget=forms.RadioSelect)
    resume_at = MomentField(label=_("Goes on by itself at"))
    note = TextField(label=_("Note"), max_length=500, multiline=True)

    def prepare(self) -> None:
        """Only reasons that are allowed here, each with the longest time it may take."""
        rules = pause_rules(work="repair", community_id=self.ticket.community_id)
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.choices = [
            (code, _hold_words(label, rules[code].longest_days))
            for code, label in HoldReason.choices
            if code in rules
        ]


def _hold_words(label: Any, days: int) -> str:
    return ngettext("%(reason)s (at most %(days)s day)", "%(reason)s (at most %(days)s days)", days) % {
        "reason": label,
        "days": days,
    }


class DuplicateForm(ActionForm):
    """Which other ticket is about the same problem."""

    duplicate_of = forms.CharField(label=_("Number of the other repair"), max_length=24)

    def clean_duplicate_of(self) -> Ticket:
        """An open ticket of the same community, by its number."""
        number = str(self.cleaned_data["duplicate_of"]).strip().upper()
        found = (
            Ticket.objects.visible_to(self.user)
            .filter(community=self.ticket.community_id, number=number)
            .first()
        )
        if found is None:
            raise forms.ValidationError(
                gettext("There is no repair with this number here."), code="not_found"
            )
        return found


class ClassifyForm(ActionForm):
    """The right trade and urgency."""

    trade = forms.ChoiceField(label=_("Trade"), choices=Trade.choices)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, widget=forms.RadioSelect)
    part = forms.ModelChoiceField(
        label=_("Part with a warranty"),
        queryset=WarrantyPart.objects.none(),
        empty_label=_("As the trade tells"),
    )
    reason = TextField(label=_("Why"), max_length=500)

    def prepare(self) -> None:
        """Begins with what the ticket says now; what is broken in a public area is no part of a home."""
        self.initial.update(trade=self.ticket.trade, urgency=self.ticket.urgency, part=self.ticket.part_id)
        part = self.fields["part"]
        assert isinstance(part, forms.ModelChoiceField)
        part.queryset = parts_of([self.ticket.community_id])
        if self.ticket.unit_id is None:
            del self.fields["part"]


class UrgeForm(ActionForm):
    """A word with the urge."""

    note = TextField(label=_("What makes it pressing"), max_length=500, multiline=True)


class NoteForm(ActionForm):
    """A note for everybody concerned, or for colleagues only."""

    note = TextField(label=_("Note"), max_length=LONG, multiline=True)
    internal = forms.BooleanField(label=_("For colleagues only; the resident does not see it"))

    def prepare(self) -> None:
        """Residents write to everybody concerned."""
        if not self.user.is_employee:
            del self.fields["internal"]


class PhotoForm(ActionForm):
    """More photos."""

    also_required = frozenset({"photos", "kind"})

    photos = PicturesField(label=_("Photos"))
    kind = forms.ChoiceField(
        label=_("What they show"),
        choices=[(kind.value, kind.label) for kind in (PhotoKind.REPORT, PhotoKind.BEFORE, PhotoKind.AFTER)],
        widget=forms.RadioSelect,
        initial=PhotoKind.REPORT,
    )

    def prepare(self) -> None:
        """Whoever works on it says what a photo shows; everybody else shows what is wrong."""
        if self.user.role in HANDS:
            self.fields["kind"].initial = PhotoKind.AFTER if self.ticket.completion_no else PhotoKind.BEFORE
        else:
            self.fields["kind"] = forms.ChoiceField(
                choices=[(PhotoKind.REPORT.value, PhotoKind.REPORT.label)],
                widget=forms.HiddenInput,
                initial=PhotoKind.REPORT,
            )

    @property
    def picture_kind(self) -> str:
        """What was chosen."""
        return str(self.cleaned_data["kind"])

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """All of the photos or none."""
        add_photos(self.ticket, pictures=pictures, kind=self.picture_kind, by=by, at=self.at)


FORMS: dict[str, type[ActionForm]] = {
    "offer_windows": OfferForm,
    "choose_window": ChooseForm,
    "accept_window": ChooseForm,
    "on_way": OnWayForm,
    "nobody_home": NobodyHomeForm,
    "nobody_came": NobodyCameForm,
    "dispatch": DispatchForm,
    "reassign": ReassignForm,
    "send_back": ReasonForm,
    "involve": InvolveForm,
    "contact": ContactForm,
    "schedule": ScheduleForm,
    "secure": SecureForm,
    "propose_plan": PlanForm,
    "approve_plan": ApproveForm,
    "decline_plan": ReasonForm,
    "complete": CompleteForm,
    "confirm": ConfirmForm,
    "hold": HoldForm,
    "rework": ReasonForm,
    "cancel": ReasonForm,
    "mark_duplicate": DuplicateForm,
    "classify": ClassifyForm,
    "urge": UrgeForm,
    "note": NoteForm,
    "add_photo": PhotoForm,
}


def form_for(
    action: str, ticket: Ticket, user: User, data: Data = None, files: Files = None, **kwargs: Any
) -> ActionForm:
    """The form of `action` (its name in the transition table) for this ticket and user.

    Refuses as the runner does: `not_found` for a stranger or an unknown action, `not_permitted` for a role
    that never may, `transition_refused` (409) when it is not possible from the present status. A form that was
    sent (`data`) is read in any status: it may be the second tap of a step that was just taken, and else the
    runner refuses it, with what was typed still at hand.
    """
    transition = check(ticket, action, user) if data is None else _row(ticket, action, user)
    if action in NOT_A_BUTTON:
        raise NotFound(_("There is no such action."), code="unknown_action")
    return FORMS.get(action, ActionForm)(ticket, user, transition, data, files, **kwargs)


def _row(ticket: Ticket, action: str, user: User) -> Transition:
    rows = rows_for(ticket, action, user)
    return next((each for each in rows if ticket.status in each.sources), rows[0])
