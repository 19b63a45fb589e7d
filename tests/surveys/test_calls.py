"""The follow-up queue: claim, lease, claim number, outcome, and what it does to the repair."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from repairs import actions as repairs
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.desk.actions import finish_call
from servicecenter.desk.queries.station import standing
from servicecenter.lib.refusals import Invalid, NotPermitted
from servicecenter.sla.models import Clock
from surveys import actions as surveys
from surveys.actions.calls import LEASE, ClaimLost, Result
from surveys.models import Attempt, FollowUp
from surveys.workflow import FollowUpStatus, Outcome
from tests.conftest import Walk

HAPPY = Result("reached", {"overall": 9}, True)
UNHAPPY = Result("reached", {"overall": 4}, True, "师傅没穿鞋套")


def claimed_by(user: User) -> FollowUp:
    """The case that the user gets by pressing “next call”."""
    follow_up = surveys.claim(by=user)
    assert follow_up is not None
    return follow_up


def finish(follow_up: FollowUp, by: User, result: Result) -> FollowUp:
    return finish_call(follow_up, by=by, claim_no=follow_up.claim_no, result=result)


def repair(follow_up: FollowUp) -> Ticket:
    return Ticket.objects.get(pk=follow_up.case_id)


def test_a_completion_has_its_call_in_the_same_transaction(ticket_in: Walk) -> None:
    ticket = ticket_in(Status.COMPLETED)
    follow_up = FollowUp.objects.get()
    assert (follow_up.case_id, follow_up.completion_no, follow_up.phone) == (
        ticket.pk,
        1,
        ticket.contact_phone,
    )
    assert follow_up.due_at == ticket.completed_at + timedelta(hours=48)  # type: ignore[operator]


def test_a_repair_that_is_completed_in_the_sql_console_gets_its_call_too(ticket_in: Walk) -> None:
    ticket = ticket_in(Status.ON_SITE)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE repairs_ticket SET status = 'completed', completed_at = now(), first_completed_at = now(), "
            "completion_no = 1 WHERE id = %s",
            [ticket.pk],
        )
    assert FollowUp.objects.get(case_id=ticket.pk).status == FollowUpStatus.DUE


def test_the_database_refuses_an_archive_before_the_call(ticket_in: Walk) -> None:
    ticket = ticket_in(Status.CONFIRMED)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE repairs_ticket SET status = 'followed_up' WHERE id = %s", [ticket.pk])


def test_the_attempt_is_written_before_the_number_is_shown(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    follow_up = claimed_by(agent_zhou)
    assert Attempt.objects.get().follow_up == follow_up
    assert Attempt.objects.get().ended_at is None


def test_emergencies_are_called_first(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED, contact_phone="13811110001")
    urgent = ticket_in(Status.COMPLETED, contact_phone="13811110002", urgency="emergency")
    assert claimed_by(agent_zhou).case_id == urgent.pk


def test_the_worker_never_calls_about_own_work(ticket_in: Walk, technician_chen: User) -> None:
    ticket_in(Status.COMPLETED)
    with pytest.raises(NotPermitted):
        surveys.claim(by=technician_chen)


def test_whoever_dispatched_calls_about_other_peoples_dispatches_first(
    ticket_in: Walk, agent_li: User, agent_zhou: User, technician_chen: User
) -> None:
    own = ticket_in(Status.COMPLETED, contact_phone="13811110001")
    other = ticket_in(Status.ACCEPTED, contact_phone="13811110002")
    repairs.dispatch(other, technician=technician_chen, by=agent_zhou)
    for step in ("_contact", "_arrive", "_complete"):
        getattr(ticket_in, step)(other)
    first = claimed_by(agent_li)
    assert first.case_id == other.pk
    finish(first, agent_li, HAPPY)
    assert claimed_by(agent_li).case_id == own.pk


def test_calls_of_other_communities_are_not_offered(ticket_in: Walk, agent_binjiang: User) -> None:
    ticket_in(Status.COMPLETED)
    assert surveys.claim(by=agent_binjiang) is None


def test_at_night_nothing_is_due(ticket_in: Walk, yangguang: Community, agent_zhou: User) -> None:
    now = timezone.localtime()
    opens = time(9) if now.hour >= 12 else time(21)
    closes = time(10) if now.hour >= 12 else time(22)
    Community.objects.filter(pk=yangguang.pk).update(calls_from=opens, calls_until=closes)
    ticket_in(Status.COMPLETED)
    assert surveys.claim(by=agent_zhou) is None
    assert timezone.localtime(FollowUp.objects.get().next_call_at).time() == opens


def test_nobody_is_called_at_night_about_what_was_due_in_the_day(
    ticket_in: Walk, yangguang: Community, agent_zhou: User
) -> None:
    ticket_in(Status.COMPLETED)
    Community.objects.filter(pk=yangguang.pk).update(calls_from=time(9), calls_until=time(20))
    tomorrow = timezone.localtime() + timedelta(days=1)
    assert surveys.claim(by=agent_zhou, at=tomorrow.replace(hour=3)) is None
    assert surveys.claim(by=agent_zhou, at=tomorrow.replace(hour=11)) is not None


def test_pressing_next_again_gives_the_same_case(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    assert claimed_by(agent_zhou).claim_no == claimed_by(agent_zhou).claim_no == 1


def test_a_lease_that_ran_out_frees_the_case(ticket_in: Walk, agent_zhou: User, supervisor_bo: User) -> None:
    ticket_in(Status.COMPLETED)
    first = claimed_by(agent_zhou)
    later = surveys.claim(by=supervisor_bo, at=timezone.now() + LEASE + timedelta(seconds=1))
    assert later is not None
    assert (later.pk, later.claim_no) == (first.pk, 2)


def test_a_late_finish_under_an_old_claim_is_refused_and_stores_nothing(
    ticket_in: Walk, agent_zhou: User, supervisor_bo: User
) -> None:
    ticket_in(Status.COMPLETED)
    first = claimed_by(agent_zhou)
    surveys.claim(by=supervisor_bo, at=timezone.now() + LEASE + timedelta(seconds=1))
    with pytest.raises(ClaimLost):
        finish(first, agent_zhou, HAPPY)
    assert FollowUp.objects.get().overall is None


def test_renewing_keeps_the_case(ticket_in: Walk, agent_zhou: User, supervisor_bo: User) -> None:
    ticket_in(Status.COMPLETED)
    first = claimed_by(agent_zhou)
    surveys.renew(first, by=agent_zhou, claim_no=1, at=timezone.now() + timedelta(minutes=10))
    assert surveys.claim(by=supervisor_bo, at=timezone.now() + timedelta(minutes=16)) is None


def test_a_released_case_goes_back_and_does_not_count_as_a_try(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    surveys.release(claimed_by(agent_zhou), by=agent_zhou)
    follow_up = FollowUp.objects.get()
    assert (follow_up.status, follow_up.missed) == (FollowUpStatus.DUE, 0)


def test_a_happy_call_confirms_and_follows_the_repair_up(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    done = finish(claimed_by(agent_zhou), agent_zhou, HAPPY)
    assert (done.outcome, repair(done).status) == (Outcome.SATISFIED, Status.FOLLOWED_UP)
    assert repair(done).confirm_method == "phone"


def test_a_happy_call_stops_its_clock(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    done = finish(claimed_by(agent_zhou), agent_zhou, HAPPY)
    assert Clock.objects.get(work="follow_up", case_id=done.pk).met_at is not None


@pytest.mark.parametrize(
    "result", [UNHAPPY, Result("reached", {"overall": 9}, False, "又漏了")], ids=["overall 4", "not solved"]
)
def test_a_bad_answer_reopens_the_repair_in_the_same_transaction(
    result: Result, ticket_in: Walk, agent_zhou: User
) -> None:
    ticket_in(Status.CONFIRMED)
    done = finish(claimed_by(agent_zhou), agent_zhou, result)
    ticket = repair(done)
    assert (done.outcome, ticket.status, ticket.rework_count) == (Outcome.DISSATISFIED, Status.REWORK, 1)


def test_six_of_ten_is_not_satisfied_but_no_rework(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.CONFIRMED)
    done = finish(claimed_by(agent_zhou), agent_zhou, Result("reached", {"overall": 6}, True))
    assert (done.outcome, repair(done).status) == (Outcome.DISSATISFIED, Status.FOLLOWED_UP)


def test_the_reworked_repair_gets_a_call_of_its_own(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.CONFIRMED)
    done = finish(claimed_by(agent_zhou), agent_zhou, UNHAPPY)
    ticket = repair(done)
    for step in ("_dispatch", "_contact", "_arrive", "_complete"):
        getattr(ticket_in, step)(ticket)
    assert list(FollowUp.objects.order_by("completion_no").values_list("completion_no", "status")) == [
        (1, "done"),
        (2, "due"),
    ]


def test_a_rework_before_the_call_replaces_it(ticket_in: Walk) -> None:
    ticket_in(Status.REWORK)
    follow_up = FollowUp.objects.get()
    assert (follow_up.status, follow_up.outcome) == (FollowUpStatus.DONE, Outcome.SUPERSEDED)


def test_an_agent_on_the_phone_about_replaced_work_is_told(
    ticket_in: Walk, agent_zhou: User, resident_wang: User
) -> None:
    ticket = ticket_in(Status.COMPLETED)
    held = claimed_by(agent_zhou)
    repairs.rework(ticket, reason="又漏了", by=resident_wang)
    with pytest.raises(ClaimLost):
        finish(held, agent_zhou, HAPPY)


def test_nobody_reached_three_times_makes_it_unreachable(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.CONFIRMED)
    for _try in range(6):
        follow_up = FollowUp.objects.get()
        if follow_up.status == FollowUpStatus.DONE:
            break
        at = max(follow_up.next_call_at, timezone.now())
        claimed = surveys.claim(by=agent_zhou, at=at)
        assert claimed is not None
        finish_call(claimed, by=agent_zhou, claim_no=claimed.claim_no, result=Result("no_answer"), at=at)
    follow_up = FollowUp.objects.get()
    assert (follow_up.outcome, repair(follow_up).status) == (Outcome.UNREACHABLE, Status.FOLLOWED_UP)
    assert 3 <= follow_up.missed <= 4


def missed(agent: User, at: datetime) -> FollowUp:
    """The one case, called at `at`: nobody answered."""
    claimed = surveys.claim(by=agent, at=at)
    assert claimed is not None
    return finish_call(claimed, by=agent, claim_no=claimed.claim_no, result=Result("no_answer"), at=at)


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of next month, when everything of a test is long due."""
    start = timezone.localtime() + timedelta(days=30 + day)
    return start.replace(hour=hour, minute=minute, second=0, microsecond=0)


