"""What an application names again and again: rooms, workers, pictures of papers; and what takes one away."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from decoration.actions import add_paper, add_worker, drop_picture, drop_worker, set_works
from decoration.forms.parts.base import PartForm
from decoration.models import Paper, Rule, Worker
from decoration.queries.gaps import asked_papers
from decoration.queries.terms import works_of
from servicecenter.attachments.models import Photo
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import (
    PicturesField,
    PicturesInput,
)


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


class DropPictureForm(PartForm):
    """One wrong picture of a paper; the others stay."""

    code, parts = "drop_picture", ("papers",)

    photo = forms.ModelChoiceField(
        queryset=Photo.objects.none(), to_field_name="token", widget=forms.HiddenInput
    )

    def prepare(self) -> None:
        """Those of the papers of the application."""
        field = self.fields["photo"]
        assert isinstance(field, forms.ModelChoiceField)
        papers = self.permit.papers.values("pk")
        field.queryset = Photo.objects.filter(work="permit_paper", case_id__in=papers)

    def write(self, pictures: list[Any]) -> None:
        """Takes it away."""
        drop_picture(self.permit, photo=self.cleaned_data["photo"], by=self.user, version=self.seen)
