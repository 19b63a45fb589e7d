"""Addresses of the lists behind figures: whatever is drawn can be opened, with exactly its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from servicecenter.board.queries.sets import SETS
from servicecenter.board.queries.slices import NONE, Grouping, Slice
from servicecenter.lib.clock import LOCAL, end_of_day, local_day, start_of_day

NARROWINGS = ("community", "trade", "building", "technician", "caller", "hour", "weekday")


def link(code: str, part: Slice) -> str:
    """The list of one set in a slice."""
    period = {} if SETS[code].source.now else _period(part)
    return f"{reverse('board:tickets')}?{urlencode({'figure': code} | period | narrowings(part))}"


def params(part: Slice) -> dict[str, str]:
    """The slice as it stands in an address."""
    return _period(part) | narrowings(part)


def _period(part: Slice) -> dict[str, str]:
    """Days where the period consists of whole days."""
    return {"from": _edge(part.since), "to": _edge(part.until, ends=True)}


def narrowings(part: Slice) -> dict[str, str]:
    """What narrows the slice besides its period."""
    given = {}
    for name in NARROWINGS:
        value = getattr(part, name)
        if value not in ("", None):
            given[name] = str(value)
    return given


def _edge(at: datetime, *, ends: bool = False) -> str:
    day = local_day(at)
    if at != start_of_day(day):
        return at.astimezone(LOCAL).isoformat()
    return (day - timedelta(days=1) if ends else day).isoformat()


def narrowed(part: Slice, by: str, key: Any) -> Slice:
    """The slice of one group of a figure that is grouped by `by`: a Grouping, `weekday` or `caller`."""
    match by:
        case Grouping.COMMUNITY:
            code = next(each.code for each in part.communities if each.pk == key)
            return replace(part, community=code)
        case Grouping.HOUR | "weekday":
            return replace(part, **{str(by): key})
        case Grouping.DAY | Grouping.WEEK | Grouping.MONTH:
            return _within(part, key, _last_day(by, key))
        case _:
            given: dict[str, Any] = {str(by): NONE if key is None else str(key)}
            return replace(part, **given)


def _last_day(by: str, first: date) -> date:
    if by == Grouping.DAY:
        return first
    if by == Grouping.WEEK:
        return first + timedelta(days=6)
    return (first.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _within(part: Slice, first: date, last: date) -> Slice:
    """A week or month at the edge of the period counts only as far as the period reaches."""
    return replace(part, since=max(part.since, start_of_day(first)), until=min(part.until, end_of_day(last)))
