"""What each figure counts: by hand, by plain SQL, and in the lists behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.board.links import narrowed
from servicecenter.board.queries import lists
from servicecenter.board.queries.counting import counted, counts, grouped
from servicecenter.board.queries.figures import FIGURES, Share
from servicecenter.board.queries.lengths import LENGTHS, Took, lengths
from servicecenter.board.queries.sets import AGES, SETS
from servicecenter.board.queries.slices import TIMES, Grouping, Slice
from servicecenter.board.queries.trends import FUNNEL
from tests.board.conftest import DAY, HOUR, MINUTE, Repairs, answer

History = Mapping[str, Ticket]
STAGES = ("respond", "arrive", "secure", "complete", "complete_first")

CLOCKS = "SELECT count(*) FROM sla_clock c WHERE c.work = 'repair' AND c.cancelled_at IS NULL "
CLOCKS += "AND c.due_at >= %(since)s AND c.due_at < %(until)s AND c.community_id = ANY(%(communities)s) "
LATE = "(c.met_at IS NULL AND (c.paused_at IS NULL AND c.due_at <= %(at)s OR c.due_at <= c.paused_at))"
CALLS = "SELECT count(*) FROM surveys_followup f JOIN repairs_ticket t ON t.id = f.case_id WHERE f.work = 'repair' "
CALLS += "AND f.community_id = ANY(%(communities)s) "
COMPLETED = CALLS + "AND f.completed_at >= %(since)s AND f.completed_at < %(until)s "
PROMISED = CALLS + "AND f.outcome <> 'superseded' AND f.due_at >= %(since)s AND f.due_at < %(until)s "
TICKETS = "SELECT count(*) FROM repairs_ticket t WHERE t.community_id = ANY(%(communities)s) "
UNFINISHED = (
    "AND t.status NOT IN ('completed', 'confirmed', 'followed_up', 'archived', 'cancelled', 'duplicate') "
)
REPEATED = (
    "EXISTS (SELECT 1 FROM repairs_ticket r WHERE r.id <> t.id AND r.unit_id = t.unit_id AND r.trade = t.trade AND "
    "r.status NOT IN ('cancelled', 'duplicate') AND r.reported_at > f.completed_at AND "
    "r.reported_at <= f.completed_at + interval '30 days')"
)
VISITS = "SELECT count(*) FROM repairs_appointment a WHERE a.community_id = ANY(%(communities)s) "
VISITS += "AND a.agreed_at IS NOT NULL AND a.ends_at >= %(since)s AND a.ends_at < %(until)s "
VISITS += "AND (a.ends_at <= %(at)s OR a.state = 'kept') "
IN_TIME = "(a.state = 'kept' AND a.closed_at <= a.ends_at)"
NOT_IN_TIME = (
    "(a.state = 'missed_by_technician' OR a.state IN ('kept', 'agreed', 'moved', 'cancelled') "
    "AND (a.closed_at IS NULL OR a.closed_at > a.ends_at))"
)
PLAIN = {
    "respond_due": CLOCKS + "AND c.stage = 'respond' AND (c.met_at IS NOT NULL OR " + LATE + ")",
    "respond_kept": CLOCKS + "AND c.stage = 'respond' AND c.met_at <= c.due_at",
    "respond_missed": CLOCKS + "AND c.stage = 'respond' AND (c.met_at > c.due_at OR " + LATE + ")",
    "arrive_kept": CLOCKS + "AND c.stage = 'arrive' AND c.met_at <= c.due_at",
    "secure_kept": CLOCKS + "AND c.stage = 'secure' AND c.met_at <= c.due_at",
    "complete_due": CLOCKS + "AND c.stage = 'complete' AND (c.met_at IS NOT NULL OR " + LATE + ")",
    "complete_first_kept": CLOCKS + "AND c.stage = 'complete' AND c.round = 1 AND c.met_at <= c.due_at",
    "completions": COMPLETED,
    "reworked": COMPLETED + "AND t.rework_count >= f.completion_no",
    "first_completions": COMPLETED + "AND f.completion_no = 1",
    "last_completions": COMPLETED + "AND f.completion_no = t.completion_no AND t.completed_at IS NOT NULL",
    "first_time": COMPLETED + f"AND f.completion_no = 1 AND t.rework_count = 0 AND NOT {REPEATED}",
    "answers": COMPLETED + "AND f.overall IS NOT NULL",
    "satisfied": COMPLETED + "AND f.overall >= 8",
    "calls_due": PROMISED + "AND (f.status = 'done' OR f.due_at <= %(at)s)",
    "calls_covered": PROMISED + "AND f.status = 'done'",
    "calls_kept": PROMISED + "AND f.status = 'done' AND f.finished_at <= f.due_at",
    "attempts": "SELECT count(*) FROM surveys_attempt a WHERE a.community_id = ANY(%(communities)s) "
    "AND a.started_at >= %(since)s AND a.started_at < %(until)s AND a.outcome NOT IN ('', 'released')",
    "attempts_reached": "SELECT count(*) FROM surveys_attempt a WHERE a.community_id = ANY(%(communities)s) "
    "AND a.started_at >= %(since)s AND a.started_at < %(until)s AND a.outcome = 'reached'",
    "visits_due": VISITS + f"AND ({IN_TIME} OR {NOT_IN_TIME})",
    "visits_kept": VISITS + f"AND {IN_TIME}",
    "reported": TICKETS + "AND t.reported_at >= %(since)s AND t.reported_at < %(until)s",
    "handled": TICKETS + "AND t.closed_at >= %(since)s AND t.closed_at < %(until)s",
    "to_handle": TICKETS
    + "AND t.reported_at < %(until)s AND (t.closed_at IS NULL OR t.closed_at >= %(since)s)",
    "backlog": TICKETS + UNFINISHED,
    "overdue": TICKETS
    + UNFINISHED
    + "AND (t.status <> 'on_hold' OR t.next_due_at <= t.held_at) AND t.next_due_at < %(at)s",
    "queue": CALLS + "AND f.status <> 'done'",
}


def plain(code: str, part: Slice, at: datetime) -> int:
    """The figure as somebody at a SQL prompt would count it."""
    values: dict[str, Any] = {
        "since": part.since,
        "until": part.until,
        "communities": part.community_ids,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(PLAIN[code], values)
        return int(cursor.fetchone()[0])


def numbers_of(code: str, part: Slice, at: datetime) -> list[str]:
    """The numbers of the repairs in the list behind a set."""
    found, _page = lists.page(code, part, at)
    return [each.ticket.number for each in found]


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


def test_a_promise_kept_early_counts_on_the_day_of_its_deadline(
    repairs: Repairs, fortnight: Slice, now: datetime
) -> None:
    ticket = repairs.report(now - HOUR)
    repairs.contact(ticket, now - MINUTE)
    soon = replace(fortnight, until=now + 5 * DAY)
    assert ticket.number in numbers_of("respond_kept", soon, now)


def test_a_cancelled_repair_leaves_the_promises(history: History, fortnight: Slice, now: datetime) -> None:
    for code in ("respond_due", "complete_due"):
        assert history["cancelled"].number not in numbers_of(code, fortnight, now)


def test_a_promise_on_hold_is_neither_kept_nor_missed(
    history: History, fortnight: Slice, now: datetime
) -> None:
    assert history["held"].number not in numbers_of("complete_due", fortnight, now)


def test_paused_time_moves_a_promise_to_the_day_of_its_new_deadline(
    repairs: Repairs, fortnight: Slice, now: datetime
) -> None:
    ticket = repairs.report(now - 6 * DAY)
    repairs.contact(ticket, now - 6 * DAY + HOUR)
    actions.hold(ticket, reason="parts", resume_at=now, by=repairs.technician, at=now - 6 * DAY + 2 * HOUR)
    actions.resume(ticket, by=repairs.technician, at=now - 3 * DAY + 2 * HOUR)
    repairs.complete(ticket, now - 2 * DAY)
    assert ticket.number in numbers_of("complete_kept", fortnight, now)


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


def test_the_same_trade_in_the_same_unit_within_30_days_is_no_first_time_fix(
    repairs: Repairs, fortnight: Slice, now: datetime
) -> None:
    first = repairs.done(now - 10 * DAY, contact=HOUR, complete=2 * HOUR)
    assert first.number in numbers_of("first_time", fortnight, now)
    again = repairs.report(now - DAY)
    assert first.number not in numbers_of("first_time", fortnight, now)
    actions.cancel(again, reason="弄错了", by=repairs.agent, at=now - HOUR)
    assert first.number in numbers_of("first_time", fortnight, now)


def test_an_answer_of_eight_is_satisfied_and_one_of_seven_is_not(
    repairs: Repairs, fortnight: Slice, now: datetime
) -> None:
    for overall in (8, 7):
        ticket = repairs.done(now - 3 * DAY, contact=HOUR, complete=2 * HOUR)
        repairs.call(ticket, now - 2 * DAY, answer(overall))
    share = FIGURES["satisfaction"].of(counts(["satisfied", "answers"], fortnight, now))
    assert share == Share(1, 2)


def test_an_unanswered_call_is_an_attempt_and_no_outcome(
    repairs: Repairs, fortnight: Slice, now: datetime
) -> None:
    from_home = repairs.done(now - 5 * DAY, contact=HOUR, complete=2 * HOUR)
    repairs.call(from_home, now - 4 * DAY, answer(9))
    unheard = repairs.done(now - 5 * DAY, contact=HOUR, complete=2 * HOUR)
    ticket_numbers = numbers_of("calls_open", fortnight, now)
    assert ticket_numbers == [unheard.number]


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


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [(8, 10, (49.0, 94.3)), (0, 5, (0.0, 43.4)), (5, 5, (56.6, 100.0)), (860, 1000, (83.7, 88.0))],
)
def test_the_interval_is_wilsons(part: int, whole: int, interval: tuple[float, float]) -> None:
    assert Share(part, whole).interval() == interval


def test_a_share_of_nothing_is_no_number() -> None:
    nothing = Share(0, 0)
    assert (nothing.percent, nothing.interval(), nothing.change(Share(1, 2))) == (None, None, None)


def test_the_other_community_is_not_counted(history: History, fortnight: Slice, now: datetime) -> None:
    mine = replace(fortnight, community="YG")
    for code in SETS:
        assert history["elsewhere"].number not in numbers_of(code, mine, now), code
