"""Corrections of records by API: the rules of the pages, with keys; no value in clear but where it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from owners.actions.values import write
from owners.models import Person, ProfileChange
from servicecenter.accounts.models import User
from servicecenter.audit.models import IdempotencyKey

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
CHANGES = "/api/v1/profile-changes/"


def propose(client: APIClient, field: str, value: dict[str, str], key: str = "", **more: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"field": field, "value": value} | more
    return client.post(CHANGES, body, format="json", headers=headers)


def test_a_resident_proposes_and_the_desk_applies(
    api: Api, person_wang: Person, resident_wang: User, agent_li: User
) -> None:
    made = propose(api(resident_wang), "phone", {"phone": "139 0000 1234"})
    assert (made.status_code, made.data["status"], made.data["allowed"]) == (201, "proposed", ["withdraw"])
    desk, address = api(agent_li), f"{CHANGES}{made.data['id']}/"
    shown = desk.get(address).data
    assert (shown["old"], shown["new"], shown["stale"]) == ("138****2222", "139****1234", False)
    done = desk.post(f"{address}verify/", {"version": shown["version"]}, format="json")
    assert (done.status_code, done.data["status"]) == (200, "applied")
    person_wang.refresh_from_db()
    assert person_wang.phone == "13900001234"
    again = desk.post(f"{address}verify/", {}, format="json")
    assert (again.status_code, again.data["code"]) == (409, "transition_refused")


def test_the_same_key_proposes_once_and_another_body_is_refused(
    api: Api, person_wang: Person, resident_wang: User
) -> None:
    client = api(resident_wang)
    first = propose(client, "workplace", {"workplace": "厦门大学"}, key="k1")
    second = propose(client, "workplace", {"workplace": "厦门大学"}, key="k1")
    assert (second.status_code, second.data["id"], second.headers["Idempotency-Replayed"]) == (
        201,
        first.data["id"],
        "true",
    )
    assert propose(client, "workplace", {"workplace": "集美大学"}, key="k1").status_code == 422
    assert ProfileChange.objects.count() == 1


def test_nothing_personal_is_kept_with_the_key(api: Api, person_wang: Person, resident_wang: User) -> None:
    propose(api(resident_wang), "special_needs", {"special_needs": "轮椅出入"}, key="k2")
    assert "轮椅" not in str(IdempotencyKey.objects.values_list("answer", "body_hash"))


def test_not_applying_needs_a_reason_and_withdrawing_none(
    api: Api, person_wang: Person, resident_wang: User, agent_li: User
) -> None:
    resident, desk = api(resident_wang), api(agent_li)
    first = propose(resident, "name", {"name": "王方"}).data["id"]
    assert desk.post(f"{CHANGES}{first}/refuse/", {"reason": " "}, format="json").status_code == 400
    done = desk.post(f"{CHANGES}{first}/refuse/", {"reason": "请带身份证来"}, format="json")
    assert (done.status_code, done.data["status"]) == (200, "refused")
    assert resident.get(f"{CHANGES}{first}/").data["reason"] == "请带身份证来"
    second = propose(resident, "name", {"name": "王方"}).data["id"]
    assert resident.post(f"{CHANGES}{second}/withdraw/", {}, format="json").data["status"] == "withdrawn"


def test_what_staff_wrote_down_a_colleague_checks(
    api: Api, person_wang: Person, agent_li: User, agent_zhou: User
) -> None:
    made = propose(api(agent_li), "name", {"name": "王方"}, person=person_wang.pk).data["id"]
    address = f"{CHANGES}{made}/verify/"
    assert api(agent_li).post(address, {}, format="json").status_code in (403, 409)
    assert api(agent_zhou).post(address, {}, format="json").status_code == 200


def test_a_vehicle_is_taken_off_by_its_plate(api: Api, person_wang: Person, resident_wang: User) -> None:
    write(person_wang, "vehicle_add", old={"plate": ""}, new={"plate": "闽DD98765"})
    assert propose(api(resident_wang), "vehicle_remove", {"plate": "闽D00000"}).status_code == 400
    assert propose(api(resident_wang), "vehicle_remove", {"plate": "闽D·D98765"}).status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"field": "phone"},
        {"field": "phone", "value": "13900001234"},
        {"field": "phone", "value": {"phone": "1390000"}},
        {"field": "phone", "value": {"phone": "13900001234", "name": "王方"}},
        {"field": "status", "value": {"status": "applied"}},
        {"field": "name", "value": {"name": "\u200b"}},
        {"field": "name", "value": {"name": "长" * 601}},
        {"field": "name", "value": {"name": "王方"}, "person": -1},
        {"field": "name", "value": {"name": "王方"}, "person": 2**63},
    ],
)
def test_bad_input_is_a_clear_400(
    body: dict[str, Any], api: Api, person_wang: Person, resident_wang: User
) -> None:
    answer = api(resident_wang).post(CHANGES, body, format="json")
    assert (answer.status_code, ProfileChange.objects.count()) == (400, 0)
    assert answer.data["errors"]


def test_others_see_and_decide_nothing(
    api: Api, person_wang: Person, resident_wang: User, request: pytest.FixtureRequest
) -> None:
    made = propose(api(resident_wang), "name", {"name": "王方"}).data["id"]
    for name in ("tenant_zhao", "agent_binjiang"):
        client = api(request.getfixturevalue(name))
        assert client.get(CHANGES).data["results"] == []
        assert client.get(f"{CHANGES}{made}/").status_code == 404
        for step in ("verify", "refuse", "withdraw"):
            assert client.post(f"{CHANGES}{made}/{step}/", {"reason": "x"}, format="json").status_code == 404
    for name in ("technician_chen", "manager_mei", "guard_hu"):
        assert api(request.getfixturevalue(name)).get(CHANGES).status_code == 403


def test_the_list_is_filtered_and_masked(
    api: Api, person_wang: Person, resident_wang: User, agent_li: User
) -> None:
    propose(api(resident_wang), "phone", {"phone": "13900001234"})
    propose(api(resident_wang), "name", {"name": "王方"})
    found = api(agent_li).get(f"{CHANGES}?field=phone&status=proposed&community=yg").data["results"]
    assert [each["new"] for each in found] == ["139****1234"]
    assert api(agent_li).get(f"{CHANGES}?ordering=person__phone").status_code == 400
