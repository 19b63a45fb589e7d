"""Forms about when somebody comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repairs.forms.base import ActionForm
from repairs.forms.photos import add_photos
from repairs.forms.windows import OUR_PARTS, PARTS, WindowsField, slots
from repairs.models import Side
from repairs.queries.visits import busy_spans, choices_for, read_choice
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import MomentField, PicturesField

# How far ahead times can be offered.
DAYS = 5
MINUTES = (10, 15, 20, 30, 45, 60)


class OfferForm(ActionForm):
    """Up to three times for the other side to choose from."""

    windows = WindowsField(label=_("Times to offer"), help_text=_("Choose up to three."))
    side = forms.ChoiceField(
        label=_("Whose times they are"),
        choices=[
            (Side.RESIDENT.value, _("The resident's, said on the phone")),
            (Side.AGENT.value, _("Ours; the resident chooses")),
        ],
        widget=forms.RadioSelect,
        initial=Side.RESIDENT,
    )

    def prepare(self) -> None:
        """Residents offer parts of the day; we offer what is free. The desk says whose times they are."""
        now = database_now()
        ours = self.user.role == Role.TECHNICIAN
        taken = busy_spans(self.ticket.assignee_id, now) if ours else ()
        field = self.fields["windows"]
        assert isinstance(field, WindowsField)
        parts = PARTS if self.user.role == Role.RESIDENT else OUR_PARTS
        field.choices = list(slots(now, parts=parts, days=DAYS, taken=taken))
        if self.user.role not in (Role.AGENT, Role.SUPERVISOR):
            del self.fields["side"]

    def arguments(self) -> dict[str, Any]:
        """The windows as pairs of instants."""
        given = super().arguments()
        spans = [
            [datetime.fromisoformat(each[name]) for name in ("start", "end")] for each in given["windows"]
        ]
        return given | {"windows": [(start, end) for start, end in spans]}


class ChoiceOfWindow(forms.ChoiceField):
    """One of the offered windows, or a part of one. Whether it is still offered is the action's business: a second tap
    has to be answered as the first."""

    widget = forms.RadioSelect

    def valid_value(self, value: str) -> bool:
        """Anything that could have been offered."""
        return read_choice(value) is not None


class ChooseForm(ActionForm):
    """Which of the offered times it is."""

    argument_fields: ClassVar = {"start": "window", "end": "window"}

    window = ChoiceOfWindow(label=_("Time of the visit"))

    def prepare(self) -> None:
        """What is offered and, for us, free."""
        field = self.fields["window"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices_for(self.ticket, database_now())
        if not field.choices:
            field.help_text = gettext("None of the offered times is free any more. Please offer others.")

    def arguments(self) -> dict[str, Any]:
        """The id of the window and, for a part of it, from when until when."""
        given = super().arguments()
        chosen = read_choice(given["window"])
        assert chosen is not None
        window, part = chosen
        return given | {"window": window} | (dict(zip(("start", "end"), part, strict=True)) if part else {})


class OnWayForm(ActionForm):
    """In how many minutes."""

    minutes = forms.TypedChoiceField(
        label=_("There in about"),
        choices=[(str(each), _("%(minutes)s min") % {"minutes": each}) for each in MINUTES],
        coerce=int,
        widget=forms.RadioSelect,
        initial="20",
    )


class NobodyHomeForm(ActionForm):
    """What was tried, with a photo; and whether the clocks wait for the owner."""

    note = TextField(label=_("What you tried"), max_length=500, multiline=True)
    photos = PicturesField(label=_("Photo of the door"))
    resume_at = MomentField(
        label=_("Wait for the owner until"),
        help_text=_("The clocks stand still until then. Leave it empty if they should go on."),
    )

    def prepare(self) -> None:
        """One tap is enough: what is usual stands there already."""
        tomorrow = database_now().astimezone(LOCAL).date() + timedelta(days=1)
        self.initial.setdefault("note", gettext("Rang the bell and called; nobody answered."))
        self.initial.setdefault("resume_at", datetime.combine(tomorrow, time(9), LOCAL))

    @property
    def picture_kind(self) -> str:
        """How it was before any work."""
        return PhotoKind.BEFORE

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """Photo and record are one step."""
        super().take(pictures, by=by)
        add_photos(self.ticket, pictures=pictures, kind=self.picture_kind, by=by)


class NobodyCameForm(ActionForm):
    """A word about it, if they like."""

    note = TextField(label=_("Note"), max_length=500, multiline=True)
