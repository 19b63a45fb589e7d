"""A week of working hours, and single days that are different."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from servicecenter.lib.fields import TextField
from servicecenter.lib.refusals import Invalid
from servicecenter.sla.calendars import Spans
from servicecenter.sla.spans import LONGEST_TEXT, read_spans, write_spans
from servicecenter.sla.year import WEEKDAYS

COMPANYS, OWN = "company", "own"
CLOSED, OPEN = "closed", "open"
FIELDS = {"week": "day_0"}


class SpansField(TextField):
    """The working spans of one day; nothing for a day off."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_TEXT, required=False, **kwargs)
        self.widget.attrs["placeholder"] = _("closed")

    def clean(self, value: Any) -> Any:
        """The spans. Refuses with the sentence that fits."""
        text = super().clean(value)
        try:
            return read_spans(text or "")
        except Invalid as refusal:
            raise ValidationError(str(refusal.sentence), code="invalid") from refusal


class CalendarForm(forms.Form):
    """What both forms of the page carry."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    apply_to_open = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, version: int, reached: int, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["version"].initial = version
        self.fields["apply_to_open"].label = ngettext(
            "Also count the deadline of %(count)s open case anew",
            "Also count the deadlines of %(count)s open cases anew",
            reached,
        ) % {"count": reached}
        self.order_fields([*(name for name in self.fields if name != "apply_to_open"), "apply_to_open"])

    @property
    def seen(self) -> int:
        """The version that the page was drawn from (a valid form)."""
        return int(self.cleaned_data["version"] or 0)


class WeekForm(CalendarForm):
    """The week of a community or of the company; a community may keep the company's."""

    def __init__(self, data: Any, *, week: Sequence[Spans], own: bool, company: bool, **kwargs: Any) -> None:
        super().__init__(data, auto_id="week_%s", **kwargs)
        if not company:
            self.fields["whose"] = forms.ChoiceField(
                label=_("Which week counts here"),
                choices=[(COMPANYS, _("The company's")), (OWN, _("The community's own"))],
                widget=forms.RadioSelect,
                initial=OWN if own else COMPANYS,
            )
        for number, name in enumerate(WEEKDAYS):
            self.fields[f"day_{number}"] = SpansField(label=name, initial=write_spans(week[number]))
        self.order_fields(["version", "whose", *(f"day_{number}" for number in range(7)), "apply_to_open"])

    @property
    def days(self) -> list[BoundField]:
        """The seven fields, Monday first."""
        return [self[f"day_{number}"] for number in range(7)]

    @property
    def week(self) -> tuple[Spans, ...] | None:
        """What was typed; None for the company's week (a valid form)."""
        if self.cleaned_data.get("whose") == COMPANYS:
            return None
        return tuple(self.cleaned_data[f"day_{number}"] for number in range(7))


class ExceptionForm(CalendarForm):
    """A day with hours of its own, or closed."""

    day = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    kind = forms.ChoiceField(
        label=_("What is different"),
        choices=[(CLOSED, _("Closed all day")), (OPEN, _("Open at these hours"))],
        initial=CLOSED,
        widget=forms.RadioSelect,
    )
    spans = SpansField(label=_("Hours"), help_text=_("For example 9:00-12:00, 13:30-17:00"))
    reason = TextField(label=_("Reason"), max_length=80)

    def __init__(self, data: Any, **kwargs: Any) -> None:
        super().__init__(data, auto_id="exception_%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        """Hours belong to an open day."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == OPEN and not cleaned.get("spans") and "spans" not in self.errors:
            self.add_error("spans", _("Please enter the hours of this day."))
        return cleaned

    @property
    def hours(self) -> Spans:
        """The spans of the day (a valid form)."""
        chosen: Spans = self.cleaned_data["spans"] if self.cleaned_data["kind"] == OPEN else ()
        return chosen
