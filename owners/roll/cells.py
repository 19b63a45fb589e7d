"""One cell: its text, and whether it holds something that must not be stored."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from owners.roll.columns import Column
from owners.roll.problems import Kind
from servicecenter.lib.normalise import half_width

# What a spreadsheet hands over.
CellValue = str | int | float | bool | date | datetime | time | timedelta | None


class BrokenFormula(str):
    """A cell whose formula has no result (#REF!, #N/A, never calculated); the text is Excel's name of the
    error.
    """

    __slots__ = ()


class Command(str):
    """A cell with a formula that starts programs or calls out (DDE, HYPERLINK, WEBSERVICE); the text is
    the formula.
    """

    __slots__ = ()


# Longest text by column. The note of a roll has up to 450 characters in practice, a whole conversation
# never belongs here.
DEFAULT_LIMIT = 500
LIMITS = {
    Column.COMMUNITY: 80,
    Column.BUILDING: 40,
    Column.ENTRANCE: 30,
    Column.ROOM: 80,
    Column.CODE: 80,
    Column.AREA: 40,
    Column.USE: 40,
    Column.DELIVERED: 60,
    Column.NAME: 100,
    Column.RELATION: 40,
    Column.MOBILE: 100,
    Column.SPARE_PHONE: 100,
    Column.ID_TYPE: 60,
    Column.ID_NUMBER: 60,
    Column.GENDER: 20,
    Column.BIRTHDAY: 60,
    Column.EMAIL: 254,
    Column.EMERGENCY_CONTACT: 100,
    Column.EMERGENCY_PHONE: 100,
    Column.PLATES: 300,
    Column.MOVED_IN: 60,
    Column.MOVED_OUT: 60,
    Column.PRIMARY: 20,
}

_EXCEL_ERROR_LIST = """
    #REF! #N/A #VALUE! #DIV/0! #NAME? #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #UNKNOWN! #GETTING_DATA
"""
_EXCEL_ERRORS = frozenset(_EXCEL_ERROR_LIST.split())
# Control characters except tab and line ends, and everything that turns the direction of writing.
_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# A tag begins with a letter and is followed by a space, a slash or its end: 面积<90㎡ and 来访>3人 are no
# tags.
_MARKUP = re.compile(
    r"<\s*/?\s*[a-z][a-z0-9:-]*[\s/>]|<!--|<!doctype|<\?xml|javascript\s*:|vbscript\s*:", re.IGNORECASE
)
# DDE (cmd|'/C calc'!A0), a function call behind + - @, or anything behind an equals sign. `-- 见附件1` and
# +86 are text.
_FORMULA = re.compile(
    r"\s*(?:=\s*[^\s=]|[+\-@][^\n]*\|[^\n]*!|[+\-@]\s*[a-z_][a-z0-9_.]*\s*\()", re.IGNORECASE
)
_TEXT_FORMULA = re.compile(r'="([^"]*)"')


def cell_text(value: CellValue) -> str:
    """What a person sees in the cell: 702 for 702.0, ISO for dates."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        if abs(value) >= 1e15:
            return f"{value:.14E}"  # Excel keeps 15 digits: the rest was invented
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def unwrap(text: str) -> str:
    """`="13800000001"`, the trick that keeps a number text in a CSV, as the number; everything else
    unchanged.
    """
    match = _TEXT_FORMULA.fullmatch(text.strip())
    return match[1] if match else text


def defect(column: Column, text: str) -> tuple[Kind, dict[str, Any]] | None:
    """Why this text must not be stored, with the values for the sentence; None if it is harmless."""
    if isinstance(text, BrokenFormula):
        return Kind.FORMULA_ERROR, {}
    if isinstance(text, Command):
        return Kind.FORMULA_INJECTION, {}
    limit = LIMITS.get(column, DEFAULT_LIMIT)
    if not text.isalnum():
        if text.startswith("#") and text.strip().upper() in _EXCEL_ERRORS:
            return Kind.FORMULA_ERROR, {}
        if _CONTROL.search(text):
            return Kind.CONTROL_CHAR, {}
        if _MARKUP.search(half_width(text)):
            return Kind.HTML_MARKUP, {}
        if _FORMULA.match(half_width(text)):
            return Kind.FORMULA_INJECTION, {}
    if len(text) > limit:
        return Kind.TEXT_TOO_LONG, {"length": len(text), "limit": limit}
    return None
