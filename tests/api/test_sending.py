"""Whom to send and what is open for grabbing, by API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from servicecenter.accounts.models import User
from tests.conftest import Walk
from tests.repairs.rules import make_rule, open_rule

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]


def test_the_desk_gets_everybody_with_reasons_and_the_proposal_first(
    api: Api, ticket_in: Walk, agent_li: User, technician_he: User, technician_chen: User
) -> None:
    make_rule(name="给何勇", who="named", named=technician_he)
    ticket = ticket_in("accepted")
    path = f"/api/v1/repairs/{ticket.number}/technicians/"
    first, second = api(agent_li).get(path).data["results"]
    assert (first["technician"], first["proposed"], first["rule"]) == (technician_he.pk, True, "给何勇")
    assert (second["technician"], second["proposed"]) == (technician_chen.pk, False)
    assert first["reasons"]


def test_others_are_not_told(api: Api, ticket_in: Walk, technician_chen: User, agent_binjiang: User) -> None:
    path = f"/api/v1/repairs/{ticket_in('dispatched').number}/technicians/"
    assert api(technician_chen).get(path).status_code == 403
    assert api(agent_binjiang).get(path).status_code == 404


def test_open_jobs_are_listed_for_technicians_and_grabbed(
    api: Api, ticket_in: Walk, technician_he: User, agent_li: User
) -> None:
    open_rule()
    ticket = ticket_in("accepted")
    (job,) = api(technician_he).get("/api/v1/repairs/open/").data["results"]
    assert (job["number"], job["open_for_grabbing"]) == (ticket.number, True)
    assert job["reporter_name"] != ticket.reporter_name
    assert api(agent_li).get("/api/v1/repairs/open/").data["results"] == []
    answer = api(technician_he).post(f"/api/v1/repairs/{ticket.number}/grab/", {}, format="json")
    assert (answer.status_code, answer.data["status"]) == (200, "dispatched")
