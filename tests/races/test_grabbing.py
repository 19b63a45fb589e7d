"""Several technicians take one open job at once: one of them has it, the others are told."""

from __future__ import annotations

import pytest

from repairs import actions
from repairs.models import Ticket
from repairs.queries import job_to_grab
from servicecenter.accounts.models import Community, User
from servicecenter.desk.actions.workload import move_job
from tests.conftest import Walk, make_staff
from tests.races.test_races import codes, collide, fresh
from tests.repairs.rules import make_rule, open_rule

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_job(ticket_in: Walk) -> Ticket:
    open_rule()
    return ticket_in("accepted")


def test_one_of_several_who_take_a_job_at_once_has_it(
    yangguang: Community, open_job: Ticket, technician_he: User
) -> None:
    crew = [technician_he, *(make_staff(f"t{number}", "technician", yangguang) for number in range(3))]
    results = collide(
        *(lambda who=who: actions.grab(job_to_grab(who, open_job.number), by=who).assignee_id for who in crew)
    )
    assert codes(results) == ["taken"] * 3
    won = fresh(open_job).assignee_id
    assert [each for each in results if isinstance(each, int)] == [won]
    assert open_job.events().filter(action="grab").count() == 1


def test_a_job_is_taken_or_dispatched_never_both(
    open_job: Ticket, technician_he: User, technician_chen: User, agent_li: User
) -> None:
    one, two = fresh(open_job), fresh(open_job)
    results = collide(
        lambda: actions.grab(one, by=technician_he).assignee_id,
        lambda: actions.dispatch(two, technician=technician_chen, by=agent_li).assignee_id,
    )
    won = fresh(open_job).assignee_id
    assert [each for each in results if isinstance(each, int)] == [won]
    assert set(codes(results)) <= {"taken", "transition_refused"}


def test_a_rule_and_a_person_who_send_at_once_send_one(
    ticket_in: Walk, technician_he: User, technician_chen: User, agent_li: User, supervisor_bo: User
) -> None:
    make_rule(mode="automatic", who="named", named=technician_he)
    ticket = ticket_in("reported")
    one, two = fresh(ticket), fresh(ticket)
    results = collide(
        lambda: actions.accept(one, by=agent_li).assignee_id,
        lambda: move_job(two, technician=technician_chen, by=supervisor_bo, version=two.version).assignee_id,
    )
    won = fresh(ticket)
    assert [each for each in results if isinstance(each, int)] == [won.assignee_id]
    assert set(codes(results)) <= {"transition_refused", "invalid", "stale"}
    assert won.events().filter(action="dispatch").count() == 1


def test_two_reports_accepted_at_once_go_to_two_technicians(
    ticket_in: Walk, technician_he: User, technician_chen: User, agent_li: User
) -> None:
    make_rule(mode="automatic", max_open=1)
    jobs = [ticket_in("reported") for _report in range(2)]
    sent = collide(*(lambda job=job: actions.accept(fresh(job), by=agent_li).assignee_id for job in jobs))
    assert set(sent) == {technician_he.pk, technician_chen.pk}


def test_one_technician_who_takes_two_at_once_keeps_to_the_limit(
    ticket_in: Walk, technician_he: User
) -> None:
    open_rule(max_open=1)
    jobs = [ticket_in("accepted") for _report in range(2)]
    results = collide(*(lambda job=job: actions.grab(fresh(job), by=technician_he).status for job in jobs))
    assert codes(results) == ["enough_jobs"]
