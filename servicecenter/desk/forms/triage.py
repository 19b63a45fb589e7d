"""An example for the triage: a message and what would have been right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from repairs.forms.report import TEXT_LIMIT
from repairs.models import Place, Ticket, Trade, Urgency
from servicecenter.accounts.models import Community, User
from servicecenter.desk.forms.filters import choose_from
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField
from servicecenter.triage.stripping import strip


class ExampleForm(forms.Form):
    """Field names are those of the API. From a ticket: its words without names and numbers, as people corrected it."""

    community = forms.ModelChoiceField(label=_("Community"), queryset=Community.objects.none())
    text = TextField(
        label=_("What happened"),
        help_text=_("Names, numbers and addresses are taken out. Please read it once more."),
        max_length=TEXT_LIMIT,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    trade = forms.ChoiceField(label=_("Right trade"), choices=[("", _("Please choose")), *Trade.choices])
    urgency = forms.ChoiceField(
        label=_("Right urgency"), choices=Urgency.choices, widget=forms.RadioSelect, initial=Urgency.NORMAL
    )
    location_kind = forms.ChoiceField(
        label=_("Where"), choices=Place.choices, widget=forms.RadioSelect, initial=Place.UNIT
    )
    idempotency_key = KeyField()

    def __init__(self, data: Any = None, *, user: User, ticket: Ticket | None = None) -> None:
        super().__init__(data, initial=_labels(ticket) if ticket else {})
        self.ticket = ticket
        choose_from(self, "community", Community.objects.visible_to(user))
        if ticket is not None:
            del self.fields["community"]
        elif len(user.community_ids) == 1:
            self.fields["community"].widget = forms.HiddenInput()
            self.initial["community"] = next(iter(user.community_ids))

    @property
    def example(self) -> dict[str, Any]:
        """What the action is called with."""
        given = dict(self.cleaned_data)
        del given["idempotency_key"]
        place = given.pop("location_kind")
        community = self.ticket.community if self.ticket else given["community"]
        return given | {"place": place, "community": community, "ticket": self.ticket}


def _labels(ticket: Ticket) -> dict[str, Any]:
    return {
        "text": strip(ticket.text, (ticket.reporter_name, ticket.address, ticket.contact_phone)),
        "trade": ticket.trade,
        "urgency": ticket.urgency,
        "location_kind": ticket.place,
    }
