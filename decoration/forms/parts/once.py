"""What an application says once: what is done when, and by which company."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from decoration.actions.applying import save
from decoration.actions.contractors import known_contractor
from decoration.forms.parts.base import PartForm, PhoneField
from decoration.models import Contractor
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import (
    DayField,
)


class DaysForm(PartForm):
    """What, from when until when, and whom to call."""

    code, parts = "days", ("scope", "starts_on", "ends_on", "contact_phone")
    wanted = parts

    scope = TextField(label=_("What is to be done"), max_length=2000, multiline=True, required=False)
    starts_on = DayField(label=_("Works begin"), required=False)
    ends_on = DayField(label=_("Works end"), required=False)
    contact_phone = PhoneField(label=_("Your phone"), required=False)

    def prepare(self) -> None:
        """As it was saved."""
        self.fields["scope"].widget.attrs["rows"] = 3
        first = local_day(database_now()).isoformat()
        for name in ("starts_on", "ends_on"):
            self.fields[name].widget.attrs["min"] = first
        for name in ("scope", "starts_on", "ends_on", "contact_phone"):
            self.initial.setdefault(name, getattr(self.permit, name))

    def write(self, pictures: list[Any]) -> None:
        """Saves it."""
        names = ("scope", "starts_on", "ends_on", "contact_phone")
        said = {name: self.cleaned_data[name] for name in names}
        save(self.permit, said=said, by=self.user, version=self.seen)


class ContractorForm(PartForm):
    """Who does it: a company that is known here, or a new one with its papers; and the site manager."""

    code, parts = "contractor", ("contractor", "manager", "manager_name")
    wanted = ("contractor", "manager_name", "manager_phone")

    contractor = forms.ModelChoiceField(
        label=pgettext_lazy("permit", "Contractor"),
        queryset=Contractor.objects.none(),
        required=False,
        empty_label=_("One that is not on the list"),
    )
    name = TextField(label=_("Name of another company"), max_length=100, required=False)
    licence_no = TextField(label=_("Licence number"), max_length=40, required=False)
    licence_until = DayField(label=_("Licence ends"), required=False)
    insurance_until = DayField(label=_("Insurance ends"), required=False)
    manager_name = TextField(label=_("Site manager"), max_length=60, required=False)
    manager_phone = PhoneField(label=_("Phone of the site manager"), required=False)

    def prepare(self) -> None:
        """Companies of the community whose papers are in order; the one that was chosen."""
        known = Contractor.objects.filter(community=self.permit.community_id)
        usable = known.usable(local_day(database_now())) | known.filter(pk=self.permit.contractor_id or 0)
        field = self.fields["contractor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = usable.order_by("name", "id")
        self.initial.setdefault("contractor", self.permit.contractor_id)
        for name in ("manager_name", "manager_phone"):
            self.initial.setdefault(name, getattr(self.permit, name))

    @property
    def newcomer(self) -> list[forms.BoundField]:
        """What is asked of a company that is not on the list."""
        return [self[name] for name in ("name", "licence_no", "licence_until", "insurance_until")]

    @property
    def is_new(self) -> bool:
        """Whether these fields are wanted: no company of the list is chosen."""
        return not self["contractor"].value()

    def clean(self) -> dict[str, Any]:
        """A new company comes with its licence, and with one that has not ended."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("contractor") is None and cleaned.get("name"):
            for name in ("licence_no", "licence_until"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Please fill this in."))
            until = cleaned.get("licence_until")
            if until and until < local_day(database_now()):
                facts = {"name": cleaned["name"], "day": until}
                self.add_error("licence_until", gettext("The licence of %(name)s ended on %(day)s.") % facts)
        return cleaned

    def write(self, pictures: list[Any]) -> None:
        """Saves it; a new company is written down, a known licence is the company that has it."""
        given = self.cleaned_data
        contractor = given["contractor"]
        if contractor is None and given["name"]:
            contractor = known_contractor(
                self.permit.community,
                name=given["name"],
                licence_no=given["licence_no"],
                licence_until=given["licence_until"],
                insurance_until=given["insurance_until"],
            )
        said = {name: given[name] for name in ("manager_name", "manager_phone")} | {"contractor": contractor}
        save(self.permit, said=said, by=self.user, version=self.seen)
