"""Figures of the told fortnight: by hand, by plain SQL, and in the lists behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import connection

from servicecenter.accounts.models import User
from servicecenter.board.links import narrowed
from servicecenter.board.queries.counting import counted, counts, grouped
from servicecenter.board.queries.lengths import LENGTHS, Took, lengths
from servicecenter.board.queries.sets import AGES, SETS
from servicecenter.board.queries.slices import TIMES, Grouping, Slice
from servicecenter.board.queries.trends import FUNNEL
from tests.board.conftest import DAY, HOUR
from tests.board.test_figures import (
    PLAIN,
    STAGES,
    History,
    numbers_of,
    plain,
)


def test_every_figure_its_list_and_a_plain_count_agree(
    history: History, fortnight: Slice, now: datetime
) -> None:
    expected = {code: plain(code, fortnight, now) for code in PLAIN}
    assert all(expected.values()), "the fortnight has something of everything"
    assert counts(PLAIN, fortnight, now) == expected
    assert {code: counted(code, fortnight, now) for code in PLAIN} == expected
    assert {code: len(numbers_of(code, fortnight, now)) for code in PLAIN} == expected


def test_groups_add_up_and_each_opens_exactly_its_rows(
    history: History, fortnight: Slice, now: datetime
) -> None:
    total = counts(SETS, fortnight, now)
    for by in Grouping.values:
        groups = grouped(SETS, fortnight, now, by)
        # What stands as it is now has no day.
        for code in (code for code in SETS if SETS[code].source.when or by not in TIMES):
            assert sum(numbers[code] for numbers in groups.values()) == total[code], (by, code)
            opened = {key: counted(code, narrowed(fortnight, by, key), now) for key in groups}
            assert opened == {key: numbers[code] for key, numbers in groups.items()}, (by, code)


def test_kept_and_missed_promises_make_all_that_were_due(
    history: History, fortnight: Slice, now: datetime
) -> None:
    found = counts(SETS, fortnight, now)
    for stage in STAGES:
        assert found[f"{stage}_kept"] + found[f"{stage}_missed"] == found[f"{stage}_due"]
    assert found["calls_kept"] + found["calls_missed"] == found["calls_due"]
    assert found["first_time"] + found["not_first_time"] == found["first_completions"]
    assert found["satisfied"] + found["unsatisfied"] == found["answers"]


def test_the_ages_of_the_backlog_make_all_of_it(history: History, fortnight: Slice, now: datetime) -> None:
    found = counts([*AGES, "backlog"], fortnight, now)
    assert sum(found[code] for code in AGES) == found["backlog"]


def test_no_step_of_the_funnel_is_wider_than_the_one_before(
    history: History, fortnight: Slice, now: datetime
) -> None:
    found = counts(FUNNEL, fortnight, now)
    widths = [found[code] for code in FUNNEL]
    assert widths == sorted(widths, reverse=True)


def test_a_promise_that_nobody_kept_counts_against_us(
    history: History, fortnight: Slice, now: datetime
) -> None:
    assert history["forgotten"].number in numbers_of("respond_missed", fortnight, now)


def test_a_promise_that_is_not_due_yet_does_not_count(
    history: History, fortnight: Slice, now: datetime
) -> None:
    soon = replace(fortnight, until=now + 5 * DAY)
    assert history["fresh"].number not in numbers_of("respond_due", soon, now)


def test_a_cancelled_repair_leaves_the_promises(history: History, fortnight: Slice, now: datetime) -> None:
    for code in ("respond_due", "complete_due"):
        assert history["cancelled"].number not in numbers_of(code, fortnight, now)


def test_a_promise_on_hold_is_neither_kept_nor_missed(
    history: History, fortnight: Slice, now: datetime
) -> None:
    assert history["held"].number not in numbers_of("complete_due", fortnight, now)


def test_each_round_of_a_rework_is_a_promise_of_its_own(
    history: History, fortnight: Slice, now: datetime
) -> None:
    number = history["reworked"].number
    assert numbers_of("complete_kept", fortnight, now).count(number) == 2
    assert numbers_of("complete_first_kept", fortnight, now).count(number) == 1


def test_the_first_round_belongs_to_whoever_completed_it(
    history: History, fortnight: Slice, now: datetime, technician_chen: User, technician_he: User
) -> None:
    gas = replace(fortnight, trade="gas")
    groups = grouped(["complete_kept"], gas, now, Grouping.TECHNICIAN)
    assert {key: numbers["complete_kept"] for key, numbers in groups.items()} == {
        technician_chen.pk: 1,
        technician_he.pk: 1,
    }


def test_a_completion_that_was_done_again_needs_no_call(
    history: History, fortnight: Slice, now: datetime
) -> None:
    assert numbers_of("calls_due", fortnight, now).count(history["reworked"].number) == 1


def test_how_long_repairs_took_is_what_plain_sql_says(
    history: History, fortnight: Slice, now: datetime
) -> None:
    took = "percentile_cont(0.5) WITHIN GROUP (ORDER BY t.took), avg(t.took), count(*)"
    for code, each in LENGTHS.items():
        rows = PLAIN[each.rows].replace("count(*)", "f.completed_at - t.reported_at AS took", 1)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {took} FROM ({rows}) t",
                {"since": fortnight.since, "until": fortnight.until, "communities": fortnight.community_ids},
            )
            assert Took(*cursor.fetchone()) == lengths(fortnight, now)[code]


def test_a_rework_lengthens_the_total_and_not_the_first_resolution(
    history: History, fortnight: Slice, now: datetime
) -> None:
    gas = replace(fortnight, trade="gas")
    found = lengths(gas, now)
    assert found["first_resolution"] == Took(3 * HOUR, 3 * HOUR, 1)
    assert found["total_resolution"] == Took(DAY + 2 * HOUR, DAY + 2 * HOUR, 1)


def test_the_other_community_is_not_counted(history: History, fortnight: Slice, now: datetime) -> None:
    mine = replace(fortnight, community="YG")
    for code in SETS:
        assert history["elsewhere"].number not in numbers_of(code, mine, now), code
