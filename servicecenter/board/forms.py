"""What may stand in the address of a board page, or of the API's figures: one parser for both."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _

from repairs.models import Trade
from servicecenter.accounts.models import Community
from servicecenter.board.queries.slices import LONGEST, NONE, Grouping, Slice
from servicecenter.lib.clock import end_of_day, local_day, start_of_day
from servicecenter.lib.formtools import YEARS
from servicecenter.lib.refusals import Invalid, NotFound

DEFAULT_DAYS = 30
ID = RegexValidator(rf"^({NONE}|[0-9]{{1,18}})$", _("This is not one of the choices."))
CODE = RegexValidator(r"^[A-Za-z0-9]{1,18}$", _("This is not one of the choices."))


class EdgeField(forms.CharField):
    """An end of a period: a local day (it begins or ends there), or an instant with its offset."""

    default_error_messages = {"invalid": _("Please give a date like 2026-01-31.")}

    def __init__(self, *, ends: bool, label: Any) -> None:
        super().__init__(
            required=False, label=label, max_length=40, widget=forms.DateInput(attrs={"type": "date"})
        )
        self.ends = ends

    def clean(self, value: Any) -> datetime | None:
        """The instant; None for an empty field. Refuses what is no date, and years that nobody means."""
        text = super().clean(value)
        if not text:
            return None
        try:
            # A plus sign in an address that nobody encoded arrives as a space.
            found = parse_date(text) or parse_datetime(text.replace(" ", "+"))
        except ValueError:
            found = None
        if found is None or found.year not in YEARS:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if not isinstance(found, datetime):
            return end_of_day(found) if self.ends else start_of_day(found)
        if found.tzinfo is None:
            raise ValidationError(_("An instant needs its offset, like +08:00."), code="invalid")
        # PostgreSQL knows no offset beyond 16 hours; the instant is the same in any.
        return found.astimezone(UTC)


class SliceForm(forms.Form):
    """Period (30 days until today where nothing is said), community, and what narrows them."""

    community = forms.CharField(label=_("Community"), required=False, max_length=18, validators=[CODE])
    trade = forms.ChoiceField(
        label=_("Trade"), required=False, choices=[("", _("All trades")), *Trade.choices]
    )
    building = forms.CharField(required=False, validators=[ID], widget=forms.HiddenInput)
    technician = forms.CharField(required=False, validators=[ID], widget=forms.HiddenInput)
    caller = forms.CharField(required=False, validators=[ID], widget=forms.HiddenInput)
    hour = forms.IntegerField(required=False, min_value=0, max_value=23, widget=forms.HiddenInput)
    weekday = forms.IntegerField(required=False, min_value=1, max_value=7, widget=forms.HiddenInput)
    group_by = forms.ChoiceField(
        label=_("Group by"), required=False, choices=[("", "—"), *Grouping.choices], widget=forms.HiddenInput
    )

    def __init__(self, data: Mapping[str, Any], *, communities: tuple[Community, ...], at: datetime) -> None:
        super().__init__(_with_period(data, local_day(at)), auto_id="filter_%s")
        self.communities = communities
        # `from` is a word of Python and cannot be declared above.
        self.fields["from"] = EdgeField(ends=False, label=_("From"))
        self.fields["to"] = EdgeField(ends=True, label=_("To"))
        names = [("", _("All communities")), *((each.code, each.name) for each in communities)]
        self.fields["community"].widget = forms.Select(choices=names)
        self.order_fields(["from", "to", "community", "trade"])

    def clean_community(self) -> str:
        """The code of one of the reader's communities, also by its id; refuses `not_found` for any other."""
        value: str = self.cleaned_data["community"]
        if not value:
            return ""
        for each in self.communities:
            if value.upper() == each.code or value == str(each.pk):
                return each.code
        raise NotFound

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        since, until = cleaned.get("from"), cleaned.get("to")
        if since and until:
            if since >= until:
                self.add_error("to", _("The period ends before it begins."))
            elif until - since > LONGEST:
                self.add_error("to", _("A period may have 400 days at most."))
        return cleaned

    def part(self) -> Slice:
        """The slice that was asked for; refuses `invalid` with the fields named."""
        if not self.is_valid():
            raise Invalid(errors={name: [str(text) for text in texts] for name, texts in self.errors.items()})
        cleaned = self.cleaned_data
        return Slice(
            communities=self.communities,
            since=cleaned["from"],
            until=cleaned["to"],
            **{
                name: cleaned[name]
                for name in ("community", "trade", "building", "technician", "caller", "hour", "weekday")
            },
        )

    def fallback(self, at: datetime) -> Slice:
        """What a page shows beside a filter that cannot be understood: the last 30 days of everything."""
        today = local_day(at)
        first = today - timedelta(days=DEFAULT_DAYS - 1)
        return Slice(self.communities, start_of_day(first), end_of_day(today))


def _with_period(data: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What was typed, with the period that counts where none was: 30 days that end on `to`, or today."""
    given = {name: data[name] for name in data}
    given["to"] = given.get("to") or today.isoformat()
    if not given.get("from"):
        try:
            last = parse_date(str(given["to"])[:10])
        except ValueError:
            last = None
        sensible = last if last and last.year in YEARS else today
        given["from"] = (sensible - timedelta(days=DEFAULT_DAYS - 1)).isoformat()
    return given
