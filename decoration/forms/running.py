"""Steps while work goes on: who patrols, violations seen again, water tests, passes, changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.forms.base import NoteForm, PermitStepForm, ReasonForm, choose
from decoration.forms.parts import PhoneField
from decoration.models import ChangeKind, Contractor, Rule, Violation, Worker
from decoration.queries.terms import works_of
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.actions import Filed
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, MomentField, PicturesField, PicturesInput


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
        label=_("Violation"),
        queryset=Violation.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        # Only open ones can be chosen: a colleague was quicker, above all while a phone had no signal.
        error_messages={"invalid_choice": _("This was put right before.")},
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

    with_pictures: ClassVar = True
    documents: ClassVar = True
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
    photos = PicturesField(
        label=_("Other works: papers they ask for"),
        help_text=_("A photo or PDF of each paper, in the order in which they are named."),
        widget=PicturesInput(documents=True),
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
            ChangeKind.SCOPE: ("room", "rules", "photos"),
            ChangeKind.CONTRACTOR: ("contractor", "manager_name", "manager_phone"),
        }
        return [(kind.value, [self[name] for name in fields]) for kind, fields in names.items()]

    def prepare(self) -> None:
        """Works that are not forbidden, companies whose papers are in order."""
        rows = [each.pk for each in works_of(self.case.community_id).allowed]
        choose(self, "rules", Rule.objects.works().filter(pk__in=rows))
        self.fields["rules"].label_from_instance = self._with_papers  # type: ignore[attr-defined]
        known = Contractor.objects.filter(community=self.case.community_id)
        choose(self, "contractor", known.usable(local_day(database_now())).order_by("name"))

    @staticmethod
    def _with_papers(rule: Rule) -> str:
        papers = ", ".join(line.strip() for line in rule.papers.splitlines() if line.strip())
        facts = {"works": rule.text, "papers": papers}
        return _("%(works)s (with: %(papers)s)") % facts if papers else rule.text

    def arguments(self) -> dict[str, Any]:
        """Rows, not a query."""
        given = super().arguments()
        return given | {"rules": list(given["rules"])}
