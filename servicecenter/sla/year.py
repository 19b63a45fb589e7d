"""The next twelve months of a working calendar, day by day, as they are drawn."""

from __future__ import annotations

import calendar as weeks
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from holidays import country_holidays

from servicecenter.sla.calendars import LAST_YEAR, WorkingCalendar, public_day
from servicecenter.sla.spans import write_spans

Kind = Literal["working", "off", "holiday", "makeup", "opened", "closed"]
MONTHS = 12
DAY = timedelta(days=1)
WEEKDAYS: Sequence[str | Promise] = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
LETTERS: Sequence[str | Promise] = (
    pgettext_lazy("calendar column", "Mon"),
    pgettext_lazy("calendar column", "Tue"),
    pgettext_lazy("calendar column", "Wed"),
    pgettext_lazy("calendar column", "Thu"),
    pgettext_lazy("calendar column", "Fri"),
    pgettext_lazy("calendar column", "Sat"),
    pgettext_lazy("calendar column", "Sun"),
)
# The library's names, longest first, and ours.
FEASTS: Mapping[str, str | Promise] = {
    "Chinese New Year": _("Spring Festival"),
    "New Year's Day": _("New Year's Day"),
    "Tomb-Sweeping Day": _("Qingming Festival"),
    "Labor Day": _("Labour Day"),
    "Dragon Boat Festival": _("Dragon Boat Festival"),
    "Mid-Autumn Festival": _("Mid-Autumn Festival"),
    "National Day": _("National Day"),
}


@dataclass(frozen=True)
class Look:
    """How a kind of day is told apart without its colour: a mark, and the words of the legend."""

    mark: str | Promise
    label: str | Promise


LOOKS: Mapping[Kind, Look] = {
    "working": Look("", _("Working day")),
    "off": Look("", _("Day off of the week")),
    "holiday": Look(pgettext_lazy("calendar mark", "H"), _("Public holiday")),
    "makeup": Look(pgettext_lazy("calendar mark", "W"), _("Make-up working day")),
    "opened": Look("◆", _("Exception: other hours")),
    "closed": Look("◇", _("Exception: closed")),
}


@dataclass(frozen=True)
class Day:
    """One day: what it is, its name if it has one (a feast, the reason of an exception), its spans in words."""

    day: date
    kind: Kind
    name: str
    hours: str

    @property
    def look(self) -> Look:
        return LOOKS[self.kind]


@dataclass(frozen=True)
class Month:
    """One month in weeks from Monday; None outside of it. `estimated`: the year's arrangement is not published."""

    first: date
    weeks: Sequence[Sequence[Day | None]]
    estimated: bool


def draw(calendar: WorkingCalendar, reasons: Mapping[date, str], today: date) -> list[Month]:
    """Twelve months from that of `today`; fewer where the calendar ends."""
    months: list[Month] = []
    year, month = today.year, today.month
    while len(months) < MONTHS and year <= LAST_YEAR:
        months.append(_month(calendar, reasons, date(year, month, 1)))
        year, month = (year, month + 1) if month < MONTHS else (year + 1, 1)
    return months


def _month(calendar: WorkingCalendar, reasons: Mapping[date, str], first: date) -> Month:
    rows = weeks.Calendar().monthdatescalendar(first.year, first.month)
    return Month(
        first,
        [[_day(calendar, reasons, day) if day.month == first.month else None for day in row] for row in rows],
        not calendar.knows(first.year),
    )


def _day(calendar: WorkingCalendar, reasons: Mapping[date, str], day: date) -> Day:
    spans = calendar.spans_on(day)
    if day in calendar.exceptions:
        return Day(day, "opened" if spans else "closed", reasons.get(day, ""), write_spans(spans))
    public = public_day(day)
    if public == "ordinary":
        return Day(day, "working" if spans else "off", "", write_spans(spans))
    return Day(day, public, str(feast(day)) if public == "holiday" else "", write_spans(spans))


def feast(day: date) -> str | Promise:
    """The name of the holiday that a day off belongs to: its own, else of the nearest named day of the same holiday."""
    own = _named(day)
    for step in (-DAY, DAY):
        other = day
        while not own and public_day(other) == "holiday":
            other += step
            own = _named(other) if public_day(other) == "holiday" else ""
    return own


def _named(day: date) -> str | Promise:
    said = _names(day.year).get(day, "")
    return next((ours for theirs, ours in FEASTS.items() if said.startswith(theirs)), "")


@lru_cache(maxsize=8)
def _names(year: int) -> dict[date, str]:
    return dict(country_holidays("CN", years=year, language="en_US"))
