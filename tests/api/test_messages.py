"""One's own messages by API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from servicecenter.accounts.models import Membership, User
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
URL = "/api/v1/notifications/"


def test_each_reads_their_own_messages_and_marks_them(
    api: Api, ticket_in: Walk, agent_li: User, agent_zhou: User, resident_wang: User
) -> None:
    ticket = ticket_in("reported")
    mine = api(agent_li).get(URL).json()["results"]
    assert [(each["event"], each["number"], each["read_at"]) for each in mine] == [
        ("repair.report", ticket.number, None)
    ]
    assert mine[0]["title"]
    read = api(agent_li).post(f"{URL}{mine[0]['id']}/read/", {}, format="json")
    assert (read.status_code, read.data["read_at"] is None) == (200, False)
    assert api(agent_li).get(f"{URL}?unread=true").json()["results"] == []
    assert len(api(agent_zhou).get(f"{URL}?unread=true").json()["results"]) == 1
    again = api(agent_li).post(f"{URL}{mine[0]['id']}/read/", {}, format="json")
    assert again.data["read_at"] == read.data["read_at"]


def test_other_peoples_messages_do_not_exist(
    api: Api, ticket_in: Walk, agent_li: User, agent_zhou: User
) -> None:
    ticket_in("reported")
    theirs = api(agent_li).get(URL).json()["results"][0]["id"]
    for message in (theirs, 0, 2**63, 10**30):
        assert api(agent_zhou).post(f"{URL}{message}/read/", {}, format="json").status_code == 404


def test_who_moved_out_reads_no_more_of_that_home(api: Api, ticket_in: Walk, resident_wang: User) -> None:
    ticket_in("dispatched")
    assert api(resident_wang).get(URL).json()["results"]
    resident_wang.people.get().occupancies.update(until=timezone.now())
    assert api(resident_wang).get(URL).json()["results"] == []


def test_who_left_a_community_reads_no_more_of_it(
    api: Api, ticket_in: Walk, agent_li: User, signed_in: Callable[[User], Client]
) -> None:
    ticket = ticket_in("reported")
    assert api(agent_li).get("/api/v1/notifications/").json()["results"]
    Membership.objects.filter(user=agent_li).delete()
    left = User.objects.get(pk=agent_li.pk)
    assert api(left).get("/api/v1/notifications/").json()["results"] == []
    assert ticket.number not in signed_in(left).get("/messages/").content.decode()
