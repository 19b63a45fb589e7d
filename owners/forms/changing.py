"""Proposing a correction: one form, whose input depends on what is corrected. Refusing one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.models import IdType, Person
from owners.models.changes import Value
from owners.workflow.changes import PARTS, Field
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from servicecenter.lib.normalise import (
    id_card,
    is_mobile,
    paper_number,
    person_name,
    phone_number,
    phone_numbers,
    plate,
    read_day,
)

_OFF = {"autocomplete": "off"}


def _phone(label: Any, **more: Any) -> forms.Field:
    widget = forms.TextInput(attrs=_OFF | {"inputmode": "tel"})
    return TextField(label=label, max_length=60, widget=widget, **more)


# What may be left empty takes the value off the record.
INPUTS: Mapping[str, Callable[[], forms.Field]] = {
    "name": lambda: TextField(label=_("Name"), max_length=100),
    "phone": lambda: _phone(
        _("New mobile number"), help_text=_("Signing in works with the new number only, once it is checked.")
    ),
    "spare_phone": lambda: _phone(_("Spare phone number"), required=False),
    "email": lambda: forms.EmailField(label=_("E-mail"), required=False, max_length=254),
    "id_type": lambda: forms.ChoiceField(label=_("Kind of paper"), choices=IdType.choices),
    "id_number": lambda: TextField(
        label=_("Number of the paper"),
        max_length=40,
        widget=forms.TextInput(attrs=_OFF),
        help_text=_("Stored sealed and shown masked."),
    ),
    "birthday": lambda: TextField(
        label=_("Birthday"), max_length=20, required=False, help_text=_("For example 1990-06-01.")
    ),
    "gender": lambda: forms.ChoiceField(
        label=_("Gender"),
        required=False,
        choices=[("", _("Not said")), ("m", _("male")), ("f", _("female"))],
        widget=forms.RadioSelect,
    ),
    "workplace": lambda: TextField(label=_("Workplace"), max_length=500, required=False),
    "emergency_contact": lambda: TextField(label=_("Emergency contact"), max_length=100, required=False),
    "emergency_phone": lambda: _phone(_("Phone number of the emergency contact"), required=False),
    "language": lambda: forms.ChoiceField(
        label=_("Preferred language"), required=False, choices=[("", _("As usual")), *settings.LANGUAGES]
    ),
    "call_hours": lambda: TextField(label=_("Best time to call"), max_length=100, required=False),
    "special_needs": lambda: TextField(
        label=_("Special needs"),
        max_length=500,
        required=False,
        help_text=_("Elderly, disabled, infant, pregnant, pets: what a colleague must know before a visit."),
    ),
    "plate": lambda: TextField(
        label=_("Number plate"), max_length=20, help_text=_("New-energy plates have eight characters.")
    ),
}


class ChangeForm(forms.Form):
    """What `field` of the record should read."""

    idempotency_key = KeyField()

    def __init__(self, *args: Any, person: Person, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.what = person, field
        for part in PARTS[field]:
            self.fields[part] = INPUTS[part]()
        if field == Field.VEHICLE_REMOVE:
            self.fields["plate"] = forms.ChoiceField(
                label=_("Vehicle"),
                widget=forms.RadioSelect,
                choices=[(str(each.pk), each.plate_mask) for each in person.vehicles.order_by("id")],
            )

    def clean_name(self) -> str:
        """Without spaces between Chinese characters."""
        return person_name(self.cleaned_data["name"])

    def clean_phone(self) -> str:
        """A mobile number of mainland China: sign-in codes go there."""
        number = phone_number(self.cleaned_data["phone"]) or ""
        if not is_mobile(number):
            raise forms.ValidationError(__("This is not a mobile number. It has 11 digits."))
        return number

    def clean_spare_phone(self) -> str:
        """One number or several with commas between."""
        return _numbers(self.cleaned_data["spare_phone"])

    def clean_emergency_phone(self) -> str:
        """Likewise."""
        return _numbers(self.cleaned_data["emergency_phone"])

    def clean_birthday(self) -> str:
        """A day that has been."""
        said = self.cleaned_data["birthday"]
        if not said:
            return ""
        today = local_day(database_now())
        day = read_day(said, latest=today)
        if day is None or day > today:
            raise forms.ValidationError(__("This is not a birthday. Please write it like 1990-06-01."))
        return day.isoformat()

    def clean_plate(self) -> str:
        """In upper case, without separators; a vehicle that is to go is named by its row."""
        said = self.cleaned_data["plate"]
        if self.what == Field.VEHICLE_REMOVE:
            return self.person.vehicles.get(pk=said).unseal()
        number = plate(said)
        if number is None:
            raise forms.ValidationError(
                __("There is no such plate. Ordinary plates have seven characters, new-energy plates eight.")
            )
        return number

    def clean(self) -> dict[str, Any]:
        """An identity card has its check digit; an emergency contact is a name with a number, or neither."""
        cleaned = super().clean() or self.cleaned_data
        if "id_number" in cleaned:
            number = paper_number(cleaned["id_number"])
            if cleaned.get("id_type") == IdType.ID_CARD:
                number = id_card(number) or ""
            if not number:
                self.add_error(
                    "id_number", __("This identity number cannot be right. Please check every digit.")
                )
            cleaned["id_number"] = number
        if self.what == Field.EMERGENCY and bool(cleaned.get("emergency_contact")) != bool(
            cleaned.get("emergency_phone", "!")
        ):
            self.add_error(None, __("An emergency contact needs a name and a phone number."))
        return cleaned

    @property
    def value(self) -> Value:
        """The new value by part."""
        return {part: str(self.cleaned_data[part]) for part in PARTS[self.what]}


def _numbers(said: str) -> str:
    if not said:
        return ""
    numbers, readable = phone_numbers(said)
    if not readable or not numbers:
        raise forms.ValidationError(__("This is not a phone number. A mobile number has 11 digits."))
    return ",".join(numbers)


class RefuseForm(forms.Form):
    """Why the record stays as it is."""

    reason = TextField(
        label=_("Why is it not applied?"),
        max_length=200,
        multiline=True,
        help_text=_("Whoever proposed it reads this."),
    )
    idempotency_key = KeyField()
