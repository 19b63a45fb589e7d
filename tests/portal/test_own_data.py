"""A copy of one's own data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from owners.actions import facts
from owners.models import Person
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.audit.models import AccessLog
from tests.conftest import Walk

ID_NUMBER = "11010519491231002X"


@pytest.fixture
def portal(person_wang: Person, resident_wang: User, signed_in: Callable[[User], Client]) -> Client:
    facts.set_id_number(person_wang, ID_NUMBER)
    person_wang.save()
    return signed_in(resident_wang)


def test_the_file_holds_record_homes_repairs_messages_and_looks(portal: Client, ticket_in: Walk) -> None:
    ticket = ticket_in(Status.ACCEPTED)
    answer = portal.post("/portal/me/data/", {"format": "json"})
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]
    copy = answer.json()
    assert any(ID_NUMBER in line["value"] for line in copy["record"])
    assert [home["unit"] for home in copy["homes"]] == ["3-2-1201"]
    assert [each["number"] for each in copy["repairs"]] == [ticket.number]
    assert any(ticket.number in each["title"] for each in copy["messages"])
    assert len(copy["access_log"]) == 1


def test_the_page_shows_it_in_full_only_when_asked(portal: Client) -> None:
    assert ID_NUMBER not in portal.get("/portal/me/data/").content.decode()
    assert not AccessLog.objects.exists()
    assert ID_NUMBER in portal.post("/portal/me/data/", {"format": "page"}).content.decode()


def test_a_copy_is_written_into_the_access_log(portal: Client, resident_wang: User) -> None:
    portal.post("/portal/me/data/", {"format": "json"})
    line = AccessLog.objects.get()
    assert (line.by, line.field) == (resident_wang, "everything")
    assert portal.get("/portal/me/looks/").status_code == 200


def test_a_neighbour_gets_their_own(
    portal: Client, tenant_zhao: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(tenant_zhao).post("/portal/me/data/", {"format": "json"})
    assert ID_NUMBER not in answer.content.decode()
