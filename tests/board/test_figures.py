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
from servicecenter.board.queries import lists
from servicecenter.board.queries.counting import counts
from servicecenter.board.queries.figures import FIGURES, Share
from servicecenter.board.queries.slices import Slice
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


def test_a_promise_kept_early_counts_on_the_day_of_its_deadline(
    repairs: Repairs, fortnight: Slice, now: datetime
) -> None:
    ticket = repairs.report(now - HOUR)
    repairs.contact(ticket, now - MINUTE)
    soon = replace(fortnight, until=now + 5 * DAY)
    assert ticket.number in numbers_of("respond_kept", soon, now)


def test_paused_time_moves_a_promise_to_the_day_of_its_new_deadline(
    repairs: Repairs, fortnight: Slice, now: datetime
) -> None:
    ticket = repairs.report(now - 6 * DAY)
    repairs.contact(ticket, now - 6 * DAY + HOUR)
    actions.hold(ticket, reason="parts", resume_at=now, by=repairs.technician, at=now - 6 * DAY + 2 * HOUR)
    actions.resume(ticket, by=repairs.technician, at=now - 3 * DAY + 2 * HOUR)
    repairs.complete(ticket, now - 2 * DAY)
    assert ticket.number in numbers_of("complete_kept", fortnight, now)


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


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [(8, 10, (49.0, 94.3)), (0, 5, (0.0, 43.4)), (5, 5, (56.6, 100.0)), (860, 1000, (83.7, 88.0))],
)
def test_the_interval_is_wilsons(part: int, whole: int, interval: tuple[float, float]) -> None:
    assert Share(part, whole).interval() == interval


def test_a_share_of_nothing_is_no_number() -> None:
    nothing = Share(0, 0)
    assert (nothing.percent, nothing.interval(), nothing.change(Share(1, 2))) == (None, None, None)
