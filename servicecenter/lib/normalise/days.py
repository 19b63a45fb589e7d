"""Calendar days as spreadsheets and people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from servicecenter.lib.normalise.text import clean_text, half_width

# Day 0 of Excel's 1900 calendar, with its leap-year error already in it. Numbers below 1920 are more likely
# a year.
_EXCEL_ZERO = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 7306, 73415
_FIRST_YEAR, _LAST_YEAR = 1900, 2100

_TAIL = r"(?:[ t]+\d{1,2}[:时].*|\s*(?:星期|周).*)?"
_YEAR_FIRST = re.compile(
    rf"(\d{{4}}|\d{{2}})\s*[年/.\-、 ]\s*(\d{{1,2}})\s*[月/.\-、 ]\s*(\d{{1,2}})\s*[日号號]?{_TAIL}"
)
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[/.\-](\d{{1,2}})[/.\-](\d{{4}}|\d{{2}}){_TAIL}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?")
_SERIAL = re.compile(r"(\d{4,5})(?:\.\d+)?")
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_DAY_MONTH_NAME = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ \-]([a-z]{3})[a-z]*\.?,?[ \-](\d{4})")
_MONTH_NAME_DAY = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")


def _day(year: int, month: int, day: int) -> date | None:
    try:
        value = date(year, month, day)
    except ValueError:
        return None
    return value if _FIRST_YEAR <= year <= _LAST_YEAR else None


def _serial(number: float) -> date | None:
    if not _FIRST_SERIAL <= number < _LAST_SERIAL:
        return None
    return _EXCEL_ZERO + timedelta(days=int(number))


def _year(text: str, latest: int) -> int:
    """Two digits mean this century unless that lies after `latest`."""
    year = int(text)
    if len(text) == 4:
        return year
    return 2000 + year if 2000 + year <= latest else 1900 + year


def read_day(value: str | float | date, *, latest: date) -> date | None:
    """The day that a cell means, or None if there is no such day or it cannot be told.

    Takes dates, Excel serial numbers, 20180630, 2018-06-30, 2018/6/30, 2018.6.30, 2018年6月30日, 18/6/30,
    6/30/2018 and 30 Jun 2018, with a time behind it or not. Two-digit years count up to the year of
    `latest`. 5/6/2018 is refused: nobody can tell May from June.
    """
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _day(value.year, value.month, value.day)
    if isinstance(value, int | float):
        return _serial(value) if value < 1e6 else _compact(f"{value:.0f}")
    text = half_width(clean_text(value)).lstrip("'").casefold()
    if match := _YEAR_FIRST.fullmatch(text):
        found = _day(_year(match[1], latest.year), int(match[2]), int(match[3]))
        if found or len(match[1]) == 4:
            return found
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(int(match[1]), int(match[2]), _year(match[3], latest.year))
    if match := _SERIAL.fullmatch(text):
        return _serial(int(match[1]))
    return _compact(text) or _named(text)


def _compact(text: str) -> date | None:
    match = _COMPACT.fullmatch(text)
    return _day(int(match[1]), int(match[2]), int(match[3])) if match else None


def _year_last(first: int, second: int, year: int) -> date | None:
    if first != second and first <= 12 and second <= 12:
        return None
    return _day(year, first, second) or _day(year, second, first)


def _named(text: str) -> date | None:
    if match := _DAY_MONTH_NAME.fullmatch(text):
        return _day(int(match[3]), _MONTHS.get(match[2], 0), int(match[1]))
    if match := _MONTH_NAME_DAY.fullmatch(text):
        return _day(int(match[3]), _MONTHS.get(match[1], 0), int(match[2]))
    return None
