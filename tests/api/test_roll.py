"""The roll by API: scope, masks, search, reveals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from owners.models import Person, Unit, Vehicle
from servicecenter.accounts.models import User
from servicecenter.audit import vault
from servicecenter.audit.models import AccessLog
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]


def results(client: APIClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


@pytest.fixture
def known(person_wang: Person) -> Person:
    """王芳 with everything that must not be shown by the way."""
    person_wang.email = "wang.fang@example.com"
    person_wang.id_number_sealed = vault.seal("350203199001011234", person_wang.vault_place("id_number"))
    person_wang.id_number_mask = "3502**********1234"
    person_wang.emergency_phone = "13700001111"
    person_wang.save()
    vehicle = Vehicle(
        community=person_wang.community,
        person=person_wang,
        plate_index=vault.blind_index("plate", "闽D12345"),
        plate_mask="闽D·**345",
    )
    vehicle.plate_sealed = vault.seal("闽D12345", vehicle.vault_place())
    vehicle.save()
    return person_wang


SECRETS = ("13811112222", "wang.fang", "350203199001011234", "13700001111", "闽D12345")


@pytest.mark.parametrize("who", ["agent_li", "supervisor_bo", "manager_mei", "admin_gu"])
def test_people_are_masked_for_everybody(
    request: pytest.FixtureRequest, api: Api, known: Person, who: str
) -> None:
    client = api(request.getfixturevalue(who))
    for path in ("/api/v1/people/", f"/api/v1/people/{known.pk}/"):
        body = client.get(path).content.decode()
        assert "138****2222" in body
        assert "3502**********1234" in body
        assert "闽D·**345" in body
        assert not any(secret in body for secret in SECRETS)


@pytest.mark.parametrize("who", ["resident_wang", "technician_chen", "guard_hu"])
@pytest.mark.parametrize("path", ["people/", "occupancies/"])
def test_the_roll_is_closed_to_those_who_do_not_keep_it(
    request: pytest.FixtureRequest, api: Api, who: str, path: str
) -> None:
    assert api(request.getfixturevalue(who)).get(f"/api/v1/{path}").status_code == 403


def test_nothing_of_another_community_is_seen(
    api: Api, agent_li: User, stranger_sun: User, resident_wang: User, unit_binjiang: Unit
) -> None:
    client, sun = api(agent_li), Person.objects.get(user=stranger_sun)
    assert [each["code"] for each in results(client, "communities/")] == ["YG"]
    assert [each["code"] for each in results(client, "units/")] == ["3-2-1201"]
    assert [each["name"] for each in results(client, "people/")] == ["王芳"]
    assert results(client, "people/?search=孙丽") == []
    assert results(client, "people/?community=BJ") == []
    assert results(client, f"occupancies/?person={sun.pk}") == []
    for path in (
        f"people/{sun.pk}/",
        f"units/{unit_binjiang.pk}/",
        f"buildings/{unit_binjiang.building_id}/",
        f"communities/{unit_binjiang.community_id}/",
        "people/0/",
        f"people/{2**63}/",
        f"units/{10**30}/",
    ):
        assert client.get(f"/api/v1/{path}").status_code == 404, path
    reveal = {"field": "phone", "reason": "x"}
    assert client.post(f"/api/v1/people/{sun.pk}/reveal/", reveal, format="json").status_code == 404
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize(
    "search", ["王", "王芳", "13811112222", "138 1111 2222", "2222", "1381111222", "闽D12345", "闽d·12345"]
)
def test_a_person_is_found_by_what_a_caller_says(
    api: Api, agent_li: User, known: Person, tenant_zhao: User, search: str
) -> None:
    assert [each["name"] for each in results(api(agent_li), f"people/?search={search}")] == ["王芳"]


@pytest.mark.parametrize("search", ["13811112222", "138 1111 2222", "1381111", "1381111222", "闽D12345"])
@pytest.mark.parametrize("resource", ["people", "occupancies", "repairs"])
def test_whoever_sees_masks_only_cannot_find_numbers_out_by_searching(
    api: Api, manager_mei: User, admin_gu: User, known: Person, ticket_in: Walk, resource: str, search: str
) -> None:
    ticket_in("reported")
    for user in (manager_mei, admin_gu):
        assert results(api(user), f"{resource}/?search={search}") == []


@pytest.mark.parametrize("search", ["13811112222", "1381111", "2222", "王芳", "王"])
def test_names_and_numbers_of_repairs_are_found_at_the_desk_only(
    api: Api, ticket_in: Walk, search: str, request: pytest.FixtureRequest
) -> None:
    ticket = ticket_in("completed")
    for name in ("agent_li", "supervisor_bo"):
        found = results(api(request.getfixturevalue(name)), f"repairs/?search={search}")
        assert [each["number"] for each in found] == [ticket.number]
    for name in ("technician_chen", "guard_hu", "manager_mei", "admin_gu", "resident_wang"):
        assert results(api(request.getfixturevalue(name)), f"repairs/?search={search}") == []


@pytest.mark.parametrize("search", ["%25", "_", "22", "万芳", "'; drop table owners_person; --"])
def test_what_fits_nobody_finds_nobody(api: Api, agent_li: User, known: Person, search: str) -> None:
    assert results(api(agent_li), f"people/?search={search}") == []


@pytest.mark.parametrize("search", ["3-2-1201", "3栋2单元1201", "1201", "３-２-１２０１"])
def test_a_unit_is_found_in_any_spelling(
    api: Api, agent_li: User, unit_3_2_1201: Unit, unit_3_2_1202: Unit, search: str
) -> None:
    assert [each["code"] for each in results(api(agent_li), f"units/?search={search}")] == ["3-2-1201"]


def test_residents_see_their_own_homes_only(api: Api, resident_wang: User, tenant_zhao: User) -> None:
    client = api(resident_wang)
    assert [each["code"] for each in results(client, "units/")] == ["3-2-1201"]
    assert [each["code"] for each in results(client, "communities/")] == ["YG"]
    resident_wang.people.get().occupancies.update(until=timezone.now())
    assert [results(client, path) for path in ("units/", "communities/", "buildings/")] == [[], [], []]
    assert client.get("/api/v1/me/").data["units"] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "13811112222"),
        ("email", "wang.fang@example.com"),
        ("id_number", "350203199001011234"),
        ("plates", "闽D12345"),
        ("birthday", ""),
    ],
)
def test_a_value_is_shown_in_full_for_a_reason_and_logged(
    api: Api, agent_li: User, known: Person, resident_wang: User, field: str, value: str
) -> None:
    body = {"field": field, "reason": "核对身份"}
    answer = api(agent_li).post(f"/api/v1/people/{known.pk}/reveal/", body, format="json")
    assert (answer.status_code, answer.data) == (200, {"field": field, "value": value})
    assert answer["Cache-Control"] == "no-store"
    log = results(api(resident_wang), "access-log/")
    assert [(each["field"], each["reason"], each["by_name"]) for each in log] == [(field, "核对身份", "李敏")]


@pytest.mark.parametrize("reason", ["", "  ", "\u3000", "\u200b", None, 1])
def test_without_a_reason_nothing_is_shown(api: Api, agent_li: User, known: Person, reason: object) -> None:
    body = {"field": "phone", "reason": reason}
    answer = api(agent_li).post(f"/api/v1/people/{known.pk}/reveal/", body, format="json")
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["reason"])
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("field", ["password", "user", "vault_id", "id_number_sealed", "__class__", "", None])
def test_only_listed_values_can_be_shown(api: Api, agent_li: User, known: Person, field: object) -> None:
    body = {"field": field, "reason": "x"}
    assert api(agent_li).post(f"/api/v1/people/{known.pk}/reveal/", body, format="json").status_code == 400


def test_five_hundred_reveals_end_at_sixty(api: Api, agent_li: User, known: Person) -> None:
    client, body = api(agent_li), {"field": "phone", "reason": "x"}
    url = f"/api/v1/people/{known.pk}/reveal/"
    codes = [client.post(url, body, format="json").status_code for _ in range(62)]
    assert (codes.count(200), codes[60:]) == (60, [429, 429])
    assert client.post(url, body, format="json")["Retry-After"] == "3600"


def test_occupancies_tell_present_from_past(
    api: Api, agent_li: User, resident_wang: User, tenant_zhao: User
) -> None:
    tenant_zhao.people.get().occupancies.update(until=timezone.now())
    client = api(agent_li)
    assert [each["person"]["name"] for each in results(client, "occupancies/?current=true")] == ["王芳"]
    assert [each["person"]["name"] for each in results(client, "occupancies/?current=false")] == ["赵强"]
    assert len(results(client, "occupancies/")) == 2
    assert [each["unit"]["code"] for each in results(client, "occupancies/?search=赵强")] == ["3-2-1202"]


def test_the_access_log_shows_each_their_own(
    api: Api,
    agent_li: User,
    agent_binjiang: User,
    known: Person,
    stranger_sun: User,
    resident_wang: User,
    manager_mei: User,
) -> None:
    sun = Person.objects.get(user=stranger_sun)
    for user, person in ((agent_li, known), (agent_binjiang, sun)):
        body = {"field": "phone", "reason": "回电"}
        api(user).post(f"/api/v1/people/{person.pk}/reveal/", body, format="json")
    assert [each["person"] for each in results(api(resident_wang), "access-log/")] == [known.pk]
    assert {each["person"] for each in results(api(manager_mei), "access-log/")} == {known.pk, sun.pk}
    assert results(api(resident_wang), f"access-log/?person={sun.pk}") == []
    assert api(agent_li).get("/api/v1/access-log/").status_code == 403
    for method in ("post", "put", "patch", "delete"):
        assert getattr(api(manager_mei), method)("/api/v1/access-log/").status_code == 405
