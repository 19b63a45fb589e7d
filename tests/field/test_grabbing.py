"""The open jobs on the technician's phone, giving one back, and helping a colleague."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import User
from tests.conftest import Walk
from tests.repairs.rules import open_rule

SignedIn = Callable[[User], Client]


@pytest.fixture
def open_job(ticket_in: Walk) -> Ticket:
    open_rule()
    return ticket_in("accepted")


def test_an_open_job_is_listed_and_taken_with_one_tap(
    open_job: Ticket, signed_in: SignedIn, technician_he: User
) -> None:
    browser = signed_in(technician_he)
    assert browser.get("/field/").context["open_jobs"] == 1
    page = browser.get("/field/open/").content.decode()
    assert open_job.number in page
    # The resident is nobody's business before somebody has the job.
    assert open_job.reporter_name not in page
    for _tap in range(2):
        answer = browser.post(f"/field/open/{open_job.number}/")
        assert answer["Location"] == f"/field/jobs/{open_job.number}/"
    open_job.refresh_from_db()
    assert open_job.assignee == technician_he


def test_a_job_that_is_taken_says_so(
    open_job: Ticket, signed_in: SignedIn, technician_he: User, technician_chen: User
) -> None:
    actions.grab(open_job, by=technician_chen)
    assert signed_in(technician_he).post(f"/field/open/{open_job.number}/").status_code == 409


def test_guards_and_strangers_take_nothing(
    open_job: Ticket, signed_in: SignedIn, guard_hu: User, technician_binjiang: User
) -> None:
    assert signed_in(guard_hu).get("/field/open/").status_code == 403
    assert signed_in(technician_binjiang).post(f"/field/open/{open_job.number}/").status_code == 404


def test_whoever_gives_a_job_back_is_led_home(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in("dispatched")
    answer = signed_in(technician_chen).post(f"/repairs/{ticket.number}/send-back/", {"reason": "缺工具"})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == ("accepted", None)


def test_a_helper_sees_the_job_but_not_the_number_to_call(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User, technician_he: User
) -> None:
    ticket = ticket_in("on_site")
    actions.involve(ticket, person=technician_he, part="helper", by=technician_chen)
    browser = signed_in(technician_he)
    day = browser.get("/field/").context["day"]
    assert (day.first, [job.ticket for job in day.beside]) == (None, [ticket])
    page = browser.get(f"/field/jobs/{ticket.number}/")
    assert (page.status_code, page.context["may_call"]) == (200, False)
    assert browser.post(f"/field/jobs/{ticket.number}/call/").status_code == 403
