"""The owner agrees to a plan: a tap in the portal, a word to a supervisor, or a signature on the engineer's phone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django import forms
from django.utils.translation import gettext

from repairs.forms.base import ActionForm
from repairs.forms.photos import add_photos
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.attachments.signatures import LONGEST, signature_filed
from servicecenter.workflow.standings import Standing


class ApproveForm(ActionForm):
    """Asks the engineer for the owner's signature, everybody else for nothing."""

    signature = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST)

    def prepare(self) -> None:
        """A signature is drawn on the engineer's phone, in front of the owner."""
        if Standing.ASSIGNEE not in self.ticket.standings(self.user):
            del self.fields["signature"]

    @property
    def picture_kind(self) -> str:
        """The owner's signature."""
        return PhotoKind.SIGNATURE

    @property
    def signs(self) -> bool:
        """Whether the page needs a place to sign on."""
        return "signature" in self.fields

    def clean(self) -> dict[str, Any]:
        """No agreement without the signature."""
        cleaned = super().clean() or self.cleaned_data
        if self.signs and not cleaned.get("signature"):
            self.add_error(None, gettext("Please let the owner sign in the field below."))
        return cleaned

    def filed(self) -> AbstractContextManager[list[Filed]]:
        """The signature, if there is one."""
        drawn = self.cleaned_data.get("signature", "")
        return signature_filed(drawn) if drawn else nullcontext([])

    def take(self, pictures: Sequence[Filed], *, by: User) -> None:
        """Signature and agreement are one step."""
        add_photos(self.ticket, pictures=pictures, kind=PhotoKind.SIGNATURE, by=by)
        super().take(pictures, by=by)