def test_a_case_nobody_took_in_the_afternoon_is_not_handed_out_in_the_morning_again(
    ticket_in: Walk, agent_zhou: User
) -> None:
    ticket_in(Status.CONFIRMED)
    missed(agent_zhou, shanghai(1, 10))
    for moment in (shanghai(1, 11, 59), shanghai(2, 0), shanghai(2, 9), shanghai(2, 11, 59), shanghai(9, 10)):
        assert surveys.claim(by=agent_zhou, at=moment) is None
        assert not FollowUp.objects.callable_by(agent_zhou, moment).exists()
    assert surveys.claim(by=agent_zhou, at=shanghai(2, 12)) is not None


def test_the_part_of_the_day_is_that_of_shanghai(ticket_in: Walk, agent_zhou: User) -> None:
    """03:59 UTC is still morning there, 04:00 is noon."""
    ticket_in(Status.CONFIRMED)
    missed(agent_zhou, shanghai(1, 10))
    noon = shanghai(2, 12).astimezone(UTC)
    assert noon.hour == 4
    assert surveys.claim(by=agent_zhou, at=noon - timedelta(microseconds=1)) is None
    assert surveys.claim(by=agent_zhou, at=noon) is not None


def test_two_parts_are_enough_then_any_will_do(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.CONFIRMED)
    missed(agent_zhou, shanghai(1, 10))
    assert missed(agent_zhou, shanghai(1, 15)).not_in_part == ""
    done = missed(agent_zhou, shanghai(2, 10))
    assert done.outcome == Outcome.UNREACHABLE


