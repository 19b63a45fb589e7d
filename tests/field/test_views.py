"""The technician's phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from repairs import actions
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.audit.models import AccessLog
from tests.conftest import Walk

SignedIn = Callable[[User], Client]


def test_today_shows_own_work_orders_only(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User, technician_he: User
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    assert ticket.where() in signed_in(technician_chen).get("/field/").content.decode()
    assert ticket.where() not in signed_in(technician_he).get("/field/").content.decode()


def test_an_emergency_comes_before_an_earlier_appointment(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket_in(Status.SCHEDULED)
    emergency = ticket_in(Status.DISPATCHED, text="水管爆了，水喷出来了", urgency="emergency")
    day = signed_in(technician_chen).get("/field/").context["day"]
    assert day.first.ticket == emergency


def test_a_job_of_another_day_stands_under_another_day(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in(Status.CONTACTED)
    start = timezone.now() + timedelta(days=3)
    actions.schedule(ticket, start=start, end=start + timedelta(hours=2), by=technician_chen)
    day = signed_in(technician_chen).get("/field/").context["day"]
    assert (day.first, [job.ticket for job in day.later]) == (None, [ticket])


@pytest.mark.parametrize(
    ("status", "code"),
    [(Status.DISPATCHED, "contact"), (Status.CONTACTED, "schedule"), (Status.SCHEDULED, "arrive")],
)
def test_the_big_button_is_the_natural_next_step(
    status: str, code: str, ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in(status)
    page = signed_in(technician_chen).get(f"/field/jobs/{ticket.number}/")
    assert page.context["main"].code == code


def test_a_colleagues_job_is_not_found(ticket_in: Walk, signed_in: SignedIn, technician_he: User) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    assert signed_in(technician_he).get(f"/field/jobs/{ticket.number}/").status_code == 404


def test_the_number_is_masked_until_it_is_asked_for(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    page = signed_in(technician_chen).get(f"/field/jobs/{ticket.number}/")
    assert ticket.contact_phone not in page.content.decode().replace(" ", "")


def test_looking_at_the_number_is_written_down_before_it_is_shown(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    page = signed_in(technician_chen).post(f"/field/jobs/{ticket.number}/call/")
    assert f"tel:{ticket.contact_phone}" in page.content.decode()
    line = AccessLog.objects.get()
    assert (line.person_id, line.by, line.field) == (ticket.reporter_id, technician_chen, "phone")
    assert ticket.number in line.reason


def test_the_number_of_a_finished_job_is_refused(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in(Status.COMPLETED)
    page = signed_in(technician_chen).post(f"/field/jobs/{ticket.number}/call/")
    assert page.status_code == 403
    assert not AccessLog.objects.exists()


def test_the_number_is_never_shown_by_following_a_link(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    assert signed_in(technician_chen).get(f"/field/jobs/{ticket.number}/call/").status_code == 405


def test_an_agent_has_no_business_on_the_technicians_phone(signed_in: SignedIn, agent_li: User) -> None:
    assert signed_in(agent_li).get("/field/").status_code == 403


def test_a_day_without_jobs_says_so(signed_in: SignedIn, technician_he: User) -> None:
    assert signed_in(technician_he).get("/field/").context["day"].is_empty


def test_the_number_of_a_caller_outside_the_roll_is_written_down_too(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User, agent_li: User
) -> None:
    outsider = {"by": agent_li, "reporter": None, "reporter_name": "路人", "contact_phone": "13900001111"}
    ticket = ticket_in(Status.DISPATCHED, **outsider)
    page = signed_in(technician_chen).post(f"/field/jobs/{ticket.number}/call/")
    assert "tel:13900001111" in page.content.decode()
    line = AccessLog.objects.get()
    assert (line.person_id, line.by, line.field) == (0, technician_chen, "phone")
    assert ticket.number in line.reason
