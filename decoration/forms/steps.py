"""What each step of a permit asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from decoration.actions import CALLS, add_photo
from decoration.forms.parts import DayField, PhoneField
from decoration.models import ChangeKind, Contractor, Deduction, Rule, Violation, Worker
from decoration.queries.guide import GUIDE
from decoration.queries.terms import works_of
from decoration.queries.versions import PARTS
from owners.models import ConsentHow, Person
from owners.queries.homes import owners_here
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.actions import Filed
from servicecenter.cases.forms import Data, Files, StepForm, row_for
from servicecenter.ledger.models import Method
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import MomentField, PicturesField, PicturesInput
from servicecenter.lib.refusals import NotFound
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


class AsideNoteForm(NoteForm):
    """A note for whoever applied, or for colleagues only."""

    internal = forms.BooleanField(label=_("For colleagues only; the resident does not see it"))

    def prepare(self) -> None:
        """Residents write to everybody concerned."""
        if not self.user.is_employee:
            del self.fields["internal"]


class ReasonForm(PermitStepForm):
    """Why."""

    reason = TextField(label=_("Why"), max_length=REASON, multiline=True)


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


class AssignForm(PermitStepForm):
    """Who patrols."""

    inspector = forms.ModelChoiceField(label=_("Who patrols"), queryset=User.objects.none())

    def prepare(self) -> None:
        """Technicians and guards of the community."""
        staff = User.objects.staff_of([self.case.community_id], Role.TECHNICIAN, Role.SECURITY)
        choose(self, "inspector", staff.order_by("name", "username"))
        self.initial.setdefault("inspector", self.case.inspector_id)


class RecheckForm(NoteForm):
    """Which violation, and whether it is put right."""

    with_pictures: ClassVar = True
    violation = forms.ModelChoiceField(
        label=_("Violation"), queryset=Violation.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    result = forms.ChoiceField(
        label=_("Is it put right?"),
        choices=[("yes", _("Yes, it is put right")), ("no", pgettext_lazy("violation", "Not yet"))],
        widget=forms.RadioSelect,
    )
    photos = PicturesField(label=_("Photos"))
    field_order = ("violation", "result", "note", "photos")

    def prepare(self) -> None:
        """Open ones; the only one is chosen."""
        rows = self.case.violations.open()
        choose(self, "violation", rows)
        if len(rows) == 1:
            self.initial.setdefault("violation", rows[0].pk)

    def arguments(self) -> dict[str, Any]:
        """In the action's words."""
        given = super().arguments()
        return given | {"mended": given.pop("result") == "yes"} | self.when()


class WaterForm(NoteForm):
    """A room, two instants and what was seen below."""

    with_pictures: ClassVar = True
    room = forms.ChoiceField(label=_("Room"))
    filled_at = MomentField(label=pgettext_lazy("water test", "Filled"))
    checked_at = MomentField(label=pgettext_lazy("water test", "Looked at"))
    result = forms.ChoiceField(
        label=_("Does it hold?"),
        choices=[("yes", _("It holds")), ("no", _("It leaks"))],
        widget=forms.RadioSelect,
    )
    photos = PicturesField(label=_("Photos"))
    field_order = ("room", "filled_at", "checked_at", "result", "note", "photos")

    def prepare(self) -> None:
        """Rooms that have not been tested first."""
        rooms = [*self.case.untested_rooms, *self.case.wet_rooms]
        field = self.fields["room"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each, each) for each in dict.fromkeys(rooms)]

    def arguments(self) -> dict[str, Any]:
        """In the action's words."""
        given = super().arguments()
        return given | {"tight": given.pop("result") == "yes"}


class RevokeForm(ReasonForm):
    """Whose pass, and why."""

    worker = forms.ModelChoiceField(label=_("Whose pass"), queryset=Worker.objects.none(), empty_label=None)
    field_order = ("worker", "reason")

    def prepare(self) -> None:
        """Passes that are valid."""
        choose(self, "worker", self.case.workers.filter(revoked_at=None))


