"""Times in words are deterministic: the same two instants always say the same."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from servicecenter.lib.clock import LOCAL
from servicecenter.lib.words import (
    deadline_state,
    deadline_words,
    duration_words,
    exact_words,
    moment_words,
    outcome_words,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=LOCAL)


def after(**length: float) -> datetime:
    return NOW + timedelta(**length)


@pytest.mark.parametrize(
    ("due_at", "said"),
    [
        (after(hours=3, minutes=20), "3 h 20 min left"),
        (after(hours=3, minutes=20, seconds=59), "3 h 20 min left"),
        (after(hours=24), "1 d left"),
        (after(hours=26, minutes=50), "1 d 2 h left"),
        (after(minutes=5), "5 min left"),
        (after(seconds=59), "less than 1 min left"),
        (NOW, "less than 1 min left"),
        (after(seconds=-1), "overdue just now"),
        (after(days=-2), "2 d overdue"),
        (None, "No time limit"),
    ],
)
def test_a_deadline_says_what_is_left_or_how_late_it_is(due_at: datetime | None, said: str) -> None:
    with translation.override("en"):
        assert deadline_words(due_at, NOW) == said


@pytest.mark.parametrize(
    ("language", "left", "over"),
    [("zh-hans", "还剩 3 小时 20 分", "超时 2 天"), ("zh-hant", "還剩 3 小時 20 分", "逾時 2 天")],
)
def test_a_deadline_speaks_chinese(language: str, left: str, over: str) -> None:
    with translation.override(language):
        assert deadline_words(after(hours=3, minutes=20), NOW) == left
        assert deadline_words(after(days=-2), NOW) == over


def test_the_server_clock_zone_does_not_change_the_words() -> None:
    due_at = after(hours=1)
    assert deadline_words(due_at.astimezone(), NOW) == deadline_words(due_at, NOW)


@pytest.mark.parametrize(
    ("hours_run", "state"), [(0, "ok"), (17.9, "ok"), (18, "soon"), (24, "soon"), (24.01, "over")]
)
def test_a_deadline_is_soon_from_three_quarters_of_its_time(hours_run: float, state: str) -> None:
    started_at = after(hours=-hours_run)
    assert deadline_state(started_at + timedelta(hours=24), NOW, started_at=started_at) == state


def test_a_deadline_with_an_unknown_start_is_soon_in_its_last_six_hours() -> None:
    assert deadline_state(after(hours=7), NOW) == "ok"
    assert deadline_state(after(hours=5), NOW) == "soon"


def test_a_deadline_that_was_ahead_when_the_pause_began_is_not_overdue() -> None:
    assert deadline_state(after(hours=-1), NOW, paused_at=after(hours=-2)) == "paused"


def test_a_pause_does_not_hide_what_was_missed_before_it_began() -> None:
    assert deadline_state(after(hours=-2), NOW, paused_at=after(hours=-1)) == "over"


def test_a_met_deadline_stays_what_it_was_however_late_it_is_now() -> None:
    assert deadline_state(after(hours=-5), NOW, met_at=after(hours=-6)) == "met"
    assert deadline_state(after(hours=-5), NOW, met_at=after(hours=-4)) == "met_late"


def test_a_late_end_says_by_how_much() -> None:
    with translation.override("en"):
        assert outcome_words(NOW, after(hours=3)) == "Done 3 h late"
        assert outcome_words(NOW, NOW) == "On time"


def test_a_duration_shorter_than_a_minute_is_not_called_zero() -> None:
    with translation.override("en"):
        assert duration_words(5) == "less than 1 min"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (after(hours=4, minutes=20), "today 14:20"),
        (after(hours=23), "tomorrow 09:00"),
        (after(hours=-12), "yesterday 22:00"),
        (after(days=3), "25 Nov 10:00"),
        (after(days=60), "21 Jan 2027 10:00"),
    ],
)
def test_an_instant_is_said_as_people_say_it(value: datetime, said: str) -> None:
    with translation.override("en"):
        assert moment_words(value, NOW) == said


def test_the_exact_instant_is_local_and_follows_the_language() -> None:
    with translation.override("zh-hans"):
        assert exact_words(NOW) == "2026年11月22日 10:00"
    with translation.override("en"):
        assert exact_words(NOW) == "22 Nov 2026, 10:00"
