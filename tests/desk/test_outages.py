"""Outages at the desk: announced, read out while registering, linked with one key, completed with progress."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from owners.models import Person, Unit
from repairs.actions import outages
from repairs.models import Outage, Ticket
from repairs.outage_workflow import OutageStatus
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import LOCAL, database_now
from tests.conftest import Walk
from tests.desk.pages import post_fragment, text_of
from tests.repairs.rules import make_rule

SignedIn = Callable[[User], Client]
Api = Callable[[User | None], APIClient]
SAID = "3栋配电房跳闸，预计两小时内恢复。"


@pytest.fixture
def power_cut(yangguang: Community, unit_3_2_1201: Unit, agent_li: User) -> Outage:
    """Of building 3, going on now."""
    return outages.announce(
        community=yangguang,
        kind="power",
        sentence=SAID,
        sentence_en="Building 3 has no power; expected back within two hours.",
        expected_end_at=database_now() + timedelta(hours=2),
        buildings=[unit_3_2_1201.building],
        by=agent_li,
    )


def told(unit: Unit, **more: Any) -> dict[str, Any]:
    """What the registration form sends about a power cut."""
    return {
        "community": unit.community_id,
        "unit": unit.code,
        "text": "家里突然没电了，整层都黑",
        "channel": "hotline",
        "trade": "electrical",
        "idempotency_key": str(uuid4()),
    } | more


def test_an_outage_is_announced_from_a_form(
    signed_in: SignedIn, agent_li: User, unit_3_2_1201: Unit, yangguang: Community
) -> None:
    end = (database_now() + timedelta(hours=3)).astimezone(LOCAL)
    sent = {
        "community": yangguang.pk,
        "kind": "water",
        "buildings": [unit_3_2_1201.building_id],
        "expected_end_at": f"{end:%Y-%m-%dT%H:%M}",
        "sentence": "二次供水水泵检修，预计下午恢复。",
        "idempotency_key": str(uuid4()),
    }
    client = signed_in(agent_li)
    answers = [client.post("/desk/outages/new/", sent) for _twice in range(2)]
    outage = Outage.objects.get()
    assert {answer.headers["Location"] for answer in answers} == {f"/desk/outages/{outage.number}/"}
    assert (outage.status, outage.everywhere, outage.responsible) == (OutageStatus.ACTIVE, False, agent_li)


def test_the_whole_community_has_to_be_said(
    signed_in: SignedIn, agent_li: User, yangguang: Community
) -> None:
    answer = signed_in(agent_li).post("/desk/outages/new/", {"community": yangguang.pk, "kind": "water"})
    assert answer.status_code == 422
    assert "buildings" in answer.context["form"].errors


def test_the_sentence_stands_beside_the_form_while_it_is_typed(
    signed_in: SignedIn, agent_li: User, unit_3_2_1201: Unit, power_cut: Outage
) -> None:
    client = signed_in(agent_li)
    page = post_fragment(client, "/desk/register/propose/", "suggestion", told(unit_3_2_1201))
    assert SAID in text_of(page)
    other = told(unit_3_2_1201, trade="plumbing")
    assert SAID not in text_of(post_fragment(client, "/desk/register/propose/", "suggestion", other))


def test_registering_with_the_second_button_links(
    signed_in: SignedIn, agent_li: User, person_wang: Person, unit_3_2_1201: Unit, power_cut: Outage
) -> None:
    signed_in(agent_li).post("/desk/register/", told(unit_3_2_1201, outage=power_cut.number))
    ticket = Ticket.objects.get()
    assert (ticket.outage, ticket.responded_at is not None) == (power_cut, True)


def test_no_rule_sends_somebody_to_what_an_outage_explains(
    signed_in: SignedIn,
    agent_li: User,
    technician_chen: User,
    person_wang: Person,
    unit_3_2_1201: Unit,
    power_cut: Outage,
) -> None:
    make_rule(mode="automatic")
    signed_in(agent_li).post("/desk/register/", told(unit_3_2_1201, outage=power_cut.number))
    assert Ticket.objects.get().assignee is None


def test_one_key_links_a_case_and_takes_it_off_again(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, power_cut: Outage
) -> None:
    ticket = ticket_in(text="家里没电了", trade="electrical")
    client = signed_in(agent_li)
    assert 'data-action="join-outage"' in text_of(client.get(f"/desk/tickets/{ticket.number}/"))
    url = f"/desk/tickets/{ticket.number}/outage/"
    client.post(url, {"outage": power_cut.number})
    assert 'data-action="leave-outage"' in text_of(client.get(f"/desk/tickets/{ticket.number}/"))
    client.post(url)
    ticket.refresh_from_db()
    assert ticket.outage is None


def test_the_page_of_an_outage_shows_what_moved_and_what_is_linked(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, power_cut: Outage
) -> None:
    ticket = outages.join(ticket_in(text="家里没电了"), power_cut, by=agent_li)
    end = power_cut.expected_end_at + timedelta(hours=1)
    outages.move(power_cut, expected_end_at=end, reason="备件在途", by=agent_li)
    page = text_of(signed_in(agent_li).get(f"/desk/outages/{power_cut.number}/"))
    assert all(said in page for said in (SAID, "备件在途", ticket.number))


def test_a_supervisor_closes_it_and_sees_how_far_it_is(
    signed_in: SignedIn,
    agent_li: User,
    supervisor_bo: User,
    technician_chen: User,
    ticket_in: Walk,
    power_cut: Outage,
) -> None:
    outages.join(ticket_in(text="家里没电了"), power_cut, by=agent_li)
    client, url = signed_in(supervisor_bo), f"/desk/outages/{power_cut.number}/"
    client.post(f"{url}restore/")
    sent = {"summary": "更换断路器", "technician": technician_chen.pk, "sample_percent": 10}
    client.post(f"{url}close/", sent | {"idempotency_key": str(uuid4())})
    assert "data-waiting>1<" in text_of(client.get(url))
    assert "data-done>1<" in text_of(post_fragment(client, f"{url}go-on/", "closing", {}))
    power_cut.refresh_from_db()
    assert power_cut.status == OutageStatus.CLOSED


@pytest.mark.parametrize(("name", "status"), [("agent_binjiang", 404), ("technician_chen", 200)])
def test_staff_of_the_community_read_it_and_others_find_nothing(
    name: str, status: int, signed_in: SignedIn, power_cut: Outage, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(name)
    assert signed_in(user).get(f"/desk/outages/{power_cut.number}/").status_code == status


def test_those_who_live_there_see_the_banner(
    signed_in: SignedIn, resident_wang: User, power_cut: Outage
) -> None:
    assert SAID in text_of(signed_in(resident_wang).get("/portal/"))


def test_a_report_in_the_portal_says_that_we_know_and_can_be_sent_anyway(
    signed_in: SignedIn, resident_wang: User, unit_3_2_1201: Unit, power_cut: Outage
) -> None:
    client = signed_in(resident_wang)
    sent = {"community": "YG", "unit": unit_3_2_1201.pk, "text": "家里没电了"}
    assert SAID in text_of(client.post("/portal/report/proposal/", sent))
    client.post("/portal/report/", sent | {"outage": power_cut.number, "idempotency_key": str(uuid4())})
    assert Ticket.objects.get().outage == power_cut


def test_the_page_of_an_outage_in_the_portal_names_no_colleague(
    signed_in: SignedIn, resident_wang: User, agent_li: User, power_cut: Outage
) -> None:
    page = text_of(signed_in(resident_wang).get(f"/portal/outages/{power_cut.number}/"))
    assert SAID in page
    assert str(agent_li) not in page


def test_an_outage_goes_its_way_by_api(
    api: Api, supervisor_bo: User, technician_chen: User, unit_3_2_1201: Unit
) -> None:
    end = (database_now() + timedelta(hours=2)).isoformat()
    client = api(supervisor_bo)
    body = {"kind": "lift", "buildings": ["3"], "expected_end_at": end, "sentence": "3栋电梯检修。"}
    made = client.post("/api/v1/outages/", body, format="json")
    assert (made.status_code, made.data["status"], made.data["buildings"]) == (201, "active", ["3"])
    url = f"/api/v1/outages/{made.data['number']}"
    assert client.post(f"{url}/restore/", {}, format="json").data["status"] == "restored"
    closing = {"summary": "已修复", "technician": "chen"}
    assert client.post(f"{url}/close/", closing, format="json").data["status"] == "closed"
    assert client.post(f"{url}/restore/", {}, format="json").status_code == 409


def test_a_repair_is_linked_by_api(api: Api, agent_li: User, ticket_in: Walk, power_cut: Outage) -> None:
    url = f"/api/v1/repairs/{ticket_in().number}/outage/"
    client = api(agent_li)
    assert client.post(url, {"outage": power_cut.number}, format="json").status_code == 200
    assert client.post(url, {"outage": None}, format="json").status_code == 200
