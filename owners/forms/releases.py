"""Asking for a goods release, the owner's word on it, and what the guard says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from owners.actions.releases import Consent, Goods, Wish, ask
from owners.forms.keys import BY_WORD
from owners.models import GoodsRelease, Occupancy, Person, Unit
from owners.models.releases import OWNERS
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField, MomentField, PicturesField
from servicecenter.lib.normalise.plates import plate

# 沙发 ×2 · 纸箱 12个. A bare number belongs to the name: iPhone 15.
_COUNTED = re.compile(
    r"(.+?)\s*(?:[×xX*✕]\s*(\d{1,3})|\s(\d{1,3})\s*[件个個台张張箱把套只隻袋条條床])\s*[件个個台张張箱把套只隻袋条條床]?"
)
MOST_LINES = 30


def goods_of(text: str) -> list[Goods]:
    """The lines of a list: 沙发 ×2 is two of them."""
    goods = []
    for line in text.splitlines():
        name = line.strip(" \t、,，;；")
        match = _COUNTED.fullmatch(name)
        if match:
            goods.append(Goods(match[1].strip(), int(match[2] or match[3])))
        elif name:
            goods.append(Goods(name))
    return goods


class GoodsField(TextField):
    """A list of goods, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=3000, multiline=True, **kwargs)

    def clean(self, value: Any) -> Any:
        """The goods; refuses more than 30 lines, a line that is too long, and none of something."""
        goods = goods_of(super().clean(value))
        if not 0 < len(goods) <= MOST_LINES:
            raise ValidationError(__("Please list 1 to 30 things, one a line."), code="goods")
        if any(not 0 < len(each.name) <= 80 or not 1 <= each.quantity <= 999 for each in goods):
            raise ValidationError(
                __("A line has at most 80 characters, and a number from 1 to 999."), code="goods"
            )
        return goods


class AskForm(forms.Form):
    """What leaves, when, with which vehicle."""

    goods = GoodsField(
        label=_("What leaves, one a line"),
        help_text=_("With the number where there are several: sofa ×2"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = PicturesField(label=_("Photos"), required=False)
    valid_from = MomentField(label=_("From"))
    valid_until = MomentField(label=_("Until"), help_text=_("At most 7 days."))
    plate = TextField(
        label=_("Number plate of the vehicle"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Stored sealed; the guard sees its last three characters."),
    )
    note = TextField(label=_("Note for the guard"), max_length=200, required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begins = timezone.localtime(timezone=LOCAL).replace(second=0, microsecond=0)
        self.fields["valid_from"].initial = begins
        self.fields["valid_until"].initial = begins + timedelta(hours=6)

    def clean_plate(self) -> str:
        """As it stands on the vehicle, without separators."""
        typed = self.cleaned_data["plate"]
        number = plate(typed) if typed else ""
        if number is None:
            raise ValidationError(__("This is not a number plate."), code="invalid")
        return number

    @property
    def lost_photos(self) -> bool:
        """A browser does not send photos a second time by itself: say so."""
        return bool(self.errors and self.files)

    def wish(self, pictures: Sequence[Filed]) -> Wish:
        """What is asked for."""
        given = self.cleaned_data
        return Wish(
            goods=given["goods"],
            valid_from=given["valid_from"],
            valid_until=given["valid_until"],
            plate=given["plate"],
            note=given["note"],
            pictures=pictures,
        )


class HomeAskForm(AskForm):
    """A resident asks for one of the own homes."""

    unit = forms.ChoiceField(label=pgettext_lazy("dwelling", "Home"), widget=forms.RadioSelect)

    field_order = ["unit", "goods", "photos", "valid_from", "valid_until", "plate", "note"]

    def __init__(self, *args: Any, homes: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.homes = {str(each.pk): each for each in homes}
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ChoiceField)
        unit.choices = [(pk, each.code) for pk, each in self.homes.items()]
        unit.initial = next(iter(self.homes), "")
        if len(self.homes) == 1:
            unit.widget = forms.HiddenInput()

    def save(self, applicant: Person, *, by: User, pictures: Sequence[Filed]) -> GoodsRelease:
        """Refuses as `ask` does."""
        return ask(self.homes[self.cleaned_data["unit"]], applicant, self.wish(pictures), by=by)


class ConsentForm(forms.Form):
    """Which owner agreed, how, and when."""

    consent_of = forms.ChoiceField(label=_("Owner who agreed"), widget=forms.RadioSelect)
    consent_how = forms.ChoiceField(
        label=_("How"), choices=BY_WORD, initial="phone", widget=forms.RadioSelect
    )
    consent_at = MomentField(label=_("When"), required=False, help_text=_("Empty: now."))
    consent_note = TextField(label=_("What was said"), max_length=200, required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, owners: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {str(each.pk): each for each in owners}
        consent_of = self.fields["consent_of"]
        assert isinstance(consent_of, forms.ChoiceField)
        consent_of.choices = [(pk, each.name) for pk, each in self.owners.items()]
        if len(self.owners) == 1:
            consent_of.initial = next(iter(self.owners))

    def said(self, now: datetime) -> Consent | None:
        """The consent that was written down; None for none."""
        given = self.cleaned_data
        owner = self.owners.get(given.get("consent_of", ""))
        if owner is None:
            return None
        return Consent(owner, given["consent_how"], given["consent_at"] or now, given["consent_note"])


class CounterAskForm(ConsentForm, AskForm):
    """The same at the counter: for whom, and the owner's consent if it is at hand."""

    applicant = forms.ChoiceField(label=_("For whom"), widget=forms.RadioSelect)

    field_order = [
        "applicant", "goods", "photos", "valid_from", "valid_until", "plate", "note", "consent_of", "consent_how",
        "consent_at", "consent_note",
    ]  # fmt: skip

    def __init__(self, *args: Any, unit: Unit, residents: Sequence[Occupancy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        self.residents = {str(each.person_id): each for each in residents}
        applicant = self.fields["applicant"]
        assert isinstance(applicant, forms.ChoiceField)
        applicant.choices = [
            (pk, f"{each.person.name} · {each.get_role_display()}") for pk, each in self.residents.items()
        ]
        consent_of = self.fields["consent_of"]
        assert isinstance(consent_of, forms.ChoiceField)
        consent_of.required, consent_of.initial = False, ""
        consent_of.help_text = _("Only for tenants and family; without it, the owner is asked.")
        consent_of.choices = [
            ("", pgettext("consent", "Not yet")),
            *((pk, each.name) for pk, each in self.owners.items()),
        ]

    def save(self, *, by: User, pictures: Sequence[Filed], now: datetime) -> GoodsRelease:
        """Refuses as `ask` does."""
        stay = self.residents[self.cleaned_data["applicant"]]
        agreed = None if stay.role in OWNERS else self.said(now)
        return ask(self.unit, stay.person, self.wish(pictures), by=by, agreed=agreed, at=now)


class CodeForm(forms.Form):
    """The code of a slip, typed or scanned."""

    code = TextField(
        label=_("Code for the gate"),
        max_length=64,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "gate-code",
            }
        ),
    )


class GateForm(forms.Form):
    """What the guard ticked off, and why not."""

    items = forms.MultipleChoiceField(
        label=_("What leaves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = TextField(label=pgettext_lazy("why", "Reason"), max_length=200, required=False)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, release: GoodsRelease, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = self.fields["items"]
        assert isinstance(items, forms.MultipleChoiceField)
        items.choices = [(str(each.pk), str(each)) for each in release.items.all()]

    @property
    def taken(self) -> set[int]:
        """The ids of the lines that leave."""
        return {int(pk) for pk in self.cleaned_data["items"]}
