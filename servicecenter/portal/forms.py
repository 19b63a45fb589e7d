"""Reporting from a phone, in under a minute."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from owners.models import Unit
from repairs.actions.outages import join
from repairs.actions.outages.linking import OutageOver
from repairs.forms import ReportForm
from repairs.models import Outage, Ticket
from repairs.queries.outages import outage_for
from servicecenter.lib.refusals import NotFound


class PortalReportForm(ReportForm):
    """The common report form, where a picture may speak for itself and the first home is already chosen."""

    # “It is this”: the number of an outage that was offered beside the text.
    outage = forms.CharField(required=False, max_length=24, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = False
        self.fields["text"].widget.attrs["placeholder"] = _("For example: the tap in the kitchen drips")
        homes = Unit.objects.visible_to(self.user).filter(community=self.community).order_by("code")
        self.fields["unit"] = forms.ModelChoiceField(
            label=_("Where is it?"),
            queryset=homes,
            required=False,
            blank=True,
            empty_label=gettext("A public area"),
            widget=forms.RadioSelect,
            initial=homes.first(),
        )

    def clean_outage(self) -> Outage | None:
        """One that reaches a home of theirs; anything else is as if nothing was ticked."""
        try:
            found = outage_for(self.user, str(self.cleaned_data["outage"]))
        except NotFound:
            return None
        return found if found.community_id == self.community.pk else None

    def reported(self, ticket: Ticket) -> None:
        """Links it to the outage that was ticked. One that is being closed by now is none of it any more."""
        outage = self.cleaned_data["outage"]
        if outage is None:
            return
        with suppress(OutageOver):
            join(ticket, outage, by=self.user)

    def clean(self) -> dict[str, Any]:
        """Something was said or shown; the place is the chosen home, or else the public area."""
        if self.data.get("unit"):
            # Left over from a change of mind: the fields of the other choice are not shown any more.
            self.cleaned_data |= {"public_area": "", "building": None}
        elif not self.cleaned_data.get("public_area") and "public_area" not in self.errors:
            self.add_error("public_area", gettext("Please say which public area."))
        cleaned = super().clean()
        if not cleaned.get("text") and "text" not in self.errors:
            if cleaned.get("photos"):
                cleaned["text"] = gettext("Please see the photos.")
            else:
                self.add_error("text", gettext("Please write a few words or add a photo."))
        return cleaned

    @property
    def lost_photos(self) -> bool:
        """A browser does not send photos a second time by itself: say so."""
        return bool(self.errors and self.files)
