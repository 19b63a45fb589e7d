"""The forms of the single steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handovers.actions import arriving, closing, inspecting, papers, planning
from handovers.forms.base import HandoverForm
from handovers.queries.days import open_slots
from owners.models import Key, KeyKind
from owners.workflow.keys import KeyStatus
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.signatures import signature_filed
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextField
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.words import exact_words

MOST_NEW = 20
# Kinds that are usually handed out to an owner, in this order on the form.
HANDED_OUT = (KeyKind.DOOR, KeyKind.ENTRANCE, KeyKind.MAILBOX, KeyKind.CARD)

# Steps that need nothing but the page they were taken on.
SIMPLE: Mapping[str, Callable[..., Any]] = {
    "unbook": arriving.unbook,
    "miss": arriving.miss,
    "undo_check_in": arriving.undo_check_in,
    "reopen_papers": papers.reopen_papers,
    "finish_fees": papers.finish_fees,
    "reopen_fees": papers.reopen_fees,
    "start_inspection": inspecting.start,
    "leave": inspecting.leave,
    "finish_inspection": inspecting.finish_inspection,
    "reopen_inspection": inspecting.reopen_inspection,
    "sign_off": closing.sign_off,
}


class SimpleForm(HandoverForm):
    """A step without further words."""

    def take(self, action: str) -> None:
        """Takes it."""
        SIMPLE[action](self.handover, by=self.user, version=self.seen)


class BookForm(HandoverForm):
    """An appointment among the slots with a place left."""

    slot = forms.ChoiceField(label=_("Appointment"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        """The slots of the building that can still be booked."""
        self.slots = {str(slot.pk): slot for slot in open_slots(self.handover, database_now())}
        field = self.fields["slot"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(pk, exact_words(slot.starts_at)) for pk, slot in self.slots.items()]

    def take(self, action: str) -> None:
        """Takes the place."""
        slot = self.slots[self.cleaned_data["slot"]]
        arriving.book(self.handover, slot=slot, by=self.user, version=self.seen)


class CheckInForm(HandoverForm):
    """Who is here."""

    proxy_name = TextField(
        label=_("Proxy"),
        max_length=100,
        required=False,
        help_text=_("Only when somebody comes in the owner's place: their name."),
    )

    def take(self, action: str) -> None:
        """Checks in."""
        name = self.cleaned_data["proxy_name"]
        arriving.check_in(self.handover, proxy_name=name, by=self.user, version=self.seen)


class ReasonForm(HandoverForm):
    """A step that needs a reason."""

    reason = TextField(label=_("Reason"), max_length=200)

    def take(self, action: str) -> None:
        """Cancels, or sends back."""
        act = {"cancel": planning.cancel, "send_back": closing.send_back}[action]
        act(self.handover, reason=self.cleaned_data["reason"], by=self.user, version=self.seen)


class SignForm(HandoverForm):
    """Somebody signs on the screen. The signature is on disk before anything is locked."""

    signature = forms.CharField(
        widget=forms.HiddenInput,
        max_length=700_000,
        error_messages={"required": _("Please let the owner sign in the field below.")},
    )

    def take(self, action: str) -> None:
        """The papers are signed for."""
        with self.drawn() as picture:
            papers.finish_papers(self.handover, picture=picture[0], by=self.user, version=self.seen)

    def drawn(self) -> Any:
        """The drawn signature as a filed picture."""
        return signature_filed(self.cleaned_data["signature"])


class FinalSignForm(SignForm):
    """The owner accepts the unit."""

    signer = TextField(label=_("Who signs"), max_length=100)

    def prepare(self) -> None:
        """The owner's name, or the proxy's."""
        self.initial.setdefault("signer", self.handover.proxy_name or self.handover.person.name)

    def take(self, action: str) -> None:
        """Signs."""
        with self.drawn() as picture:
            closing.sign(
                self.handover,
                picture=picture[0],
                signer=self.cleaned_data["signer"],
                by=self.user,
                version=self.seen,
            )


class KeysForm(HandoverForm):
    """Which keys go out: those of the register that are at the center, and new ones by number."""

    keys = forms.MultipleChoiceField(
        label=_("Keys at the center"), required=False, widget=forms.CheckboxSelectMultiple
    )
    signature = forms.CharField(widget=forms.HiddenInput, max_length=700_000, required=False)

    def prepare(self) -> None:
        """What the center keeps of the unit; nothing to choose from is not asked."""
        kept = Key.objects.filter(unit=self.handover.unit_id, status=KeyStatus.KEPT).order_by("kind", "tag")
        self.kept = {str(key.pk): key for key in kept}
        field = self.fields["keys"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(pk, f"{key.get_kind_display()} {key.tag}") for pk, key in self.kept.items()]
        self.initial.setdefault("keys", list(self.kept))
        if not self.kept:
            del self.fields["keys"]
        for kind in HANDED_OUT:
            self.fields[f"new_{kind}"] = forms.IntegerField(
                label=_("New in the register: %(kind)s") % {"kind": kind.label},
                min_value=0,
                max_value=MOST_NEW,
                required=False,
            )

    def take(self, action: str) -> None:
        """Hands them out."""
        given = self.cleaned_data
        new = {kind.value: given.get(f"new_{kind}") or 0 for kind in HANDED_OUT}
        chosen = [self.kept[pk] for pk in given.get("keys", [])]
        if not chosen and not any(new.values()):
            raise Invalid(_("Please say which keys and cards are handed out."))
        drawn = given["signature"]
        with signature_filed(drawn) if drawn else nullcontext([]) as pictures:
            closing.hand_out(
                self.handover,
                keys=chosen,
                new=new,
                picture=pictures[0] if pictures else None,
                by=self.user,
                version=self.seen,
            )


class AppointForm(HandoverForm):
    """Which technician looks at mended defects again."""

    technician = forms.ModelChoiceField(
        label=_("Who looks again"), queryset=User.objects.none(), empty_label=None
    )

    def prepare(self) -> None:
        """The technicians of the community; whoever does it now stands there."""
        field = self.fields["technician"]
        assert isinstance(field, forms.ModelChoiceField)
        staff = User.objects.staff_of([self.handover.community_id], Role.TECHNICIAN)
        field.queryset = staff.order_by("name", "username")
        now = self.handover.reinspector_id or self.handover.inspector_id
        self.initial.setdefault("technician", now)

    def take(self, action: str) -> None:
        """Appoints them."""
        technician = self.cleaned_data["technician"]
        inspecting.appoint(self.handover, technician=technician, by=self.user, version=self.seen)


FORMS: Mapping[str, type[HandoverForm]] = {
    "appoint": AppointForm,
    "book": BookForm,
    "check_in": CheckInForm,
    "finish_papers": SignForm,
    "sign": FinalSignForm,
    "hand_out": KeysForm,
    "cancel": ReasonForm,
    "send_back": ReasonForm,
} | dict.fromkeys(SIMPLE, SimpleForm)
