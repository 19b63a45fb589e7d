"""The form in which a person says how to be reached."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.lib.normalise.phones import is_mobile, phone_number
from servicecenter.notifications.actions.wishes import Wishes, audience_of, wanted_channels
from servicecenter.notifications.addresses import reach_of
from servicecenter.notifications.forms.fields import AnyOfField
from servicecenter.notifications.kinds import PERSONAL, kinds_for
from servicecenter.notifications.quiet import QUIET_FROM, QUIET_UNTIL


class HourField(forms.TimeField):
    """A time of day from the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


class WishesForm(forms.Form):
    """Addresses, quiet hours, and a line of channels for each kind of news. Not filled in, the defaults hold."""

    phone = forms.CharField(label=_("Mobile for SMS"), required=False, max_length=30)
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    quiet = forms.BooleanField(
        label=_("Do not disturb me at these hours"),
        required=False,
        help_text=_("What comes meanwhile is sent when they are over. An emergency always comes through."),
    )
    quiet_from = HourField(label=_("From"))
    quiet_until = HourField(label=_("Until"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds_for(audience_of(by))
        self.resident = by.role == Role.RESIDENT
        reach = reach_of(by)
        wanted = wanted_channels(by)
        self.initial = {
            "phone": reach.phone if reach else "",
            "email": reach.email if reach else "",
            "quiet": self.resident if reach is None or reach.quiet is None else reach.quiet,
            "quiet_from": (reach and reach.quiet_from) or QUIET_FROM,
            "quiet_until": (reach and reach.quiet_until) or QUIET_UNTIL,
        }
        if self.resident:
            # A resident's SMS go to the phone that signs in.
            del self.fields["phone"]
        for kind in self.kinds:
            self.initial[f"kind_{kind.code}"] = wanted[kind.code]
            self.fields[f"kind_{kind.code}"] = AnyOfField(
                label=str(kind.title),
                choices=[(way.value, way.label) for way in PERSONAL],
                widget=forms.CheckboxSelectMultiple,
            )

    def clean_phone(self) -> str:
        """A mobile number, as digits."""
        typed = self.cleaned_data["phone"]
        number = phone_number(typed) if typed else ""
        if typed and not (number and is_mobile(number)):
            raise ValidationError(_("Please enter a mobile number."))
        return number or ""

    def wishes(self) -> Wishes:
        """What was chosen."""
        data = self.cleaned_data
        return Wishes(
            quiet=data["quiet"],
            quiet_from=data["quiet_from"],
            quiet_until=data["quiet_until"],
            channels={kind.code: data[f"kind_{kind.code}"] for kind in self.kinds},
            email=data["email"],
            phone=data.get("phone", ""),
        )
