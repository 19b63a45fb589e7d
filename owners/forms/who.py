"""Naming a person: somebody on record, found by phone or name, or somebody new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.actions.registering import Details, register_person
from owners.models import IdType, Person
from owners.queries import with_homes
from servicecenter.accounts.models import Community, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from servicecenter.lib.normalise import id_card, is_mobile, paper_number, person_name, phone_number

NEW = "new"
MOST_SHOWN = 6


class WhoForm(forms.Form):
    """Phone and name first. When the roll knows somebody like that, the form asks whether it is them.

    A record is never doubled silently: with matches on record, `person` must name one of them or say “new”.
    """

    phone = TextField(
        label=_("Phone"),
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}),
    )
    name = TextField(label=_("Name"), max_length=100)
    person = forms.ChoiceField(label=_("Already on record?"), required=False, widget=forms.RadioSelect)
    id_type = forms.ChoiceField(
        label=_("Kind of paper"),
        required=False,
        choices=[("", _("Not shown")), *IdType.choices],
    )
    id_number = TextField(
        label=_("Number of the paper"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Stored sealed and shown masked."),
    )
    language = forms.ChoiceField(
        label=_("Preferred language"), required=False, choices=[("", _("As usual")), *settings.LANGUAGES]
    )
    special_needs = TextField(
        label=_("Special needs"),
        max_length=500,
        required=False,
        help_text=_("Elderly, disabled, infant, pregnant, pets: what a colleague must know before a visit."),
    )
    idempotency_key = KeyField()

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        self.community = community
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.ChoiceField)
        person.choices = [(str(each.pk), self._words(each)) for each in self.known] + [
            (NEW, _("No, this is somebody else"))
        ]
        if not self.known:
            del self.fields["person"]

    @cached_property
    def known(self) -> list[Person]:
        """People on record whom the typed phone or name may mean."""
        phone = phone_number(str(self.data.get(self.add_prefix("phone"), ""))[:64]) or ""
        name = person_name(str(self.data.get(self.add_prefix("name"), ""))[:100].replace("\0", ""))
        people = with_homes(Person.objects.filter(community=self.community, merged_into=None))
        found = list(people.filter(phone=phone).order_by("id")[:MOST_SHOWN]) if phone else []
        if name and len(found) < MOST_SHOWN:
            others = people.filter(name=name).exclude(pk__in=[each.pk for each in found]).order_by("id")
            found += others[: MOST_SHOWN - len(found)]
        return found

    @staticmethod
    def _words(person: Person) -> str:
        homes: list[Any] = person.homes  # type: ignore[attr-defined]
        places = ", ".join(f"{home.unit.code} {home.get_role_display()}" for home in homes)
        return f"{person.name} · …{person.phone_last4} · {places or __('no present home')}"

    def clean_phone(self) -> str:
        """Digits only."""
        number = phone_number(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(__("This is not a phone number. A mobile number has 11 digits."))
        return number

    def clean_name(self) -> str:
        """Without spaces between Chinese characters."""
        return person_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        """A paper needs its kind, an identity card its check digit; matches on record need an answer."""
        cleaned = super().clean() or self.cleaned_data
        number, kind = cleaned.get("id_number", ""), cleaned.get("id_type", "")
        if number and not kind:
            self.add_error("id_type", __("Please say what kind of paper this is."))
        elif number and kind == IdType.ID_CARD and id_card(number) is None:
            self.add_error("id_number", __("This identity number cannot be right. Please check every digit."))
        if "person" in self.fields and not cleaned.get("person") and "person" not in self.errors:
            self.add_error("person", __("The roll knows somebody like this. Please choose."))
        return cleaned

    def who(self, *, by: User, at: datetime | None = None) -> Person:
        """The chosen record, or a new one. Refuses as `register_person` does."""
        chosen = self.cleaned_data.get("person", "")
        if chosen and chosen != NEW:
            return next(each for each in self.known if str(each.pk) == chosen)
        number = self.cleaned_data["id_number"]
        if self.cleaned_data["id_type"] == IdType.ID_CARD:
            number = id_card(number) or ""
        details = Details(
            name=self.cleaned_data["name"],
            phone=self.cleaned_data["phone"],
            id_type=self.cleaned_data["id_type"],
            id_number=paper_number(number),
            plain={name: self.cleaned_data[name] for name in ("language", "special_needs")},
        )
        return register_person(self.community, details, by=by, at=at)

    @property
    def gets_login(self) -> bool:
        """Whether the number can receive sign-in codes."""
        return is_mobile(self.cleaned_data.get("phone", ""))
