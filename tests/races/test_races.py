"""Two real connections collide on purpose: a barrier brings them together, no sleeps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.audit.idempotency import once
from servicecenter.audit.models import IdempotencyKey
from servicecenter.desk.actions import finish_call
from servicecenter.lib.refusals import Refusal
from servicecenter.sla.actions import acknowledge
from servicecenter.sla.models import Acknowledgement, Clock, Timer
from servicecenter.sla.sweep import sweep
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.models import Attempt, FollowUp
from tests.conftest import Walk, make_staff

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

Act = Callable[[], Any]


def collide(*acts: Act) -> list[Any]:
    """Runs all acts at once on connections of their own; returns each result, or the exception it ended with."""
    barrier = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(number: int, act: Act) -> None:
        try:
            barrier.wait(timeout=10)
            results[number] = act()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def codes(results: list[Any]) -> list[str]:
    """Refusal codes among the results, sorted; anything that broke otherwise is raised."""
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, Refusal):
            raise result
    return sorted(result.code for result in results if isinstance(result, Refusal))


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_of_two_agents_who_accept_at_once_one_is_answerable(
    ticket_in: Walk, agent_li: User, agent_zhou: User
) -> None:
    ticket = ticket_in(Status.REPORTED)
    one, two = fresh(ticket), fresh(ticket)
    results = collide(lambda: actions.accept(one, by=agent_li), lambda: actions.accept(two, by=agent_zhou))
    assert codes(results) == ["transition_refused"]
    assert ticket.events().filter(action="accept").count() == 1
    assert fresh(ticket).agent_id == ticket.events().get(action="accept").by_id


def test_a_cancellation_and_a_completion_at_once_leave_one_of_them(
    ticket_in: Walk, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = ticket_in(Status.ON_SITE)
    one, two = fresh(ticket), fresh(ticket)
    results = collide(
        lambda: actions.cancel(one, reason="业主自行处理", by=supervisor_bo),
        lambda: actions.complete(two, summary="修好了", by=technician_chen),
    )
    assert codes(results) == ["transition_refused"]
    status = fresh(ticket).status
    assert status in (Status.CANCELLED, Status.COMPLETED)
    assert FollowUp.objects.filter(case_id=ticket.pk).count() == (1 if status == Status.COMPLETED else 0)


def test_twenty_agents_never_get_the_same_call(ticket_in: Walk, yangguang: Community) -> None:
    phones = [f"1381111{number:04d}" for number in range(12)]
    for phone in phones:
        ticket_in(Status.COMPLETED, contact_phone=phone)
    agents = [make_staff(f"caller{number}", "agent", yangguang) for number in range(20)]
    results = collide(*[lambda agent=agent: surveys.claim(by=agent) for agent in agents])
    assert codes(results) == []
    claimed = [result.pk for result in results if result is not None]
    assert len(claimed) == len(set(claimed)) == len(phones)
    assert Attempt.objects.count() == len(phones)


def test_one_agent_with_two_windows_holds_one_case(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED, contact_phone="13811110001")
    ticket_in(Status.COMPLETED, contact_phone="13811110002")
    results = collide(lambda: surveys.claim(by=agent_zhou), lambda: surveys.claim(by=agent_zhou))
    assert codes(results) == []
    assert FollowUp.objects.filter(claimed_by=agent_zhou).count() == 1
    assert len({result.pk for result in results}) == 1


def test_the_same_person_is_not_called_by_two_agents_at_once(
    ticket_in: Walk, agent_zhou: User, supervisor_bo: User
) -> None:
    ticket_in(Status.COMPLETED)
    ticket_in(Status.COMPLETED)
    results = collide(lambda: surveys.claim(by=agent_zhou), lambda: surveys.claim(by=supervisor_bo))
    assert codes(results) == []
    assert sorted(result is None for result in results) == [False, True]


def test_a_call_that_ends_twice_counts_once(ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in(Status.COMPLETED)
    claimed = surveys.claim(by=agent_zhou)
    assert claimed is not None

    def end() -> FollowUp:
        return finish_call(
            FollowUp.objects.get(pk=claimed.pk),
            by=agent_zhou,
            claim_no=claimed.claim_no,
            result=Result("reached", {"overall": 3}, False, "还漏"),
        )

    assert codes(collide(end, end)) == ["claim_lost"]
    ticket = Ticket.objects.get(pk=claimed.case_id)
    assert (ticket.status, ticket.rework_count) == (Status.REWORK, 1)


def test_a_timer_and_a_human_at_once_both_get_their_due(ticket_in: Walk, technician_chen: User) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=timezone.now() - timedelta(hours=30))
    one = fresh(ticket)
    results = collide(sweep, lambda: actions.contact(one, note="刚联系上", by=technician_chen), sweep)
    assert codes(results) == []
    sweep()
    clock = Clock.objects.get(case_id=ticket.pk, stage="respond")
    assert clock.met_at is not None
    timers = Timer.objects.filter(case_id=ticket.pk, stage="respond")
    assert not timers.filter(state="armed").exists()
    for timer in timers.filter(state="fired"):
        assert ticket.events().filter(data__timer=timer.pk).count() == 1


def test_of_two_who_take_a_missed_deadline_at_once_one_answers_for_it(
    ticket_in: Walk, agent_li: User, agent_zhou: User
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=timezone.now() - timedelta(hours=26))
    results = collide(
        lambda: acknowledge("repair", ticket.pk, by=agent_li),
        lambda: acknowledge("repair", ticket.pk, by=agent_zhou),
        sweep,
    )
    assert codes(results) == ["already_acknowledged"]
    taken = Acknowledgement.objects.get()
    assert ticket.events().get(action="clock.acknowledged").by_id == taken.by_id
    sweep()
    assert not Timer.objects.filter(
        case_id=ticket.pk, stage="respond", step__startswith="escalate", state="armed"
    ).exists()


def test_many_sweeps_at_once_fire_each_timer_once(ticket_in: Walk) -> None:
    for _number in range(15):
        ticket_in(Status.REPORTED, at=timezone.now() - timedelta(hours=60))
    due = Timer.objects.filter(state="armed", due_at__lte=timezone.now()).count()
    results = collide(*[lambda: sweep(batch=7) for _worker in range(6)])
    assert codes(results) == []
    sweep()
    fired = Timer.objects.filter(state="fired")
    # The daily repetition arms the next day, which is not due yet.
    assert fired.count() == due
    assert len({timer.event_id for timer in fired}) == due


def test_numbers_have_no_gaps_and_no_reuse_when_twelve_report_at_once(
    ticket_in: Walk, resident_wang: User
) -> None:
    def report() -> Ticket:
        return ticket_in(Status.REPORTED)

    def take_back() -> None:
        with transaction.atomic():
            ticket_in(Status.REPORTED)
            transaction.set_rollback(True)

    results = collide(*[report] * 9, *[take_back] * 3)
    assert codes(results) == []
    numbers = sorted(Ticket.objects.values_list("number", flat=True))
    assert [int(number.rpartition("-")[2]) for number in numbers] == list(range(1, 10))


def test_the_same_request_sent_twelve_times_makes_one_ticket(ticket_in: Walk, resident_wang: User) -> None:
    def send() -> Any:
        return once(
            user=resident_wang,
            key="tap",
            route="repairs",
            body={"text": "漏水"},
            act=lambda: (201, {"number": ticket_in(Status.REPORTED).number}),
        )

    results = collide(*[send] * 12)
    assert codes(results) == []
    assert Ticket.objects.count() == IdempotencyKey.objects.count() == 1
    assert {answer["number"] for _status, answer, _replayed in results} == {Ticket.objects.get().number}
    assert sorted(replayed for _status, _answer, replayed in results) == [False] + [True] * 11


def test_two_repairs_never_become_duplicates_of_each_other(
    ticket_in: Walk, agent_li: User, agent_zhou: User
) -> None:
    first, second = ticket_in(Status.ACCEPTED), ticket_in(Status.ACCEPTED)
    results = collide(
        lambda: actions.mark_duplicate(fresh(first), duplicate_of=fresh(second), by=agent_li),
        lambda: actions.mark_duplicate(fresh(second), duplicate_of=fresh(first), by=agent_zhou),
    )
    assert codes(results) == ["invalid"]
    assert {fresh(first).status, fresh(second).status} == {Status.DUPLICATE, Status.ACCEPTED}
