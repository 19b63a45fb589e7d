"""Deadlines, derived from the facts (start, target, pauses), never accumulated. Pure: no database.

Rules from the promise table: a clock runs round the clock (`always`) or in working time (`working`); a pause
moves the deadline by exactly the paused time as counted by that clock. Instants in are aware, instants out
are UTC, a naive one is refused with ValueError. One deadline costs a few microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal, Protocol

from servicecenter.sla.calendars import (
    DAY,
    EPOCH,
    MICROSECOND,
    SHANGHAI,
    OutOfCalendar,
    WorkingCalendar,
    microseconds,
)

ClockKind = Literal["always", "working"]
PartOfDay = Literal["morning", "afternoon", "evening"]
# From and until; None while the pause lasts.
Pause = tuple[datetime, datetime | None]

NOON, EVENING = time(12), time(18)


class _Counter(Protocol):
    """How a clock counts, in microseconds."""

    def between(self, start: int, end: int) -> int: ...

    def after(self, start: int, amount: int) -> int: ...


class _RoundTheClock:
    def between(self, start: int, end: int) -> int:
        return end - start

    def after(self, start: int, amount: int) -> int:
        return start + amount


def due_at(
    started_at: datetime,
    target: timedelta,
    clock: ClockKind,
    calendar: WorkingCalendar | None = None,
    pauses: Sequence[Pause] = (),
    *,
    as_of: datetime | None = None,
) -> datetime:
    """The first instant at which `target` has elapsed, in UTC.

    A pause that begins at or after the deadline does not move it: what is late stays late. Pauses that
    overlap count once. A pause still open has no known length: it counts until `as_of` (the deadline if work
    resumed then), and without `as_of` not at all (the earliest possible deadline). Refuses with ValueError: a
    naive instant, a negative target, a pause that ends before it begins, a working clock without a calendar,
    a deadline beyond the calendar.
    """
    if target < timedelta(0):
        raise ValueError("a target cannot be negative")
    counter = _counter(clock, calendar)
    start, amount = microseconds(started_at), target // MICROSECOND
    due = counter.after(start, amount)
    for begin, end in _merged(pauses, start, None if as_of is None else microseconds(as_of)):
        if begin >= due:
            break
        amount += counter.between(begin, end)
        due = counter.after(start, amount)
    return _instant(due)


def elapsed(
    started_at: datetime,
    until: datetime,
    clock: ClockKind,
    calendar: WorkingCalendar | None = None,
    pauses: Sequence[Pause] = (),
) -> timedelta:
    """Time the clock has counted from `started_at` to `until`, pauses left out; zero before the start.

    The inverse of `due_at`: at the deadline exactly the target has elapsed. Refusals as there.
    """
    counter = _counter(clock, calendar)
    start, stop = microseconds(started_at), microseconds(until)
    merged = list(_merged(pauses, start, stop))
    if stop <= start:
        return timedelta(0)
    counted = counter.between(start, stop)
    for begin, end in merged:
        if begin < stop:
            counted -= counter.between(begin, min(end, stop))
    return timedelta(microseconds=counted)


def remaining(
    started_at: datetime,
    until: datetime,
    target: timedelta,
    clock: ClockKind,
    calendar: WorkingCalendar | None = None,
    pauses: Sequence[Pause] = (),
) -> timedelta:
    """What is left of `target` at `until`, as the clock counts; negative when late. Refuses as `due_at`."""
    return target - elapsed(started_at, until, clock, calendar, pauses)


def next_in_window(at: datetime, start: time, end: time) -> datetime:
    """`at` itself if it lies within [start, end) in Shanghai, else the next beginning of that window; in UTC.

    Follow-up calls are made 9:00–20:00 only. Refuses with ValueError a naive instant and a window past
    midnight.
    """
    if end <= start:
        raise ValueError("a window must end after it starts, on the same day")
    local = _local(at)
    if start <= local.time() < end:
        return at.astimezone(UTC)
    day = local.date() if local.time() < start else local.date() + DAY
    return datetime.combine(day, start, SHANGHAI).astimezone(UTC)


def part_of_day(at: datetime) -> PartOfDay:
    """Morning until 12:00, afternoon until 18:00, then evening, in Shanghai: attempts must vary it."""
    clock_time = _local(at).time()
    if clock_time < NOON:
        return "morning"
    return "afternoon" if clock_time < EVENING else "evening"


def _counter(clock: ClockKind, calendar: WorkingCalendar | None) -> _Counter:
    if clock == "always":
        return _RoundTheClock()
    if calendar is None:
        raise ValueError("working time needs a calendar")
    return calendar


def _merged(pauses: Sequence[Pause], start: int, open_until: int | None) -> Iterator[tuple[int, int]]:
    """Pauses in order, none before `start`, overlaps joined, open ones closed at `open_until` or left out."""
    current: tuple[int, int] | None = None
    for begin, end in sorted(_spans(pauses, start, open_until)):
        if current and begin <= current[1]:
            current = current[0], max(current[1], end)
            continue
        if current:
            yield current
        current = begin, end
    if current:
        yield current


def _spans(pauses: Sequence[Pause], start: int, open_until: int | None) -> Iterator[tuple[int, int]]:
    for began_at, ended_at in pauses:
        begin = microseconds(began_at)
        end = open_until if ended_at is None else microseconds(ended_at)
        if ended_at is not None and end is not None and end < begin:
            raise ValueError("a pause cannot end before it begins")
        if end is not None and end > max(begin, start):
            yield max(begin, start), end


def _instant(moment: int) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=moment)
    except OverflowError as error:
        raise OutOfCalendar("the deadline lies beyond the calendar") from error


def _local(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(SHANGHAI)
