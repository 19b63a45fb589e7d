"""Up to three tries on two days and in two parts of the day, then unreachable."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicecenter.lib.clock import LOCAL, local_day
from servicecenter.sla.arithmetic import part_of_day
from surveys.spacing import is_unreachable, next_try, outside, part_to_avoid

OPENS, CLOSES = time(9), time(20)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("tries", "enough"),
    [
        ([at(2, 10)], False),
        ([at(2, 10), at(3, 15)], False),
        ([at(2, 10), at(2, 15), at(2, 19)], False),
        ([at(2, 10), at(3, 10), at(4, 10)], False),
        ([at(2, 10), at(2, 15), at(3, 10)], True),
    ],
    ids=["one", "two", "one day only", "mornings only", "two days, two parts"],
)
def test_three_tries_on_two_days_in_two_parts_are_enough(tries: list[datetime], enough: bool) -> None:
    assert is_unreachable(tries, opens=OPENS, closes=CLOSES) is enough


def test_the_second_try_comes_in_another_part_of_the_day() -> None:
    assert part_of_day(next_try([at(2, 10)], opens=OPENS, closes=CLOSES)) == "afternoon"


def test_the_third_try_comes_on_another_day() -> None:
    again = next_try([at(2, 10), at(2, 14)], opens=OPENS, closes=CLOSES)
    assert local_day(again) == local_day(at(3, 9))


@pytest.mark.parametrize(
    ("tries", "part"),
    [
        ([at(2, 11, 59)], "morning"),
        ([at(2, 12)], "afternoon"),
        ([at(2, 17, 59)], "afternoon"),
        ([at(2, 18)], "evening"),
        ([at(2, 10), at(3, 11)], "morning"),
        ([at(2, 10), at(3, 12)], None),
    ],
)
def test_the_next_call_avoids_the_only_part_that_was_tried(tries: list[datetime], part: str | None) -> None:
    assert part_to_avoid(tries, opens=OPENS, closes=CLOSES) == part


def test_where_calls_are_made_in_the_morning_only_mornings_are_enough() -> None:
    mornings = [at(2, 10), at(3, 10), at(4, 10)]
    assert part_to_avoid(mornings[:1], opens=time(9), closes=time(12)) is None
    assert next_try(mornings[:2], opens=time(9), closes=time(12)) == at(4, 9)
    assert is_unreachable(mornings, opens=time(9), closes=time(12))


@pytest.mark.parametrize(
    ("part", "moment", "first"),
    [
        ("morning", at(2, 11, 59), at(2, 12)),
        ("morning", at(2, 12), at(2, 12)),
        ("afternoon", at(2, 12), at(2, 18)),
        ("evening", at(2, 18), at(3, 9)),
        ("evening", at(2, 23, 59), at(3, 9)),
        ("morning", at(3, 0), at(3, 12)),
    ],
)
def test_a_part_of_the_day_ends_on_the_clock_of_shanghai(
    part: str, moment: datetime, first: datetime
) -> None:
    assert outside(part, moment, opens=OPENS, closes=CLOSES) == first


@given(
    first=st.integers(9 * 60, 19 * 60 + 59),
    delays=st.lists(st.integers(0, 600), min_size=12, max_size=12),
)
def test_calling_when_told_always_comes_to_an_end(first: int, delays: list[int]) -> None:
    """However late each call is made, in calling hours, a few tries are enough and none is at night."""
    tries = [at(2, first // 60, first % 60)]
    for delay in delays:
        if is_unreachable(tries, opens=OPENS, closes=CLOSES):
            break
        planned = next_try(tries, opens=OPENS, closes=CLOSES)
        assert planned - tries[-1] >= timedelta(hours=2)
        assert OPENS <= planned.astimezone(LOCAL).time() < CLOSES
        late = (planned + timedelta(minutes=delay)).astimezone(LOCAL)
        tries.append(late if OPENS <= late.time() < CLOSES else planned)
    assert is_unreachable(tries, opens=OPENS, closes=CLOSES)
    assert len(tries) <= 6
