"""A new repair, from the portal or the front desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from owners.models import Building, Person, Unit
from repairs import actions
from repairs.forms.base import Data, Files
from repairs.forms.photos import add_photos
from repairs.forms.windows import WindowsField
from repairs.models import Channel, Ticket, Trade, Urgency
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.actions import filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.audit.idempotency import once
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField, PicturesField, files_of
from servicecenter.lib.normalise.phones import phone_number

TEXT_LIMIT = 2000
ROUTE = "repairs:report"


class ReportForm(forms.Form):
    """What happened, where, how urgent, when convenient: only choices that `user` may see in `community`."""

    text = TextField(
        label=_("What happened?"),
        max_length=TEXT_LIMIT,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    photos = PicturesField(label=_("Photos"), required=False)
    unit = forms.ModelChoiceField(
        label=pgettext_lazy("dwelling", "Home"), queryset=Unit.objects.none(), required=False
    )
    building = forms.ModelChoiceField(label=_("Building"), queryset=Building.objects.none(), required=False)
    public_area = TextField(
        label=_("Which public area?"),
        help_text=_("For example: lift of entrance 2, underground garage B1"),
        max_length=200,
        required=False,
    )
    trade = forms.ChoiceField(
        label=_("Trade"), choices=[("", _("Let the program choose")), *Trade.choices], required=False
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"), choices=[("", _("Let the program choose")), *Urgency.choices], required=False
    )
    preferred_windows = WindowsField()
    contact_phone = forms.CharField(
        label=_("Phone for this repair"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    idempotency_key = KeyField()

    def __init__(
        self, user: User, community: Community, data: Data = None, files: Files = None, **kwargs: Any
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.user, self.community = user, community
        self.replayed, self.added = False, 0
        self._choices("unit", Unit.objects.visible_to(user).filter(community=community).order_by("code"))
        # A public area may be in any building of the community, also where the resident does not live.
        self._choices("building", Building.objects.filter(community=community))
        field = self.fields["building"]
        assert isinstance(field, forms.ModelChoiceField)
        field.empty_label = gettext("Outside, or several buildings")

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows

    def clean_contact_phone(self) -> str:
        """Digits only; '' stays ''."""
        typed = str(self.cleaned_data["contact_phone"]).strip()
        if not typed:
            return ""
        phone = phone_number(typed)
        if phone is None:
            raise forms.ValidationError(
                gettext("This does not look like a phone number. A mobile number has 11 digits."),
                code="invalid",
            )
        return phone

    def clean(self) -> dict[str, Any]:
        """Exactly one place."""
        cleaned = super().clean() or self.cleaned_data
        unit, area = cleaned.get("unit"), cleaned.get("public_area")
        if not unit and not area and not {"unit", "public_area"} & self.errors.keys():
            self.add_error("unit", gettext("Please say which unit or public area."))
        return cleaned

    def reporter(self) -> Person | None:
        """The person in the community's roll who reports; residents report for themselves."""
        return Person.objects.filter(user=self.user, community=self.community).order_by("id").first()

    def reported(self, ticket: Ticket) -> None:
        """What else belongs to the report, in its transaction."""

    def save(self, *, channel: str = Channel.PORTAL, **more: Any) -> Ticket:
        """Registers the repair once per idempotency key, photos included.

        Sent again under the same key, it is the repair that is there already (`replayed`), and photos that it does
        not have yet are `added` to it.
        Refuses as `repairs.actions.report` does, and a used key with other content (422). `more` goes to
        the action: the front desk names a `reporter` or `reporter_name`.
        """
        cleaned = dict(self.cleaned_data)
        key, uploads = cleaned.pop("idempotency_key"), cleaned.pop("photos")
        body = {name: getattr(value, "pk", value) for name, value in cleaned.items()}

        def act() -> tuple[int, dict[str, Any]]:
            reporter = more.pop("reporter", None) or (None if self.user.is_employee else self.reporter())
            names = ("text", "unit", "building", "public_area", "trade", "urgency", "contact_phone")
            ticket = actions.report(
                by=self.user,
                community=self.community,
                channel=channel,
                reporter=reporter,
                preferred_windows=cleaned.get("preferred_windows") or [],
                **{name: cleaned[name] for name in names if name in cleaned},
                **more,
            )
            add_photos(ticket, pictures=pictures, kind=PhotoKind.REPORT, by=self.user)
            self.reported(ticket)
            return 201, {"number": ticket.number}

        with filed(files_of(uploads)) as pictures, transaction.atomic():
            _status, answer, self.replayed = once(user=self.user, key=key, route=ROUTE, body=body, act=act)
            ticket = Ticket.objects.select_related("community").get(number=answer["number"])
            if self.replayed:
                self.added = actions.add_later(ticket, pictures=pictures, kind=PhotoKind.REPORT, by=self.user)
        return ticket