class AddWorkerForm(PermitStepForm):
    """One more worker."""

    also_required: ClassVar = frozenset({"photos"})
    name = TextField(label=_("Name"), max_length=60)
    id_number = TextField(label=_("ID card number"), max_length=32)
    craft = TextField(label=pgettext_lazy("worker", "Craft"), max_length=40)
    photos = PicturesField(label=_("Photo of the face"))

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """With the photo of their pass."""
        self.call()(self.case, by=by, picture=pictures[0] if pictures else None, **self.arguments())


class ChangeForm(ReasonForm):
    """More time, other works, or another contractor."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("permit", "What changes"), choices=ChangeKind.choices, widget=forms.RadioSelect
    )
    ends_on = DayField(label=_("More time: new end of the works"))
    room = TextField(label=_("Other works: room"), max_length=40)
    rules = forms.ModelMultipleChoiceField(
        label=_("Other works: what is added"),
        queryset=Rule.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    contractor = forms.ModelChoiceField(
        label=_("Another contractor"), queryset=Contractor.objects.none(), empty_label=_("The same as now")
    )
    manager_name = TextField(label=_("Its site manager"), max_length=60)
    manager_phone = PhoneField(label=_("Phone of the site manager"))
    field_order = ("kind", "reason")

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """What each kind of change asks for; the page shows the part of the kind that is chosen."""
        names = {
            ChangeKind.EXTENSION: ("ends_on",),
            ChangeKind.SCOPE: ("room", "rules"),
            ChangeKind.CONTRACTOR: ("contractor", "manager_name", "manager_phone"),
        }
        return [(kind.value, [self[name] for name in fields]) for kind, fields in names.items()]

    def prepare(self) -> None:
        """Works that are not forbidden, companies whose papers are in order."""
        rows = [each.pk for each in works_of(self.case.community_id).allowed]
        choose(self, "rules", Rule.objects.works().filter(pk__in=rows))
        known = Contractor.objects.filter(community=self.case.community_id)
        choose(self, "contractor", known.usable(local_day(database_now())).order_by("name"))

    def arguments(self) -> dict[str, Any]:
        """Rows, not a query."""
        given = super().arguments()
        return given | {"rules": list(given["rules"])}


class DeductForm(PermitStepForm):
    """One line of what is kept."""

    with_pictures: ClassVar = True
    what = TextField(label=pgettext_lazy("deduction", "What for"), max_length=200)
    amount = forms.DecimalField(label=_("Amount in yuan"), max_digits=9, decimal_places=2)
    violation = forms.ModelChoiceField(
        label=_("For which violation"), queryset=Violation.objects.none(), empty_label=_("None")
    )
    photos = PicturesField(label=_("Photos that prove it"))

    def prepare(self) -> None:
        """Those of the permit."""
        choose(self, "violation", self.case.violations.all())


class DropDeductionForm(PermitStepForm):
    """Which one."""

    deduction = forms.ModelChoiceField(
        label=_("Deduction"), queryset=Deduction.objects.none(), empty_label=None, widget=forms.RadioSelect
    )

    def prepare(self) -> None:
        """Those that stand."""
        choose(self, "deduction", self.case.deductions.filter(dropped_at=None))


class AskRefundForm(PermitStepForm):
    """Where the money is to go."""

    refund_to = TextField(
        label=_("Where the money is to go"),
        max_length=120,
        help_text=_("WeChat, Alipay, a bank account, or cash at the desk. Only the desk reads it."),
    )


class PayForm(PermitStepForm):
    """How the money goes back."""

    method = forms.ChoiceField(
        label=_("How it is returned"), choices=Method.choices, widget=forms.RadioSelect
    )
    reference = TextField(
        label=_("Reference of the payment"), max_length=80, help_text=_("Needed for a bank transfer.")
    )


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
