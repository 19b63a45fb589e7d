"""A day's paper, and what a paper form says that comes back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import DayField, KeyField, PicturesField


class PileForm(forms.Form):
    """Whose jobs, of which day, and which sheets."""

    technician = forms.ModelChoiceField(label=_("Technician"), queryset=User.objects.none(), empty_label=None)
    day = DayField(label=_("Date"))
    acceptance = forms.BooleanField(label=_("With acceptance sheets"), required=False)

    def __init__(self, data: Any = None, *, by: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        field = self.fields["technician"]
        assert isinstance(field, forms.ModelChoiceField)
        staff = User.objects.staff_of(by.community_ids, Role.TECHNICIAN)
        field.queryset = staff.order_by("name", "username")


SIGNED, UNHAPPY, OPEN = "signed", "unhappy", "open"


class PaperForm(forms.Form):
    """What stands on a sheet that came back. Times are kept as the words that were written."""

    arrived = TextField(
        label=_("Arrived, as written"),
        max_length=60,
        required=False,
        help_text=_("For example: 26 Nov 9:10. It is kept as a note; the steps carry the time of typing."),
    )
    finished = TextField(label=_("Finished, as written"), max_length=60, required=False)
    summary = TextField(
        label=_("What was done"),
        max_length=2000,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    materials = TextField(label=_("Materials"), max_length=500, required=False)
    accepted = forms.ChoiceField(
        label=_("What the owner wrote"),
        choices=[
            (SIGNED, _("Signed: accepted")),
            (UNHAPPY, _("Not satisfied: it goes back for rework")),
            (OPEN, _("Nothing: acceptance stays open")),
        ],
        widget=forms.RadioSelect,
    )
    complaint = TextField(label=_("What is not right"), max_length=500, required=False)
    photos = PicturesField(label=_("Photo of the signed sheet"), required=False)
    idempotency_key = KeyField()

    def clean(self) -> dict[str, Any]:
        """A signature is shown; what is not right is said."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("accepted") == SIGNED and not cleaned.get("photos") and "photos" not in self.errors:
            self.add_error("photos", __("Please add a photo of the sheet with the signature."))
        if cleaned.get("accepted") == UNHAPPY and not cleaned.get("complaint"):
            self.add_error("complaint", __("Please say what is not right."))
        return cleaned

    @property
    def note(self) -> str:
        """What has no field of its own, in one note."""
        given = self.cleaned_data
        said = [
            (__("Arrived"), given["arrived"]),
            (__("Finished"), given["finished"]),
            (__("Materials"), given["materials"]),
        ]
        lines = [f"{label}: {text}" for label, text in said if text]
        return "\n".join([__("Typed in from the paper form."), *lines])
