"""Whom to send: the proposal first and chosen, everybody else with reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import actions
from repairs.actions.skills import add_certificate
from servicecenter.accounts.models import Community, User
from servicecenter.desk.queries.technicians import candidates, candidates_for
from servicecenter.lib.clock import local_day
from tests.conftest import Walk, make_staff
from tests.desk.pages import text_of
from tests.repairs.rules import make_rule

SignedIn = Callable[[User], Client]


def test_the_load_of_today_is_shown(yangguang: Community, ticket_in: Walk, technician_chen: User) -> None:
    now = timezone.now()
    ticket_in("on_site")
    ticket_in("completed")
    visit = ticket_in("contacted", urgency="emergency")
    actions.schedule(visit, start=now, end=now + timedelta(minutes=30), by=technician_chen)
    (chen,) = candidates([yangguang.pk], "plumbing", now)
    worker = chen.choice.worker
    assert (worker.open_jobs, worker.emergencies, worker.visits_today, worker.done_today) == (2, 1, 1, 1)
    assert worker.on_site


def test_only_active_technicians_of_the_community_are_listed(
    yangguang: Community,
    technician_chen: User,
    technician_he: User,
    technician_binjiang: User,
    agent_li: User,
) -> None:
    User.objects.filter(pk=technician_he.pk).update(is_active=False)
    assert [each.id for each in candidates([yangguang.pk], "lift", timezone.now())] == [technician_chen.pk]


def test_six_queries_for_any_number_of_technicians(yangguang: Community) -> None:
    for number in range(5):
        make_staff(f"t{number}", "technician", yangguang)
    with CaptureQueriesContext(connection) as asked:
        assert len(candidates([yangguang.pk], "gas", timezone.now())) == 5
    assert len(asked) == 6


def test_whoever_has_the_job_is_not_offered(
    ticket_in: Walk, technician_chen: User, technician_he: User
) -> None:
    ticket = ticket_in("dispatched")
    assert [each.id for each in candidates_for(ticket, timezone.now())] == [technician_he.pk]


def test_the_proposal_of_a_rule_is_first_and_chosen_and_says_why(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User, technician_he: User, agent_li: User
) -> None:
    make_rule(name="水电给何勇", who="named", named=technician_he)
    ticket = ticket_in("accepted")
    page = signed_in(agent_li).get(f"/desk/tickets/{ticket.number}/dispatch/")
    first, second = page.context["candidates"]
    assert ([first.id, second.id], first.proposed, second.proposed) == (
        [technician_he.pk, technician_chen.pk],
        True,
        False,
    )
    assert "水电给何勇" in text_of(page)
    assert f'value="{technician_he.pk}" required checked' in text_of(page)


def test_whoever_may_not_do_the_work_cannot_be_chosen(
    yangguang: Community,
    ticket_in: Walk,
    signed_in: SignedIn,
    technician_chen: User,
    technician_he: User,
    agent_li: User,
    supervisor_bo: User,
) -> None:
    add_certificate(
        technician_he,
        yangguang,
        kind="electrician",
        number="T1",
        valid_until=local_day(timezone.now()),
        by=supervisor_bo,
    )
    ticket = ticket_in("accepted", trade="electrical")
    url = f"/desk/tickets/{ticket.number}/dispatch/"
    browser = signed_in(agent_li)
    page = browser.get(url)
    assert [(each.id, each.forbidden) for each in page.context["candidates"]] == [
        (technician_he.pk, False),
        (technician_chen.pk, True),
    ]
    assert f'value="{technician_chen.pk}" disabled' in text_of(page)
    refused = browser.post(url, {"technician": technician_chen.pk, "version": ticket.version})
    assert refused.status_code == 422
    ticket.refresh_from_db()
    assert ticket.status == "accepted"
