"""Counting sets: one SQL query for each source, however many sets and groups."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from servicecenter.board.queries.sets import SETS, Set
from servicecenter.board.queries.slices import TIMES, Grouping, Slice
from servicecenter.board.queries.sources import Rows, Source, key_of, rows_of

Counts = Mapping[str, int]
# A list says "999+" beyond this; nothing is ever counted to the end of a table.
MOST_COUNTED = 1000


def rows_in(code: str, part: Slice, at: datetime) -> Rows:
    """The rows of one set in a slice, seen at `at`, in the order of its list."""
    each = SETS[code]
    return rows_of(each.source, part).filter(each.where(part, at)).order_by(*each.source.order)


def counted(code: str, part: Slice, at: datetime) -> int:
    """How many rows a set has, up to MOST_COUNTED."""
    return rows_in(code, part, at).order_by()[:MOST_COUNTED].count()


def counts(codes: Iterable[str], part: Slice, at: datetime) -> Counts:
    """How many rows each set has in a slice; one query for each source."""
    found: Counter[str] = Counter()
    for source, sets in _by_source(codes):
        found.update(rows_of(source, part).aggregate(**_counters(sets, part, at)))
    return found


def grouped(codes: Iterable[str], part: Slice, at: datetime, by: str) -> dict[Any, Counter[str]]:
    """The same for each group: {key: {set: rows}}, one query for each source.

    Keys are ids (community, building, technician; None for none), trade codes, local dates or hours. A source without
    an instant of its own has no place in a day, week or month and is left out there.
    """
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    for source, sets in _by_source(codes):
        if by in TIMES and not source.when:
            continue
        rows = rows_of(source, part).annotate(key=key_of(source, by)).order_by()
        for row in rows.values("key").annotate(**_counters(sets, part, at)):
            found[row.pop("key")].update(row)
    return found


def by_day(codes: Iterable[str], part: Slice, at: datetime) -> dict[date, Counter[str]]:
    """The sets of every day, from which any period inside can be added up."""
    return grouped(codes, part, at, Grouping.DAY)


def total(days: Mapping[date, Counter[str]], first: date, last: date) -> Counter[str]:
    """The sum over some of the days, both ends included."""
    found: Counter[str] = Counter()
    for day, numbers in days.items():
        if first <= day <= last:
            found.update(numbers)
    return found


def _by_source(codes: Iterable[str]) -> Iterable[tuple[Source, list[Set]]]:
    sources: dict[int, tuple[Source, list[Set]]] = {}
    for code in sorted(codes):
        each = SETS[code]
        sources.setdefault(id(each.source), (each.source, []))[1].append(each)
    return sources.values()


def _counters(sets: Iterable[Set], part: Slice, at: datetime) -> dict[str, Any]:
    counters = {}
    for each in sets:
        where = each.where(part, at)
        counters[each.code] = Count("pk", filter=where) if where else Count("pk")
    return counters
