"""What somebody tells us, typed by a resident, by the desk, or by somebody without a name."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from complaints.actions import Said, Taken, add_photo, receive
from complaints.models import Channel, Kind, Level, Type
from complaints.queries.cases import numbered
from owners.models import Building, Person, Unit
from owners.queries import own_person, primary_contact, unit_named
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.actions import Filed, filed
from servicecenter.audit.idempotency import once
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField, PicturesField, files_of
from servicecenter.lib.normalise.phones import phone_number
from servicecenter.lib.refusals import Invalid

TEXT_LIMIT = 2000
ROUTE = "complaints:new"
PROPOSED = ("", _("Let the program choose"))


class SaidForm(forms.Form):
    """The text, what kind of thing it is, where, with photos: what everybody is asked."""

    channel: ClassVar[str] = Channel.POSTER
    kind = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Kind"),
        choices=[PROPOSED, *Kind.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    text = TextField(
        label=_("Please tell us"),
        max_length=TEXT_LIMIT,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    photos = PicturesField(label=_("Photos"), required=False)
    building = forms.ModelChoiceField(
        label=_("Building"), queryset=Building.objects.none(), required=False, empty_label=_("No building")
    )
    place = TextField(
        label=_("Where"),
        max_length=200,
        required=False,
        help_text=_("For example: lift of entrance 2, underground garage B1"),
    )
    type = forms.ChoiceField(
        label=pgettext_lazy("complaint", "Type"), choices=[PROPOSED, *Type.choices], required=False
    )
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, files: Any = None, *, community: Community, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.community = community
        field = self.fields["building"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Building.objects.filter(community=community)

    @property
    def said(self) -> dict[str, Any]:
        """What the action is told."""
        names = ("text", "kind", "type", "building", "place")
        return {name: self.cleaned_data.get(name) or None for name in names if self.cleaned_data.get(name)}

    def received(self, by: User | None, pictures: Sequence[Filed], **more: Any) -> Taken:
        """Registers it with its photos, all or nothing. Of an anonymous one no key is kept, which would name its
        author: its receipt tells it again."""
        key = self.cleaned_data.get("idempotency_key", "")
        said = Said(**self.said, **more)
        with transaction.atomic():
            taken = receive(
                said,
                community=self.community,
                channel=self.channel_of(),
                by=by,
                key=key if said.anonymous else "",
            )
            employee = by is not None and by.is_employee and by != taken.case.about
            author = by if employee or not said.anonymous else None
            for picture in [] if taken.again else pictures:
                add_photo(taken.case, picture=picture, by=author)
        return taken

    def once_only(self, by: User, **more: Any) -> Taken:
        """The same, once per key: sent again it is the case that is there already."""
        made: list[Taken] = []

        def act() -> tuple[int, dict[str, Any]]:
            made.append(self.received(by, pictures, **more))
            return 201, {"number": made[0].case.number}

        key = self.cleaned_data.get("idempotency_key", "")
        with self.filed() as pictures:
            _status, answer, again = once(user=by, key=key, route=ROUTE, body=self.body(), act=act)
        return made[0] if made else Taken(numbered(answer["number"]), again=again)

    def nameless(self, by: User | None) -> Taken:
        """From somebody whom nothing is kept of."""
        with self.filed() as pictures:
            return self.received(by, pictures, anonymous=True)

    def filed(self) -> AbstractContextManager[list[Filed]]:
        """The pictures that were sent, on disk before anything is locked."""
        return filed(files_of(self.cleaned_data.get("photos") or []))

    def channel_of(self) -> str:
        """How it reached us."""
        return self.channel

    def body(self) -> dict[str, Any]:
        """What makes two requests the same."""
        return {
            name: str(getattr(value, "pk", value))
            for name, value in self.cleaned_data.items()
            if name not in ("photos", "idempotency_key")
        }


class NamelessForm(SaidForm):
    """From the poster: nobody is asked who they are."""

    field_order = ("kind", "text", "photos", "building", "place")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["type"]


class PortalForm(SaidForm):
    """A resident, by name or without one."""

    channel = Channel.PORTAL
    unit = forms.ModelChoiceField(
        label=pgettext_lazy("dwelling", "Home"), queryset=Unit.objects.none(), required=False
    )
    anonymous = forms.BooleanField(
        label=_("Without my name"),
        required=False,
        help_text=_(
            "Nothing is kept of who you are, not even by us. You get a receipt with which you read our answer."
        ),
    )
    field_order = ("kind", "text", "photos", "unit", "building", "place", "type", "anonymous")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Unit.objects.visible_to(user).filter(community=self.community).order_by("code")
        field.empty_label = gettext("Not about my home")

    def save(self) -> Taken:
        """Registers it; by name once per key."""
        if self.cleaned_data["anonymous"]:
            return self.nameless(self.user)
        unit = self.cleaned_data["unit"]
        return self.once_only(self.user, unit=unit, reporter=own_person(self.user, self.community))


class DeskForm(SaidForm):
    """Whatever somebody tells at the telephone or the counter: one form for every voice."""

    unit = forms.CharField(
        label=_("Unit"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "3-2-1201"}),
    )
    level = forms.ChoiceField(
        label=_("Level"), choices=[("", _("As proposed")), *Level.choices], required=False
    )
    compensation = forms.BooleanField(label=_("Money is asked for"), required=False)
    about = forms.ModelChoiceField(
        label=_("About a colleague"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("They do not see a complaint about themselves; praise reaches them."),
    )
    other_side = TextField(
        label=_("Of neighbours: the other side"), max_length=100, required=False, help_text=_("Unit or name")
    )
    anonymous = forms.BooleanField(label=_("Wants to stay anonymous"), required=False)
    person = forms.ModelChoiceField(
        label=_("Reported by"), queryset=Person.objects.none(), required=False, widget=forms.HiddenInput
    )
    reporter_name = TextField(label=_("Name, if not in the roll"), max_length=100, required=False)
    contact_phone = TextField(
        label=_("Other contact phone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    heard = forms.ChoiceField(
        label=_("Channel"),
        choices=[each for each in Channel.choices if each[0] not in (Channel.PORTAL, Channel.API)],
        initial=Channel.HOTLINE,
    )
    field_order = (
        "text", "kind", "type", "level", "unit", "building", "place", "reporter_name", "contact_phone",
        "anonymous", "about", "other_side", "compensation", "heard", "photos",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for name, rows in (
            ("person", Person.objects.visible_to(user).filter(community=self.community)),
            ("about", User.objects.staff_of([self.community.pk]).order_by("name", "username")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    @cached_property
    def unit_now(self) -> Unit | None:
        """The unit that is typed at the moment."""
        text = str(self["unit"].value() or "").strip()
        try:
            return (
                unit_named(self.user, text, self.community)
                if 0 < len(text) <= 80 and "\0" not in text
                else None
            )
        except Invalid:
            return None

    def clean_unit(self) -> Unit | None:
        """The unit that is meant."""
        if str(self.cleaned_data["unit"]).strip() and self.unit_now is None:
            raise forms.ValidationError(gettext("There is no such unit here."), code="not_found")
        return self.unit_now

    def clean_contact_phone(self) -> str:
        """Digits only; refuses what cannot be a phone number."""
        text = str(self.cleaned_data["contact_phone"])
        phone = phone_number(text) if text else ""
        if phone is None or len(phone) > 20:
            raise forms.ValidationError(
                gettext("This does not look like a phone number. A mobile number has 11 digits."),
                code="invalid",
            )
        return phone

    def clean(self) -> dict[str, Any]:
        """Somebody without a name leaves nothing; somebody with one can be called back."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        named = [name for name in ("unit", "reporter_name", "contact_phone") if cleaned.get(name)]
        if cleaned["anonymous"]:
            for name in named:
                self.add_error(name, gettext("Whoever stays anonymous leaves neither name, phone nor unit."))
        elif not self._reporter() and not cleaned["contact_phone"]:
            self.add_error("contact_phone", gettext("Please take down a number to call back."))
        return cleaned

    def _reporter(self) -> Person | None:
        cleaned = self.cleaned_data
        if cleaned.get("person"):
            found: Person = cleaned["person"]
            return found
        unit = cleaned.get("unit")
        return primary_contact(unit) if unit and not cleaned.get("reporter_name") else None

    def channel_of(self) -> str:
        """How it was heard of."""
        return str(self.cleaned_data["heard"])

    @property
    def told(self) -> dict[str, Any]:
        """What the desk adds to the words."""
        cleaned = self.cleaned_data
        names = ("level", "about", "other_side")
        more = {name: cleaned[name] for name in names if cleaned.get(name)}
        more |= {"compensation": True} if cleaned["compensation"] else {}
        if cleaned["anonymous"]:
            return more | {"anonymous": True}
        return more | {
            "unit": cleaned["unit"],
            "reporter": self._reporter(),
            "reporter_name": cleaned["reporter_name"],
            "contact_phone": cleaned["contact_phone"],
        }

    def save(self) -> Taken:
        """Registers it, once per key."""
        return self.once_only(self.user, **self.told)
