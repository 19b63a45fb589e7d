"""A repair that somebody tells at the telephone or at the counter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.models import Building, Occupancy, Person, Unit, WarrantyPart
from owners.queries.warranty import parts_of
from repairs.forms.windows import WindowsField
from repairs.models import Channel, Trade, Urgency
from servicecenter.accounts.models import Community, Role, User
from servicecenter.desk.forms.filters import BuildingField, choose_from
from servicecenter.desk.queries.callers import unit_for
from servicecenter.desk.queries.register import person_by_phone, primary_contact, readable_phone, unit_named
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField

# What a member of staff takes down; the others come from the portal, the API or other work.
TAKEN_DOWN = (Channel.HOTLINE, Channel.FRONT_DESK, Channel.INTERCOM, Channel.PATROL)
TEXT_LENGTH = 2000


@dataclass(frozen=True)
class Caller:
    """Somebody from the roll who can be chosen as the reporter."""

    person: Person
    role: str = ""
    chosen: bool = False

    @property
    def value(self) -> int:
        return self.person.pk

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def phone(self) -> str:
        return self.person.phone


class RegisterForm(forms.Form):
    """Everything has a default but the place and the text.

    The unit is typed in any spelling. Without a named reporter the unit's primary contact is taken; a caller
    who is not in the
    roll needs a name and a phone number. A number of the roll is never put into the page: an empty phone means
    the one on file.
    """

    community = forms.ModelChoiceField(label=_("Community"), queryset=Community.objects.none())
    unit = forms.CharField(
        label=_("Unit"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "3-2-1201", "list": "units"}),
    )
    building = BuildingField(
        label=_("Building"),
        queryset=Building.objects.none(),
        required=False,
        empty_label=_("No building"),
    )
    public_area = TextField(
        label=_("Public area"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Lift, corridor on floor 3, gate…")}),
    )
    text = TextField(
        label=_("What happened"),
        max_length=TEXT_LENGTH,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 4, "data-send-keys": "", "autofocus": True}),
    )
    reporter = forms.ModelChoiceField(
        label=_("Reported by"), queryset=Person.objects.none(), required=False, widget=forms.HiddenInput
    )
    reporter_name = TextField(label=_("Name, if not in the roll"), max_length=100, required=False)
    contact_phone = TextField(
        label=_("Other contact phone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    trade = forms.ChoiceField(
        label=_("Trade"), required=False, choices=[("", _("As proposed")), *Trade.choices]
    )
    part = forms.ModelChoiceField(
        label=_("Part with a warranty"),
        queryset=WarrantyPart.objects.none(),
        required=False,
        empty_label=_("As the trade tells"),
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        required=False,
        choices=[("", _("As proposed")), *Urgency.choices],
        widget=forms.RadioSelect,
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[(channel.value, channel.label) for channel in TAKEN_DOWN],
        initial=Channel.HOTLINE,
    )
    technician = forms.ModelChoiceField(
        label=_("Dispatch at once"), queryset=User.objects.none(), required=False, empty_label=_("Not yet")
    )
    preferred_windows = WindowsField(label=_("When it suits"), help_text="")
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        self.user = user
        communities = Community.objects.visible_to(user)
        super().__init__(data, initial={"community": next(iter(user.community_ids), None)} | (initial or {}))
        choose_from(self, "community", communities)
        choose_from(self, "building", Building.objects.visible_to(user).select_related("community"))
        choose_from(self, "reporter", Person.objects.visible_to(user))
        technicians = User.objects.staff_of(user.community_ids, Role.TECHNICIAN)
        choose_from(self, "technician", technicians.order_by("name", "username"))
        choose_from(self, "part", parts_of(user.community_ids))
        building = self.fields["building"]
        assert isinstance(building, BuildingField)
        building.several = len(user.community_ids) > 1
        if not building.several:
            self.fields["community"].widget = forms.HiddenInput()

    @cached_property
    def community_now(self) -> Community | None:
        """The community that is chosen at the moment, also while the form is not complete."""
        found: Community | None = _chosen(self, "community")
        return found

    @cached_property
    def unit_now(self) -> Unit | None:
        """The unit that is typed at the moment, with its residents."""
        text = str(self["unit"].value() or "").strip()
        found = unit_named(self.user, text, self.community_now) if text else None
        return found if isinstance(found, Unit) else None

    @cached_property
    def reporter_now(self) -> Person | None:
        """The person who is chosen at the moment."""
        found: Person | None = _chosen(self, "reporter")
        return found

    @property
    def part_now(self) -> WarrantyPart | None:
        """The part with a warranty that is chosen at the moment."""
        found: WarrantyPart | None = _chosen(self, "part")
        return found

    @property
    def building_now(self) -> Building | None:
        """The building of a public area, as it is chosen at the moment."""
        found: Building | None = _chosen(self, "building")
        return found

    @property
    def names_another(self) -> bool:
        """“Somebody else” was chosen: the choice was sent, and it is empty."""
        return self.reporter_now is None and "reporter" in self.data

    @property
    def callers(self) -> list[Caller]:
        """Who may be calling: the person whose card it was, and those who live in the unit; one of them is chosen."""
        chosen, unit = self.reporter_now, self.unit_now
        found = {
            home.person_id: Caller(home.person, str(home.get_role_display())) for home in _residents(unit)
        }
        if chosen is not None:
            found = {chosen.pk: found.get(chosen.pk) or Caller(chosen)} | found
        elif found and not self.names_another:
            chosen = next(iter(found.values())).person
        return [replace(each, chosen=each.person == chosen) for each in found.values()]

    def clean_unit(self) -> Unit | None:
        """The unit that is meant; a spelling that fits several says which."""
        text = str(self.cleaned_data["unit"]).strip()
        if not text:
            return None
        found = unit_named(self.user, text, self.cleaned_data.get("community"))
        if isinstance(found, Unit):
            return found
        if not found:
            raise forms.ValidationError(__("There is no such unit here."), code="not_found")
        codes = ", ".join(unit.code for unit in found[:5])
        raise forms.ValidationError(
            __("Several units fit: %(codes)s"), code="several", params={"codes": codes}
        )

    def clean_contact_phone(self) -> str:
        """Digits only; refuses what cannot be a phone number."""
        text = str(self.cleaned_data["contact_phone"])
        phone = readable_phone(text)
        if text and (not phone or len(phone) > 20):
            raise forms.ValidationError(
                __("This does not look like a phone number. A mobile number has 11 digits."), code="invalid"
            )
        return phone

    def clean(self) -> dict[str, Any]:
        """Finds the reporter: chosen, recognised by the number, or the unit's primary contact."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if not cleaned["unit"] and not cleaned["public_area"]:
            self.add_error("unit", __("Please say which unit or public area."))
            return cleaned
        cleaned["reporter"] = cleaned["reporter"] or self._found(cleaned)
        if cleaned["reporter"] is None and not cleaned["contact_phone"]:
            self.add_error("contact_phone", __("Please take down a number to call back."))
        if cleaned["reporter"] is None and not cleaned["reporter_name"]:
            self.add_error("reporter_name", __("Please take down a name."))
        if cleaned["unit"]:
            cleaned["building"] = None
        return cleaned

    def _found(self, cleaned: dict[str, Any]) -> Person | None:
        if cleaned["contact_phone"]:
            person = person_by_phone(self.user, cleaned["contact_phone"], cleaned["community"])
            if person is not None or cleaned["reporter_name"]:
                return person
        # Where the page did not offer the choice yet, the primary contact is meant.
        if cleaned["unit"] and not cleaned["reporter_name"] and not self.names_another:
            return primary_contact(cleaned["unit"])
        return None

    @property
    def reported(self) -> dict[str, Any]:
        """What the action is called with."""
        skipped = {"idempotency_key"}
        return {name: value for name, value in self.cleaned_data.items() if name not in skipped}

    @property
    def body(self) -> dict[str, str]:
        """What was sent, for telling a repeated request from another one."""
        return {name: str(getattr(value, "pk", value)) for name, value in sorted(self.reported.items())}


def _residents(unit: Unit | None) -> list[Occupancy]:
    return list(getattr(unit, "residents", ()))


def initial_for(user: User, *, person: Person | None, unit_id: int | None) -> dict[str, Any]:
    """Defaults when the form is opened from a card: the caller, and their only or chosen unit. Refuses `not_found`."""
    homes = [home.unit for home in getattr(person, "homes", [])]
    unit = unit_for(user, unit_id) if unit_id else homes[0] if len(homes) == 1 else None
    known: dict[str, Any] = {}
    if person is not None:
        known |= {"reporter": person.pk, "community": person.community_id}
    if unit is not None:
        known |= {"unit": unit.code, "community": unit.community_id}
    return known


def _chosen(form: forms.Form, name: str) -> Any:
    """The row behind a choice, None for none or a wrong one."""
    try:
        return form.fields[name].clean(form[name].value() or None)
    except forms.ValidationError:
        return None
