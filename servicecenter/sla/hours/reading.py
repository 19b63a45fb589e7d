"""The working calendars as the rows are now, kept in memory for as long as they are proven current.

Every change draws a new version (see `WorkingHours`). A process asks for the versions at most once a second, so a
change is in force everywhere within that second; inside the transaction that makes it, at once.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from time import monotonic

from django.db import connection, transaction

from servicecenter.sla.calendars import OFFICE_WEEK, Spans, WorkingCalendar, span_of_minutes
from servicecenter.sla.models import DayException, WorkingHours, WorkingSpan

FRESH_FOR = 1.0

# (row, version) of every calendar; equal states have equal contents.
State = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hours:
    """One calendar as its own row says it: no week where the company's is kept."""

    version: int = 0
    week: tuple[Spans, ...] | None = None
    exceptions: Mapping[date, tuple[str, Spans]] = field(default_factory=dict)


class _Memory(threading.local):
    """What a thread knows: whether it is inside a transaction that changed a calendar."""

    changing = False


_memory = _Memory()
# The versions that were seen last, and when; replaced as a whole, so that threads need no lock.
_seen: tuple[State, float] | None = None


def calendar_for(community_id: int) -> WorkingCalendar:
    """The working calendar of a community: its own week, else the company's; exceptions of both."""
    calendars = _calendars(_state())
    return calendars.get(community_id) or calendars.get(None) or OFFICE_WEEK


def hours_of(community_id: int | None) -> Hours:
    """What a community (None: the company) has decided itself; nothing where it has no row."""
    return _rows(_state()).get(community_id, Hours())


def company_hours() -> Hours:
    """The company's own row."""
    return hours_of(None)


def changed() -> None:
    """Tells this thread that its transaction changed a calendar: until it ends, every look reads the versions."""
    _memory.changing = True
    transaction.on_commit(_look_again)


def _look_again() -> None:
    global _seen
    _memory.changing, _seen = False, None


def _state() -> State:
    global _seen
    # A transaction that was rolled back told nobody; it is over when the connection is outside of one.
    _memory.changing = _memory.changing and connection.in_atomic_block
    if _memory.changing:
        return _versions()
    seen, now = _seen, monotonic()
    if seen is None or now - seen[1] > FRESH_FOR:
        _seen = seen = (_versions(), now)
    return seen[0]


def _versions() -> State:
    return tuple(WorkingHours.objects.order_by("id").values_list("id", "version"))


@lru_cache(maxsize=4)
def _rows(state: State) -> dict[int | None, Hours]:
    """Every calendar's own decisions, by community. Three queries."""
    spans: dict[tuple[int, int | None, int | None], list[WorkingSpan]] = defaultdict(list)
    for span in WorkingSpan.objects.order_by("start"):
        spans[span.hours_id, span.weekday, span.exception_id].append(span)
    exceptions: dict[int, dict[date, tuple[str, Spans]]] = defaultdict(dict)
    for row in DayException.objects.order_by("day"):
        exceptions[row.hours_id][row.day] = (row.reason, _spans(spans[row.hours_id, None, row.pk]))
    found = {}
    for hours in WorkingHours.objects.all():
        week = tuple(_spans(spans[hours.pk, weekday, None]) for weekday in range(7))
        found[hours.community_id] = Hours(hours.version, week if any(week) else None, exceptions[hours.pk])
    return found


def _spans(rows: Sequence[WorkingSpan]) -> Spans:
    return tuple(span_of_minutes(row.start, row.end) for row in rows)


@lru_cache(maxsize=4)
def _calendars(state: State) -> dict[int | None, WorkingCalendar]:
    """The calendar of each community that decided something, and the company's. One object each, so that its years are
    built once in a process."""
    rows = _rows(state)
    company = rows.get(None, Hours())
    return {community: _calendar(own, company) for community, own in rows.items()}


def _calendar(own: Hours, company: Hours) -> WorkingCalendar:
    exceptions = {**dict(company.exceptions), **dict(own.exceptions)}
    return WorkingCalendar(
        weekly=own.week or company.week or OFFICE_WEEK.weekly,
        exceptions={day: spans for day, (_reason, spans) in exceptions.items()},
    )
