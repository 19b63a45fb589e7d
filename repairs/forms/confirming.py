"""The owner accepts the work: a tap in the portal with a rating, a signature, or a recorded call."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repairs.actions.closing import METHODS
from repairs.forms.base import ActionForm
from repairs.forms.photos import add_photos
from repairs.workflow import ConfirmMethod
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.attachments.signatures import LONGEST, signature_filed
from servicecenter.lib.fields import TextField
from servicecenter.workflow.standings import Standing


class ConfirmForm(ActionForm):
    """Asks for the proof that this person can bring, and for nothing else."""

    method = forms.ChoiceField(
        label=_("How the owner accepted"), choices=ConfirmMethod.choices, widget=forms.RadioSelect
    )
    reason = TextField(label=_("Who confirmed, and what they said"), max_length=500, multiline=True)
    rating = forms.TypedChoiceField(
        label=_("How satisfied are you?"),
        help_text=_("1 is bad, 10 is excellent."),
        choices=[(str(number), str(number)) for number in range(10, 0, -1)],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect(attrs={"class": "rating"}),
    )
    comment = TextField(label=_("In your own words"), max_length=1000, multiline=True)
    signature = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST)

    def prepare(self) -> None:
        """Keeps the ways of this person; a single one is not asked for."""
        standings = self.ticket.standings(self.user)
        ways = frozenset().union(*(METHODS.get(each, frozenset()) for each in standings))
        # A signature is drawn on the engineer's phone, in front of the owner.
        if Standing.ASSIGNEE not in standings:
            ways -= {ConfirmMethod.SIGNATURE}
        choices = [(value, label) for value, label in ConfirmMethod.choices if value in ways]
        if len(choices) == 1:
            self.fields["method"] = forms.ChoiceField(
                choices=choices, widget=forms.HiddenInput, initial=choices[0][0]
            )
        else:
            field = self.fields["method"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        needed = {
            # In front of the engineer it is the proof; at home a tap is, and who likes signs besides.
            "signature": bool(ways & {ConfirmMethod.SIGNATURE, ConfirmMethod.PORTAL}),
            "rating": ConfirmMethod.PORTAL in ways,
            "comment": ConfirmMethod.PORTAL in ways,
            "reason": bool(ways & {ConfirmMethod.PHONE, ConfirmMethod.UNANSWERED}),
        }
        for name, wanted in needed.items():
            if not wanted:
                del self.fields[name]

    @property
    def picture_kind(self) -> str:
        """The owner's signature."""
        return PhotoKind.SIGNATURE

    @property
    def signs(self) -> bool:
        """Whether the page needs a place to sign on."""
        return "signature" in self.fields

    def clean(self) -> dict[str, Any]:
        """A signature is needed where the method is a signature."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("method") == ConfirmMethod.SIGNATURE and not cleaned.get("signature"):
            self.add_error(None, gettext("Please let the owner sign in the field below."))
        return cleaned

    def filed(self) -> AbstractContextManager[list[Filed]]:
        """The signature, if there is one."""
        drawn = self.cleaned_data.get("signature", "")
        return signature_filed(drawn) if drawn else nullcontext([])

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """Signature and acceptance are one step."""
        add_photos(self.ticket, pictures=pictures, kind=PhotoKind.SIGNATURE, by=by, at=self.at)
        super().take(pictures, by=by)
