"""The call station by API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import AccessLog
from surveys.models import Attempt, FollowUp
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
CLAIM = "/api/v1/follow-ups/claim/"


def claim(client: APIClient) -> Any:
    return client.post(CLAIM, {}, format="json")


def end(client: APIClient, call: dict[str, Any], **heard: Any) -> Any:
    """What came of the call, under its claim number unless another one is named."""
    body = {"claim_no": call["claim_no"]} | heard
    return client.post(f"/api/v1/follow-ups/{call['id']}/attempts/", body, format="json")


GOOD: dict[str, Any] = {"outcome": "reached", "solved": True, "ratings": {"overall": 9, "attitude": 10}}


def test_next_call_brings_the_case_with_its_number_written_down_first(
    api: Api, ticket_in: Walk, agent_zhou: User, resident_wang: User
) -> None:
    ticket = ticket_in("completed")
    answer = claim(api(agent_zhou))
    assert answer.status_code == 200
    shown = {name: answer.data[name] for name in ("number", "phone", "claim_no", "name", "technician")}
    assert shown == {
        "number": ticket.number,
        "phone": "13811112222",
        "claim_no": 1,
        "name": "王芳",
        "technician": "陈刚",
    }
    assert (
        AccessLog.objects.filter(by=agent_zhou, person_id=ticket.reporter_id or 0, field="phone").count() == 1
    )
    assert Attempt.objects.filter(by=agent_zhou, ended_at=None).count() == 1
    again = claim(api(agent_zhou))
    assert (again.data["id"], again.data["claim_no"]) == (answer.data["id"], 1)
    assert AccessLog.objects.count() == 1


def test_nobody_to_call_is_204(api: Api, agent_zhou: User) -> None:
    answer = claim(api(agent_zhou))
    assert (answer.status_code, answer.content) == (204, b"")


def test_outside_calling_hours_nobody_is_called(
    api: Api, ticket_in: Walk, agent_zhou: User, yangguang: Community
) -> None:
    ticket_in("completed")
    local = timezone.localtime()
    opens = (local + timedelta(hours=2)).time() if local.hour < 21 else local.replace(hour=1).time()
    closes = (
        (local + timedelta(hours=2, minutes=30)).time() if local.hour < 21 else local.replace(hour=2).time()
    )
    Community.objects.filter(pk=yangguang.pk).update(calls_from=opens, calls_until=closes)
    answer = claim(api(agent_zhou))
    assert answer.status_code == 204
    assert int(answer["Retry-After"]) > 0


@pytest.mark.parametrize("who", ["technician_chen", "resident_wang", "manager_mei", "admin_gu", "guard_hu"])
def test_only_the_desk_calls(request: pytest.FixtureRequest, api: Api, ticket_in: Walk, who: str) -> None:
    ticket_in("completed")
    user = request.getfixturevalue(who)
    assert claim(api(user)).status_code == 403
    follow_up = FollowUp.objects.get()
    assert end(api(user), {"id": follow_up.pk, "claim_no": 1}, **GOOD).status_code == 403


def test_a_satisfied_answer_follows_the_repair_up(api: Api, ticket_in: Walk, agent_zhou: User) -> None:
    ticket = ticket_in("confirmed")
    client = api(agent_zhou)
    answer = end(client, claim(client).data, **GOOD, comment="很满意")
    assert (answer.status_code, answer.data["outcome"], answer.data["overall"]) == (201, "satisfied", 9)
    ticket.refresh_from_db()
    assert ticket.status == "followed_up"


def test_a_bad_answer_sends_the_repair_back_for_rework(api: Api, ticket_in: Walk, agent_zhou: User) -> None:
    ticket = ticket_in("confirmed")
    client = api(agent_zhou)
    heard = {"outcome": "reached", "solved": False, "ratings": {"overall": 3}, "comment": "还在漏"}
    assert end(client, claim(client).data, **heard).data["outcome"] == "dissatisfied"
    ticket.refresh_from_db()
    assert (ticket.status, ticket.rework_count) == ("rework", 1)


def test_call_back_later_keeps_the_case(api: Api, ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in("completed")
    client = api(agent_zhou)
    later = (timezone.now() + timedelta(hours=3)).replace(microsecond=0)
    answer = end(client, claim(client).data, outcome="call_back", call_back_at=later.isoformat())
    assert (answer.status_code, answer.data["status"]) == (201, "due")
    assert answer.data["next_call_at"] == timezone.localtime(later).isoformat()


def test_an_older_claim_number_is_refused(api: Api, ticket_in: Walk, agent_zhou: User) -> None:
    ticket_in("completed")
    client = api(agent_zhou)
    first = claim(client).data
    released = client.post(f"/api/v1/follow-ups/{first['id']}/release/", {}, format="json")
    assert (released.status_code, released.data["status"]) == (200, "due")
    assert claim(client).data["claim_no"] == 2
    answer = end(client, first, **GOOD)
    assert (answer.status_code, answer.data["code"]) == (409, "claim_lost")


def test_somebody_elses_case_cannot_be_ended_or_released(
    api: Api, ticket_in: Walk, agent_zhou: User, supervisor_bo: User, agent_binjiang: User
) -> None:
    ticket_in("completed")
    call = claim(api(agent_zhou)).data
    assert end(api(supervisor_bo), call, **GOOD).status_code == 409
    release = f"/api/v1/follow-ups/{call['id']}/release/"
    assert api(supervisor_bo).post(release, {}, format="json").status_code == 409
    assert end(api(agent_binjiang), call, **GOOD).status_code == 404
    assert api(agent_binjiang).post(release, {}, format="json").status_code == 404


def test_a_finished_call_repeated_with_its_key_gives_the_first_answer_again(
    api: Api, ticket_in: Walk, agent_zhou: User
) -> None:
    ticket_in("confirmed")
    client = api(agent_zhou)
    call = claim(client).data
    body = {"claim_no": call["claim_no"]} | GOOD
    url, key = f"/api/v1/follow-ups/{call['id']}/attempts/", {"Idempotency-Key": "call-1"}
    first, again = (client.post(url, body, format="json", headers=key) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert client.post(url, body, format="json").status_code == 409


@pytest.mark.parametrize(
    ("heard", "field"),
    [
        ({"outcome": "reached", "solved": True}, "ratings.overall"),
        ({"outcome": "reached", "ratings": {"overall": 9}}, "solved"),
        ({"outcome": "reached", "solved": True, "ratings": {"overall": 11}}, "ratings.overall"),
        ({"outcome": "reached", "solved": True, "ratings": {"overall": 0}}, "ratings.overall"),
        ({"outcome": "reached", "solved": True, "ratings": {"overall": "9"}}, "ratings.overall"),
        ({"outcome": "reached", "solved": True, "ratings": {"overall": 9.5}}, "ratings.overall"),
        ({"outcome": "reached", "solved": True, "ratings": []}, "ratings"),
        ({"outcome": "reached", "solved": "yes", "ratings": {"overall": 9}}, "solved"),
        ({"outcome": "released"}, "outcome"),
        ({"outcome": "call_back"}, "call_back_at"),
        ({"outcome": "call_back", "call_back_at": "2026-11-23T10:00:00"}, "call_back_at"),
        ({"outcome": "call_back", "call_back_at": "2020-01-01T10:00:00Z"}, "call_back_at"),
        ({"outcome": "no_answer", "claim_no": "1"}, "claim_no"),
        ({"outcome": "no_answer", "claim_no": 2**63}, "claim_no"),
        ({"outcome": "no_answer", "claim_no": -1}, "claim_no"),
        ({"outcome": "no_answer", "claim_no": True}, "claim_no"),
    ],
)
def test_a_result_that_contradicts_itself_is_refused_by_field(
    api: Api, ticket_in: Walk, agent_zhou: User, heard: dict[str, Any], field: str
) -> None:
    ticket_in("completed")
    client = api(agent_zhou)
    answer = end(client, claim(client).data, **heard)
    assert answer.status_code == 400, answer.content
    assert any(name.split(".")[: len(field.split("."))] == field.split(".") for name in answer.data["errors"])
    assert FollowUp.objects.get().status == "claimed"
