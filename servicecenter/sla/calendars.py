"""Working time: several spans a day, China's public calendar with its make-up days (调休), exceptions.

Pure: no database, no settings. Moments inside this room are whole microseconds since 1970 (UTC), so that
counting is integer addition; `arithmetic.py` is the door with datetimes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from holidays import country_holidays

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Shanghai has been at UTC+8 without summer time since 1992; the lunar tables of `holidays` end in 2100.
FIRST_YEAR, LAST_YEAR = 1992, 2099
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
SATURDAY = 5

PublicDay = Literal["ordinary", "holiday", "makeup"]


class OutOfCalendar(ValueError):
    """The moment lies outside of the years that can be counted (1992–2099)."""


class Span(NamedTuple):
    """Work from `start` until `end`, Shanghai wall time. An `end` of 00:00 is the day's closing midnight."""

    start: time
    end: time


Spans = tuple[Span, ...]
MIDNIGHT = 24 * 60


def span_of_minutes(start: int, end: int) -> Span:
    """A span from minutes of the day; 1440 is the closing midnight."""
    return Span(time(*divmod(start, 60)), time(*divmod(end % MIDNIGHT, 60)))


def minutes_of(span: Span) -> tuple[int, int]:
    """The inverse of `span_of_minutes`."""
    start, end = (each.hour * 60 + each.minute for each in span)
    return start, end or MIDNIGHT


class Year(NamedTuple):
    """One year's spans in order; `before[i]` is the work of that year before `starts[i]`. Microseconds."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    before: tuple[int, ...]
    total: int

    def worked_until(self, moment: int) -> int:
        """Working time from the first of January until `moment`."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0
        return self.before[index] + min(moment, self.ends[index]) - self.starts[index]

    def moment_of(self, amount: int) -> int:
        """The first moment by which `amount` (0 < amount ≤ total) was worked."""
        index = bisect_left(self.before, amount) - 1
        return self.starts[index] + amount - self.before[index]


