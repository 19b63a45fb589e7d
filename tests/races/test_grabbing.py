"""Several technicians take one open job at once: one of them has it, the others are told."""

from __future__ import annotations

import pytest

from repairs import actions
from repairs.models import Ticket
from repairs.queries import job_to_grab
from servicecenter.accounts.models import Community, User
from tests.conftest import Walk, make_staff
from tests.races.test_races import codes, collide, fresh
from tests.repairs.rules import open_rule

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
