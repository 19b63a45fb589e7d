"""How long a part is under warranty, and further parts."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.actions.warranty import Term
from owners.models import Measure, WarrantyPart
from owners.models.warranty import LONGEST_MONTHS
from owners.queries.warranty import UNNAMED, is_season_day
from repairs.models import Trade
from servicecenter.lib.fields import TextField
from servicecenter.lib.formtools import KeyField

_DAY = re.compile(r"([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")


class DayOfYearField(forms.CharField):
    """11-15 or 11月15日, as 1115."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=12, help_text=_("Month and day, for example 11-15."), **kwargs)

    def clean(self, value: Any) -> int | None:
        """Refuses a day that no year has."""
        text = super().clean(value)
        if not text:
            return None
        match = _DAY.fullmatch(text.strip())
        number = int(match[1]) * 100 + int(match[2]) if match else 0
        if not is_season_day(number):
            raise forms.ValidationError(__("There is no such day in a year."), code="invalid")
        return number

    def prepare_value(self, value: Any) -> Any:
        """1115 as 11-15."""
        return f"{value // 100}-{value % 100}" if isinstance(value, int) else value


class TermForm(forms.Form):
    """The warranty of one part; what it asks for depends on how the part is measured."""

    length = forms.IntegerField(min_value=1, max_value=LONGEST_MONTHS)
    season_from = DayOfYearField(label=_("The season begins on"), required=False)
    season_until = DayOfYearField(label=_("The season ends on"), required=False)
    active = forms.BooleanField(label=_("Homes here have this part"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60, required=False)

    def __init__(self, data: Any = None, *, about: WarrantyPart, **kwargs: Any) -> None:
        super().__init__(data, prefix=f"part-{about.pk}", **kwargs)
        self.about = about
        labels = {
            Measure.MONTHS: _("How many months"),
            Measure.SEASONS: _("How many seasons"),
            Measure.DESIGN_LIFE: _("Design life in months"),
        }
        length = self.fields["length"]
        length.label = labels[Measure(about.measure)]
        length.required = about.measure != Measure.DESIGN_LIFE
        if about.statutory:
            length.help_text = __("By law at least %(least)s.") % {"least": about.statutory}
        elif about.measure == Measure.DESIGN_LIFE:
            length.help_text = _("As the design documents say; empty while they are not at hand.")
        if about.measure != Measure.SEASONS:
            del self.fields["season_from"], self.fields["season_until"]

    @property
    def term(self) -> Term:
        """What was typed (a valid form)."""
        typed = self.cleaned_data
        return Term(
            typed["length"], typed.get("season_from"), typed.get("season_until"), bool(typed["active"])
        )


class TradesForm(forms.Form):
    """Which repairs are about a part."""

    trades = forms.MultipleChoiceField(
        label=_("Trades whose repairs are about it"),
        required=False,
        choices=[(trade.value, trade.label) for trade in Trade if trade not in UNNAMED],
        widget=forms.CheckboxSelectMultiple,
    )


class PartForm(TradesForm):
    """A part that the purchase contract names."""

    name = TextField(label=pgettext_lazy("part", "name"), max_length=40)
    months = forms.IntegerField(label=_("How many months"), min_value=1, max_value=LONGEST_MONTHS)
    idempotency_key = KeyField()
    field_order = ("name", "months", "trades")