@dataclass(frozen=True)
class WorkingCalendar:
    """When a community works.

    `weekly`: seven entries, Monday first. `exceptions`: a day's spans instead of everything else, `()` for
    closed. `makeup`: the spans of a make-up working day; by default those of the first working weekday,
    because a Saturday that replaces a weekday is worked like a weekday. On public holidays nobody works,
    weekends inside the holiday included. Refuses with ValueError: not seven days, a week without work, spans
    that overlap or end before they start.
    """

    weekly: tuple[Spans, ...]
    exceptions: Mapping[date, Spans] = field(default_factory=dict, hash=False)
    makeup: Spans | None = None
    _years: dict[int, Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise ValueError("a week has seven days")
        if not any(self.weekly):
            raise ValueError("a week without working time would never end a deadline")
        for spans in (*self.weekly, *self.exceptions.values(), self.makeup or ()):
            _check(spans)
        # A private copy: the caller's dict may change, this calendar may not.
        object.__setattr__(self, "exceptions", MappingProxyType(dict(self.exceptions)))

    @classmethod
    def monday_to_friday(
        cls, *spans: Span, exceptions: Mapping[date, Spans] | None = None
    ) -> WorkingCalendar:
        """The usual office week: the same spans on five days."""
        return cls(weekly=(*(spans for _ in range(5)), (), ()), exceptions=exceptions or {})

    @staticmethod
    def knows(year: int) -> bool:
        """Whether the State Council's arrangement of `year` is in the library, or only an estimate of it.

        The notice comes out late in the year before. Until then feast days are computed, and bridge days and
        make-up days are missing. The next year's notice may still turn a last weekend of December into
        working days.
        """
        return year in _official_years()

    def unknown_years(self, since: datetime, until: datetime) -> tuple[int, ...]:
        """Years between two instants (Shanghai) whose arrangement is only an estimate, to be said."""
        first, last = since.astimezone(SHANGHAI).year, until.astimezone(SHANGHAI).year
        return tuple(year for year in range(first, last + 1) if not self.knows(year))

    def spans_on(self, day: date) -> Spans:
        """The working spans of one day in Shanghai, in order; `()` when nobody works."""
        if day in self.exceptions:
            return self.exceptions[day]
        match public_day(day):
            case "holiday":
                return ()
            case "makeup":
                return self.makeup or next(filter(None, self.weekly[:SATURDAY]), self.weekly[day.weekday()])
            case "ordinary":
                return self.weekly[day.weekday()]

    def between(self, start: int, end: int) -> int:
        """Working microseconds from `start` to `end` (start ≤ end)."""
        first, last = year_of(start), year_of(end)
        whole = sum(self._year(year).total for year in range(first, last))
        return whole + self._year(last).worked_until(end) - self._year(first).worked_until(start)

    def after(self, start: int, amount: int) -> int:
        """The first moment at which `amount` microseconds were worked since `start`."""
        if amount == 0:
            return start
        number = year_of(start)
        year = self._year(number)
        amount += year.worked_until(start)
        while amount > year.total:
            amount -= year.total
            number += 1
            year = self._year(number)
        return year.moment_of(amount)

    def _year(self, number: int) -> Year:
        # Built on first use and kept: two threads that build the same year store equal tuples.
        if number not in self._years:
            self._years[number] = self._build(number)
        return self._years[number]

    def _build(self, number: int) -> Year:
        if not FIRST_YEAR <= number <= LAST_YEAR:
            raise OutOfCalendar(f"the working calendar ends with {LAST_YEAR}")
        starts, ends, before, total = [], [], [], 0
        for day in _days(number):
            for span in self.spans_on(day):
                starts.append(microseconds(datetime.combine(day, span.start, SHANGHAI)))
                ends.append(microseconds(_end(day, span)))
                before.append(total)
                total += ends[-1] - starts[-1]
        return Year(tuple(starts), tuple(ends), tuple(before), total)


def public_day(day: date) -> PublicDay:
    """China's public calendar on one day, whatever a community does. Refuses years outside 1992–2099."""
    days_off, makeup = _public_year(day.year)
    if day in makeup:
        return "makeup"
    return "holiday" if day in days_off else "ordinary"


def microseconds(at: datetime) -> int:
    """An aware instant as microseconds since 1970 (UTC). Refuses a naive one with ValueError."""
    if at.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return (at - EPOCH) // MICROSECOND


def year_of(moment: int) -> int:
    """The year in Shanghai of a moment. Refuses with OutOfCalendar what cannot be counted."""
    index = bisect_right(_YEAR_STARTS, moment)
    if not 0 < index < len(_YEAR_STARTS):
        raise OutOfCalendar(f"working time is counted from {FIRST_YEAR} to {LAST_YEAR} only")
    return FIRST_YEAR + index - 1


_YEAR_STARTS = [
    microseconds(datetime(year, 1, 1, tzinfo=SHANGHAI)) for year in range(FIRST_YEAR, LAST_YEAR + 2)
]


@lru_cache(maxsize=1)
def _official_years() -> frozenset[int]:
    # The table transcribed from the yearly notices; each notice of this century moves days, so each year has
    # an entry.
    return frozenset(country_holidays("CN").special_public_holidays)


@lru_cache(maxsize=32)
def _public_year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Days off and make-up working days of one year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OutOfCalendar(f"working time is counted from {FIRST_YEAR} to {LAST_YEAR} only")
    # Neighbours too: a holiday may begin, and a make-up day may fall, in the last days of the year before.
    china = country_holidays("CN", years=(year - 1, year, year + 1))
    makeup = frozenset(china.weekend_workdays)
    feasts = frozenset(china)
    days_off = (day for day in _days(year) if day in feasts or _inside_holiday(day, feasts, makeup))
    return frozenset(days_off) - makeup, makeup


def _inside_holiday(day: date, feasts: frozenset[date], makeup: frozenset[date]) -> bool:
    """A weekend that touches a feast belongs to the holiday in the notices; the library lists weekdays."""
    if day.weekday() < SATURDAY or day in makeup:
        return False
    for step in (-DAY, DAY):
        other = day + step
        while other.weekday() >= SATURDAY and other not in makeup and other not in feasts:
            other += step
        if other in feasts:
            return True
    return False


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += DAY


def _end(day: date, span: Span) -> datetime:
    return datetime.combine(day + DAY if span.end == time.min else day, span.end, SHANGHAI)


def _check(spans: Spans) -> None:
    previous: time | None = time.min
    for start, end in spans:
        if start.tzinfo or end.tzinfo:
            raise ValueError("a span is wall time in Shanghai, without an offset")
        if previous is None or start < previous:
            raise ValueError("spans of a day must be in order and must not overlap")
        if end != time.min and end <= start:
            raise ValueError("a span must end after it starts")
        previous = None if end == time.min else end


# Hours of a usual management office (管理处), Monday to Friday.
OFFICE_WEEK = WorkingCalendar.monday_to_friday(Span(time(8, 30), time(12)), Span(time(14), time(18)))
