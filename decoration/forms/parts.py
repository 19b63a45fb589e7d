"""The application, part by part: each is saved by itself, in any order, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from decoration.actions import add_paper, add_worker, drop_worker, set_works
from decoration.actions.applying import save
from decoration.actions.contractors import known_contractor
from decoration.models import Contractor, Paper, Permit, Rule, Worker
from decoration.queries.gaps import asked_papers
from decoration.queries.terms import works_of
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import filed
from servicecenter.audit.idempotency import once
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import (
    KeyField,
    PicturesField,
    PicturesInput,
    add_refusal,
    files_of,
    renewed,
)
from servicecenter.lib.normalise.phones import phone_number
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import understood

FINAL = frozenset({403, 404, 429})


class DayField(forms.DateField):
    """A day, from the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **kwargs)


class PhoneField(TextField):
    """Digits of a phone number in any writing; '' for none."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
        super().__init__(max_length=32, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """Refuses what cannot be a phone number."""
        text = str(super().clean(value) or "")
        phone = phone_number(text) if text else ""
        if phone is None or len(phone) > 20:
            sentence = gettext("This does not look like a phone number. A mobile number has 11 digits.")
            raise forms.ValidationError(sentence, code="invalid")
        return phone


class PartForm(forms.Form):
    """One part of an application. `code` is its address, `parts` the fields that comments and gaps are about."""

    code = ""
    parts: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    # Whether a PDF is taken beside pictures.
    documents = False

    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    idempotency_key = KeyField()

    def __init__(self, *args: Any, permit: Permit, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{self.code}_%s"} | kwargs)
        self.permit, self.user = permit, user
        self.initial.setdefault("version", permit.version)
        self.prepare()
        # Wanted at the end, though not yet: they are not called optional.
        for name in self.wanted:
            self.fields[name].unmarked = True  # type: ignore[attr-defined]

    def prepare(self) -> None:
        """Choices and initial values of this application."""

    def write(self, pictures: list[Any]) -> None:
        """Saves what was typed."""
        raise NotImplementedError

    def settle(self) -> bool:
        """Saves it once per key, all of it or nothing. False: draw it again. Raises what no typing can mend."""
        if not self.is_valid():
            return False
        uploads = self.cleaned_data.get("photos") or []
        key = self.cleaned_data["idempotency_key"]
        route = f"permit:write:{self.permit.pk}:{self.code}"

        def act() -> tuple[int, dict[str, Any]]:
            self.write(pictures)
            return 200, {}

        try:
            with understood(), filed(files_of(uploads), documents=self.documents) as pictures:
                once(user=self.user, key=key, route=route, body={}, act=act)
        except Refusal as refusal:
            if refusal.status in FINAL:
                raise
            self.data = renewed(self.data)
            add_refusal(self, refusal)
            return False
        return True

    @property
    def seen(self) -> int | None:
        """The version of the page that was sent."""
        version: int | None = self.cleaned_data.get("version")
        return version


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
        """A new company comes with its licence."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("contractor") is None and cleaned.get("name"):
            for name in ("licence_no", "licence_until"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Please fill this in."))
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


class RoomForm(PartForm):
    """What is done in one room. Forbidden works can be ticked: they are refused with their law, not hidden."""

    code, parts, wanted = "room", ("works",), ("rules",)

    room = TextField(
        label=_("Room"), max_length=40, widget=forms.TextInput(attrs={"list": "rooms", "autocomplete": "off"})
    )
    rules = forms.ModelMultipleChoiceField(
        label=_("What is done there"),
        queryset=Rule.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("No tick takes the room off the application."),
    )

    def prepare(self) -> None:
        """The kinds of works of the community, with what each asks for."""
        choices = works_of(self.permit.community_id)
        # What most people do stands first; what needs papers, and what is forbidden, after it.
        rows = [*sorted(choices.allowed, key=lambda each: each.ruling != "free"), *choices.forbidden]
        field = self.fields["rules"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Rule.objects.works().filter(community=self.permit.community_id)
        field.choices = [(str(each.pk), _described(each)) for each in rows]

    def write(self, pictures: list[Any]) -> None:
        """Saves the room."""
        given = self.cleaned_data
        set_works(
            self.permit, room=given["room"], rules=list(given["rules"]), by=self.user, version=self.seen
        )


def _described(rule: Rule) -> str:
    """The works, and what they bring with them."""
    if rule.ruling == "forbidden":
        return gettext("%(works)s — forbidden (%(basis)s)") % {"works": rule.text, "basis": rule.basis}
    more = [gettext("with: %(papers)s") % {"papers": "、".join(rule.asked_papers)}] if rule.papers else []
    if rule.wet:
        more.append(gettext("with a water test"))
    return f"{rule.text} — {'；'.join(more)}" if more else rule.text


class WorkerForm(PartForm):
    """One worker, with a photo."""

    code, parts = "worker", ("workers",)

    name = TextField(label=_("Name"), max_length=60)
    id_number = TextField(
        label=_("ID card number"),
        max_length=32,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Only to check age and bans; a few digits of it are kept."),
    )
    craft = TextField(label=pgettext_lazy("worker", "Craft"), max_length=40, required=False)
    photos = PicturesField(label=_("Photo of the face"))

    def write(self, pictures: list[Any]) -> None:
        """Adds the worker."""
        given = self.cleaned_data
        add_worker(
            self.permit,
            name=given["name"],
            id_number=given["id_number"],
            craft=given["craft"],
            picture=pictures[0] if pictures else None,
            by=self.user,
            version=self.seen,
        )


class PaperForm(PartForm):
    """Pictures of one paper, or a drawing as PDF."""

    code, parts, documents = "paper", ("papers",), True

    paper = forms.ModelChoiceField(label=_("Paper"), queryset=Paper.objects.none(), empty_label=None)
    photos = PicturesField(label=_("Photos of the paper, or a PDF"), widget=PicturesInput(documents=True))

    def prepare(self) -> None:
        """The papers that are asked for."""
        field = self.fields["paper"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Paper.objects.filter(pk__in=[each.pk for each in asked_papers(self.permit)])

    def write(self, pictures: list[Any]) -> None:
        """Files them."""
        paper = self.cleaned_data["paper"]
        add_paper(self.permit, paper=paper, pictures=pictures, by=self.user, version=self.seen)


class DropWorkerForm(PartForm):
    """A worker who does not come after all."""

    code, parts = "drop_worker", ("workers",)

    worker = forms.ModelChoiceField(queryset=Worker.objects.none(), widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Those of the application."""
        field = self.fields["worker"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = self.permit.workers.all()

    def write(self, pictures: list[Any]) -> None:
        """Takes them off."""
        drop_worker(self.permit, worker=self.cleaned_data["worker"], by=self.user, version=self.seen)


PARTS: Mapping[str, type[PartForm]] = {
    form.code: form for form in (DaysForm, ContractorForm, RoomForm, WorkerForm, PaperForm, DropWorkerForm)
}
