"""The workload by day and technician, and moving jobs on it through the ordinary steps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import Community, User
from servicecenter.desk.queries.workload import workload
from servicecenter.incidents.models import DutyShift
from servicecenter.lib.clock import LOCAL, local_day, start_of_day
from tests.conftest import Walk
from tests.repairs.rules import make_rule

SignedIn = Callable[[User], Client]


def tomorrow_at(hour: int) -> datetime:
    return start_of_day(local_day(timezone.now()) + timedelta(days=1)) + timedelta(hours=hour)


@pytest.fixture
def visit(ticket_in: Walk, technician_chen: User) -> Ticket:
    """A visit of technician_chen tomorrow from 9 to 11."""
    ticket = ticket_in("contacted")
    actions.schedule(ticket, start=tomorrow_at(9), end=tomorrow_at(11), by=technician_chen)
    return ticket


def move(browser: Client, ticket: Ticket, **said: Any) -> Any:
    return browser.post(f"/desk/workload/{ticket.number}/move/", said)


def test_a_visit_stands_on_its_day_with_its_hours_and_the_rest_beside_it(
    yangguang: Community, visit: Ticket, ticket_in: Walk, technician_chen: User
) -> None:
    unplanned, waiting = ticket_in("dispatched"), ticket_in("reported")
    now = timezone.now()
    DutyShift.objects.create(
        community=yangguang,
        user=technician_chen,
        kind="away",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
    )
    board = workload(yangguang, local_day(now), now)
    (row,) = board.rows
    assert [[card.ticket for card in cell.cards] for cell in row.cells] == [[], [visit], [], [], []]
    assert (row.cells[1].hours, row.cells[0].away, row.open, row.overdue) == (2.0, True, 2, 0)
    assert [card.ticket for card in row.unplanned] == [unplanned]
    assert [card.ticket for card in board.waiting] == [waiting]


def test_the_board_takes_four_queries_for_any_number_of_jobs(
    yangguang: Community, visit: Ticket, ticket_in: Walk, technician_he: User
) -> None:
    ticket_in("dispatched")
    with CaptureQueriesContext(connection) as asked:
        workload(yangguang, local_day(timezone.now()), timezone.now())
    assert len(asked) == 4


def test_a_supervisor_gives_a_job_to_somebody_else_with_a_reason(
    visit: Ticket, signed_in: SignedIn, supervisor_bo: User, technician_he: User
) -> None:
    browser = signed_in(supervisor_bo)
    assert move(browser, visit, technician=technician_he.pk).status_code == 422
    assert move(browser, visit, technician=technician_he.pk, reason="陈刚请假").status_code == 302
    visit.refresh_from_db()
    assert (visit.status, visit.assignee) == ("dispatched", technician_he)


def test_an_agent_moves_a_visit_to_another_day_and_gives_it_to_nobody_else(
    visit: Ticket, signed_in: SignedIn, agent_li: User, technician_he: User
) -> None:
    browser = signed_in(agent_li)
    day = tomorrow_at(0) + timedelta(days=1)
    sent = {"day": f"{day:%Y-%m-%d}", "begins": "14:00", "ends": "16:00", "technician": technician_he.pk}
    assert move(browser, visit, **sent).status_code == 302
    visit.refresh_from_db()
    assert visit.appointment_start is not None
    assert f"{visit.appointment_start.astimezone(LOCAL):%d %H:%M}" == f"{day:%d} 14:00"
    assert visit.assignee != technician_he


@pytest.mark.parametrize("status", ["reported", "accepted", "rework"])
def test_what_nobody_has_is_dispatched(
    ticket_in: Walk, signed_in: SignedIn, agent_li: User, technician_he: User, status: str
) -> None:
    ticket = ticket_in(status)
    assert move(signed_in(agent_li), ticket, technician=technician_he.pk).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("dispatched", technician_he)


def test_nothing_changed_or_half_a_visit_is_refused(
    visit: Ticket, signed_in: SignedIn, agent_li: User
) -> None:
    browser = signed_in(agent_li)
    assert move(browser, visit).status_code == 422
    assert move(browser, visit, day="2026-12-24", begins="09:00").status_code == 422
    assert move(browser, visit, day="2026-12-24", begins="16:00", ends="09:00").status_code == 422


def test_the_form_says_on_which_day_the_job_was_dropped(
    visit: Ticket, signed_in: SignedIn, supervisor_bo: User, technician_chen: User
) -> None:
    url = f"/desk/workload/{visit.number}/move/?technician={technician_chen.pk}&day=2026-12-24"
    form = signed_in(supervisor_bo).get(url).context["form"]
    assert (form["technician"].value(), form["begins"].value()) == (technician_chen.pk, "09:00")
    assert f"{form['day'].value():%Y-%m-%d}" == "2026-12-24"


def test_whom_the_rules_propose_is_chosen_already(
    ticket_in: Walk, signed_in: SignedIn, agent_li: User, technician_chen: User, technician_he: User
) -> None:
    make_rule(who="named", named=technician_he)
    url = f"/desk/workload/{ticket_in('accepted').number}/move/"
    form = signed_in(agent_li).get(url).context["form"]
    assert form["technician"].value() == technician_he.pk


def test_whoever_is_to_take_over_is_asked_for_no_visit(
    visit: Ticket, signed_in: SignedIn, supervisor_bo: User, technician_he: User
) -> None:
    url = f"/desk/workload/{visit.number}/move/?technician={technician_he.pk}&day=2026-12-24"
    form = signed_in(supervisor_bo).get(url).context["form"]
    assert form["technician"].value() == technician_he.pk
    assert [field.name for field in form.visible_fields()] == ["technician", "reason"]


@pytest.mark.parametrize("query", ["?day=2026-02-31", "?day=x", "?day=9999-12-31", "?technician=٣"])
def test_addresses_that_mean_nothing_are_read_as_nothing(
    visit: Ticket, signed_in: SignedIn, agent_li: User, query: str
) -> None:
    browser = signed_in(agent_li)
    for path in ("/desk/workload/", f"/desk/workload/{visit.number}/move/"):
        assert browser.get(path + query).status_code == 200


def test_other_communities_are_not_found(visit: Ticket, signed_in: SignedIn, agent_binjiang: User) -> None:
    browser = signed_in(agent_binjiang)
    assert browser.get("/desk/workload/?community=YG").status_code == 404
    assert move(browser, visit).status_code == 404
