"""Deadline arithmetic, against sentences of the promise table and against a slow minute-by-minute counter."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from time import process_time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from servicecenter.sla.arithmetic import (
    ClockKind,
    Pause,
    due_at,
    elapsed,
    next_in_window,
    part_of_day,
    remaining,
)
from servicecenter.sla.calendars import SHANGHAI, Span, WorkingCalendar

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MORNING, AFTERNOON = Span(time(8, 30), time(12)), Span(time(14), time(18))
OFFICE = WorkingCalendar.monday_to_friday(MORNING, AFTERNOON)
WORKING_DAY = timedelta(hours=7, minutes=30)


def local(month: int, day: int, hour: int = 0, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


# --- sentences
# -------------------------------------------------------------------------------------------------


def test_a_normal_repair_reported_on_a_friday_night_is_answered_by_saturday_night() -> None:
    assert due_at(local(3, 6, 22), 24 * HOUR, "always") == local(3, 7, 22)


def test_a_deadline_comes_out_in_utc() -> None:
    assert due_at(local(3, 6, 22), 24 * HOUR, "always").tzinfo is UTC


def test_one_working_day_from_a_weekday_noon_ends_the_next_noon() -> None:
    assert due_at(local(3, 3, 12), WORKING_DAY, "working", OFFICE) == local(3, 4, 12)


def test_working_time_reported_at_night_begins_the_next_morning() -> None:
    assert due_at(local(3, 3, 23), HOUR, "working", OFFICE) == local(3, 4, 9, 30)


def test_working_time_skips_the_lunch_break() -> None:
    assert due_at(local(3, 3, 11, 30), HOUR, "working", OFFICE) == local(3, 3, 14, 30)


def test_working_time_skips_the_weekend() -> None:
    assert due_at(local(3, 6, 17), 2 * HOUR, "working", OFFICE) == local(3, 9, 9, 30)


def test_working_time_counts_a_make_up_saturday() -> None:
    # Friday 13 February 2026, then the make-up Saturday before the Spring Festival.
    assert due_at(local(2, 13, 17), 2 * HOUR, "working", OFFICE) == local(2, 14, 9, 30)


def test_working_time_skips_the_whole_spring_festival() -> None:
    assert due_at(local(2, 14, 17), 2 * HOUR, "working", OFFICE) == local(2, 24, 9, 30)


def test_working_time_crosses_new_year() -> None:
    # 1–3 January 2026 are off, Sunday the 4th is a make-up day.
    assert due_at(local(12, 31, 17, year=2025), 2 * HOUR, "working", OFFICE) == local(1, 4, 9, 30)


def test_a_deadline_may_lie_years_ahead() -> None:
    start = local(3, 2, 8, year=2024)
    due = due_at(start, 600 * WORKING_DAY, "working", OFFICE)
    assert (due.year, elapsed(start, due, "working", OFFICE)) == (2026, 600 * WORKING_DAY)


def test_a_deadline_at_closing_time_is_closing_time_and_not_the_next_opening() -> None:
    assert due_at(local(3, 3, 17), HOUR, "working", OFFICE) == local(3, 3, 18)


def test_a_target_of_nothing_is_due_at_once() -> None:
    assert due_at(local(3, 7, 3), timedelta(0), "working", OFFICE) == local(3, 7, 3)


def test_a_shift_until_midnight_counts_its_last_minute() -> None:
    late = WorkingCalendar.monday_to_friday(Span(time(16), time(0)))
    assert elapsed(local(3, 3, 23), local(3, 4, 1), "working", late) == HOUR


def test_a_community_exception_moves_the_deadline() -> None:
    calendar = WorkingCalendar.monday_to_friday(MORNING, AFTERNOON, exceptions={date(2026, 3, 4): ()})
    assert due_at(local(3, 3, 17), 2 * HOUR, "working", calendar) == local(3, 5, 9, 30)


def test_a_pause_moves_the_deadline_by_its_length() -> None:
    pause = (local(3, 3, 10), local(3, 3, 13))
    assert due_at(local(3, 3, 9), 24 * HOUR, "always", pauses=[pause]) == local(3, 4, 12)


def test_a_pause_over_night_moves_working_time_by_its_working_hours_only() -> None:
    pause = (local(3, 3, 17), local(3, 4, 9, 30))
    assert due_at(local(3, 3, 16), 3 * HOUR, "working", OFFICE, [pause]) == local(3, 4, 11, 30)


def test_a_pause_at_night_does_not_move_working_time() -> None:
    pause = (local(3, 3, 19), local(3, 4, 7))
    assert due_at(local(3, 3, 17), 2 * HOUR, "working", OFFICE, [pause]) == local(3, 4, 9, 30)


def test_a_pause_after_the_deadline_excuses_nothing() -> None:
    pause = (local(3, 3, 12), local(3, 3, 20))
    assert due_at(local(3, 3, 9), 2 * HOUR, "always", pauses=[pause]) == local(3, 3, 11)


def test_a_pause_that_begins_at_the_deadline_excuses_nothing() -> None:
    pause = (local(3, 3, 11), local(3, 3, 20))
    assert due_at(local(3, 3, 9), 2 * HOUR, "always", pauses=[pause]) == local(3, 3, 11)


def test_a_second_pause_counts_because_the_first_moved_the_deadline_behind_it() -> None:
    pauses = [(local(3, 3, 12), local(3, 3, 13)), (local(3, 3, 10), local(3, 3, 12))]
    assert due_at(local(3, 3, 9), 2 * HOUR, "always", pauses=pauses) == local(3, 3, 14)


def test_overlapping_pauses_count_once() -> None:
    pauses = [(local(3, 3, 10), local(3, 3, 12)), (local(3, 3, 11), local(3, 3, 13))]
    assert due_at(local(3, 3, 9), 2 * HOUR, "always", pauses=pauses) == local(3, 3, 14)


def test_a_pause_from_before_the_start_counts_from_the_start() -> None:
    pause = (local(3, 3, 8), local(3, 3, 10))
    assert due_at(local(3, 3, 9), 2 * HOUR, "always", pauses=[pause]) == local(3, 3, 12)


def test_an_open_pause_does_not_move_the_earliest_deadline() -> None:
    assert due_at(local(3, 3, 9), 2 * HOUR, "always", pauses=[(local(3, 3, 10), None)]) == local(3, 3, 11)


def test_an_open_pause_counts_until_the_instant_that_is_asked_about() -> None:
    due = due_at(local(3, 3, 9), 2 * HOUR, "always", pauses=[(local(3, 3, 10), None)], as_of=local(3, 3, 15))
    assert due == local(3, 3, 16)


def test_what_is_left_stands_still_during_an_open_pause() -> None:
    pauses: list[Pause] = [(local(3, 3, 10), None)]
    left = {
        remaining(local(3, 3, 9), local(3, 3, hour), 2 * HOUR, "always", None, pauses)
        for hour in (10, 15, 20)
    }
    assert left == {HOUR}


def test_what_is_left_is_negative_when_late() -> None:
    assert remaining(local(3, 3, 9), local(3, 3, 12), 2 * HOUR, "always") == -HOUR


def test_nothing_has_elapsed_before_the_start() -> None:
    assert elapsed(local(3, 3, 9), local(3, 3, 8), "always") == timedelta(0)


# --- refusals
# --------------------------------------------------------------------------------------------------

NAIVE = datetime(2026, 3, 3, 9)
AWARE = local(3, 3, 9)


@pytest.mark.parametrize("clock", ["always", "working"])
def test_a_naive_start_is_refused(clock: ClockKind) -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_at(NAIVE, HOUR, clock, OFFICE)


def test_a_naive_end_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        elapsed(AWARE, NAIVE, "always")


@pytest.mark.parametrize("pause", [(NAIVE, AWARE), (AWARE, NAIVE), (NAIVE, None)])
def test_a_naive_pause_is_refused(pause: Pause) -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_at(AWARE, HOUR, "always", pauses=[pause])


def test_a_naive_call_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        next_in_window(NAIVE, time(9), time(20))


def test_a_part_of_day_of_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        part_of_day(NAIVE)


def test_a_negative_target_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        due_at(AWARE, -HOUR, "always")


def test_working_time_without_a_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="calendar"):
        due_at(AWARE, HOUR, "working")


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="pause"):
        due_at(AWARE, HOUR, "always", pauses=[(local(3, 3, 10), local(3, 3, 9, 59))])


@pytest.mark.parametrize("clock", ["always", "working"])
def test_a_deadline_beyond_the_calendar_is_refused(clock: ClockKind) -> None:
    with pytest.raises(ValueError, match="calendar"):
        due_at(AWARE, timedelta.max, clock, OFFICE)


@pytest.mark.parametrize("year", [1, 9999])
def test_working_time_of_an_absurd_year_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="working time"):
        due_at(datetime(year, 1, 1, tzinfo=UTC), HOUR, "working", OFFICE)


# --- calls
# -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (local(3, 3, 8, 59), local(3, 3, 9)),
        (local(3, 3, 9), local(3, 3, 9)),
        (local(3, 3, 19, 59), local(3, 3, 19, 59)),
        (local(3, 3, 20), local(3, 4, 9)),
        (local(3, 3, 0), local(3, 3, 9)),
        (datetime(2026, 12, 31, 15, 30, tzinfo=UTC), local(1, 1, 9, year=2027)),
    ],
)
def test_calls_are_made_between_nine_and_twenty(at: datetime, expected: datetime) -> None:
    assert next_in_window(at, time(9), time(20)) == expected


def test_a_window_past_midnight_is_refused() -> None:
    with pytest.raises(ValueError, match="window"):
        next_in_window(AWARE, time(20), time(9))


@pytest.mark.parametrize(
    ("at", "part"),
    [
        (local(3, 3, 9), "morning"),
        (local(3, 3, 11, 59), "morning"),
        (local(3, 3, 12), "afternoon"),
        (local(3, 3, 17, 59), "afternoon"),
        (local(3, 3, 18), "evening"),
        (datetime(2026, 3, 3, 1, tzinfo=UTC), "morning"),
    ],
)
def test_the_day_has_three_parts_in_shanghai(at: datetime, part: str) -> None:
    assert part_of_day(at) == part


# --- properties, against a counter that knows only minutes
# -------------------------------------------------------

# 10 September to 20 November 2026: two holidays, two make-up days, typed here so that the library is not its
# own judge.
FIRST, LENGTH = local(9, 10), 72 * 24 * 60
OFF = {date(2026, 9, 25), date(2026, 9, 26), date(2026, 9, 27), *(date(2026, 10, day) for day in range(1, 8))}
MAKEUP = {date(2026, 9, 20), date(2026, 10, 10)}
CALENDARS = {
    "office": OFFICE,
    "seven days, short Saturdays": WorkingCalendar(
        weekly=(*((Span(time(7, 15), time(21)),),) * 5, (MORNING,), (AFTERNOON,))
    ),
    "late shifts": WorkingCalendar.monday_to_friday(Span(time(0), time(1, 7)), Span(time(15, 30), time(0))),
    "exceptions": WorkingCalendar.monday_to_friday(
        MORNING,
        AFTERNOON,
        exceptions={
            date(2026, 10, 1): (Span(time(10), time(11)),),
            date(2026, 10, 10): (),
            date(2026, 10, 17): (AFTERNOON,),
        },
    ),
}


@cache
def working_minutes(name: str) -> bytearray:
    """One byte a minute: 1 where the clock counts. Plain wall-clock reasoning, no sums."""
    minutes = bytearray(LENGTH)
    for index in range(LENGTH):
        at = FIRST + index * MINUTE
        day = at.date()
        if name == "always":
            minutes[index] = 1
            continue
        calendar = CALENDARS[name]
        if day in calendar.exceptions:
            spans = calendar.exceptions[day]
        elif day in OFF:
            spans = ()
        else:
            spans = calendar.weekly[0] if day in MAKEUP else calendar.weekly[day.weekday()]
        minutes[index] = any(
            start <= at.time() and (at.time() < end or end == time(0)) for start, end in spans
        )
    return minutes


def counted(name: str, pauses: list[tuple[int, int]]) -> bytearray:
    minutes = bytearray(working_minutes(name))
    for begin, end in pauses:
        for index in range(begin, min(end, LENGTH)):
            minutes[index] = 0
    return minutes


def slow_elapsed(name: str, start: int, until: int, pauses: list[tuple[int, int]]) -> int:
    return sum(counted(name, pauses)[start:until])


def slow_due(name: str, start: int, target: int, pauses: list[tuple[int, int]]) -> int | None:
    """The minute by which `target` minutes were counted; None if that is outside of the window."""
    minutes, left, index = counted(name, pauses), target, start
    while left:
        if index >= LENGTH:
            return None
        left -= minutes[index]
        index += 1
    return index


def at(minute: int) -> datetime:
    return (FIRST + minute * MINUTE).astimezone(UTC)


def clock_of(name: str) -> tuple[ClockKind, WorkingCalendar | None]:
    return ("always", None) if name == "always" else ("working", CALENDARS[name])


def real(pauses: list[tuple[int, int]]) -> list[Pause]:
    return [(at(begin), at(end)) for begin, end in pauses]


names = st.sampled_from(["always", *CALENDARS])
starts = st.integers(0, 40 * 24 * 60)
targets = st.integers(0, 5 * 24 * 60)
pause_lists = st.lists(
    st.tuples(st.integers(0, LENGTH // 2), st.integers(0, 5000)).map(lambda pair: (pair[0], sum(pair))),
    max_size=4,
)


@settings(deadline=None)
@given(names, starts, targets, pause_lists)
def test_a_deadline_is_where_the_minute_counter_arrives(
    name: str, start: int, target: int, pauses: list[tuple[int, int]]
) -> None:
    expected = slow_due(name, start, target, pauses)
    assume(expected is not None)
    assert expected is not None
    clock, calendar = clock_of(name)
    assert due_at(at(start), target * MINUTE, clock, calendar, real(pauses)) == at(expected)


@settings(deadline=None)
@given(names, starts, starts, pause_lists)
def test_elapsed_time_is_what_the_minute_counter_counts(
    name: str, start: int, length: int, pauses: list[tuple[int, int]]
) -> None:
    until = min(start + length, LENGTH)
    clock, calendar = clock_of(name)
    assert (
        elapsed(at(start), at(until), clock, calendar, real(pauses))
        == slow_elapsed(name, start, until, pauses) * MINUTE
    )


instants = st.datetimes(datetime(2019, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))
lengths = st.timedeltas(timedelta(0), timedelta(days=40))
fine_pauses = st.lists(
    st.tuples(instants, lengths).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=4
)
near_pauses = st.lists(st.tuples(lengths, lengths), max_size=4)


@settings(deadline=None)
@given(names, instants, lengths, near_pauses)
def test_at_the_deadline_exactly_the_target_has_elapsed(
    name: str, start: datetime, target: timedelta, near: list[tuple[timedelta, timedelta]]
) -> None:
    clock, calendar = clock_of(name)
    pauses: list[Pause] = [(start + offset, start + offset + length) for offset, length in near]
    due = due_at(start, target, clock, calendar, pauses)
    assert elapsed(start, due, clock, calendar, pauses) == target
    assert remaining(start, due, target, clock, calendar, pauses) == timedelta(0)


@settings(deadline=None)
@given(names, instants, st.timedeltas(timedelta(microseconds=1), timedelta(days=40)))
def test_a_microsecond_before_the_deadline_something_is_left(
    name: str, start: datetime, target: timedelta
) -> None:
    clock, calendar = clock_of(name)
    before = due_at(start, target, clock, calendar) - timedelta(microseconds=1)
    assert remaining(start, before, target, clock, calendar) == timedelta(microseconds=1)


@settings(deadline=None)
@given(names, instants, lengths, lengths, fine_pauses)
def test_a_longer_target_is_never_due_earlier(
    name: str, start: datetime, target: timedelta, more: timedelta, pauses: list[Pause]
) -> None:
    clock, calendar = clock_of(name)
    first = due_at(start, target, clock, calendar, pauses)
    assert start <= first <= due_at(start, target + more, clock, calendar, pauses)


@settings(deadline=None)
@given(names, instants, lengths, lengths, fine_pauses)
def test_elapsed_time_never_runs_backwards(
    name: str, start: datetime, until: timedelta, more: timedelta, pauses: list[Pause]
) -> None:
    clock, calendar = clock_of(name)
    first = elapsed(start, start + until, clock, calendar, pauses)
    assert timedelta(0) <= first <= elapsed(start, start + until + more, clock, calendar, pauses)


@settings(deadline=None)
@given(names, instants, lengths, st.floats(0, 0.999), lengths)
def test_a_pause_before_the_deadline_moves_it_by_exactly_the_paused_time_of_that_clock(
    name: str, start: datetime, target: timedelta, where: float, length: timedelta
) -> None:
    clock, calendar = clock_of(name)
    plain = due_at(start, target, clock, calendar)
    begin = start + (plain - start) * where
    assume(begin < plain)
    moved = due_at(start, target, clock, calendar, [(begin, begin + length)])
    assert elapsed(plain, moved, clock, calendar) == elapsed(begin, begin + length, clock, calendar)


# --- speed
# -----------------------------------------------------------------------------------------------------


def test_twenty_thousand_working_deadlines_cost_less_than_a_second_of_processor_time() -> None:
    start, pause = local(1, 2, 7), timedelta(hours=5)
    due_at(start, 400 * WORKING_DAY, "working", OFFICE)  # the years are built once
    began = process_time()
    for index in range(20_000):
        at_ = start + index * MINUTE
        due_at(at_, 3 * WORKING_DAY, "working", OFFICE, [(at_ + pause, at_ + 2 * pause)])
    assert process_time() - began < 1