def test_whoever_names_a_time_is_called_then_whatever_the_part_of_the_day(
    ticket_in: Walk, agent_zhou: User
) -> None:
    ticket_in(Status.CONFIRMED)
    missed(agent_zhou, shanghai(1, 10))
    claimed = surveys.claim(by=agent_zhou, at=shanghai(1, 14))
    assert claimed is not None
    wish = Result("call_back", call_back_at=shanghai(2, 9, 30))
    finish_call(claimed, by=agent_zhou, claim_no=claimed.claim_no, result=wish, at=shanghai(1, 14))
    assert surveys.claim(by=agent_zhou, at=shanghai(2, 9, 30)) is not None


def test_the_station_says_when_the_next_part_of_the_day_begins(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.CONFIRMED)
    missed(agent_zhou, shanghai(1, 10))
    now = standing(agent_zhou, shanghai(2, 10))
    assert (now.waiting, now.later, now.next_at) == (0, 1, shanghai(2, 12))


def test_an_unreachable_owner_still_has_to_confirm(
    ticket_in: Walk, agent_zhou: User, supervisor_bo: User
) -> None:
    ticket = ticket_in(Status.COMPLETED)
    done = finish(claimed_by(agent_zhou), agent_zhou, Result("refused"))
    assert repair(done).status == Status.COMPLETED
    ticket.refresh_from_db()
    later = timezone.now() + timedelta(days=8)
    repairs.confirm(ticket, method="unanswered", by=supervisor_bo, at=later)
    assert ticket.status == Status.FOLLOWED_UP


def test_call_back_comes_at_the_time_that_was_asked_for(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    when = timezone.now() + timedelta(hours=5)
    done = finish(claimed_by(agent_zhou), agent_zhou, Result("call_back", call_back_at=when))
    assert (done.status, done.next_call_at, done.missed) == (FollowUpStatus.DUE, when, 0)


@pytest.mark.parametrize(
    ("result", "field"),
    [
        (Result("nonsense"), "outcome"),
        (Result("released"), "outcome"),
        (Result("reached", {}, True), "ratings.overall"),
        (Result("reached", {"overall": 11}, True), "ratings.overall"),
        (Result("reached", {"overall": 8, "shoes": 3}, True), "ratings.shoes"),
        (Result("reached", {"overall": 8}, None), "solved"),
        (Result("call_back"), "call_back_at"),
    ],
)
def test_a_result_that_contradicts_itself_stores_nothing(
    result: Result, field: str, ticket_in: Walk, agent_zhou: User
) -> None:
    ticket_in(Status.COMPLETED)
    held = claimed_by(agent_zhou)
    with pytest.raises(Invalid) as refusal:
        finish(held, agent_zhou, result)
    assert field in refusal.value.errors
    assert FollowUp.objects.get().status == FollowUpStatus.CLAIMED
