"""The roll at the desk: buildings, rooms, moves and doubles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from owners.models import Occupancy, Person, Unit
from owners.queries.rooms import floor_of
from servicecenter.accounts.models import Community, User
from tests.conftest import make_resident, make_unit

SignIn = Callable[[User], Client]


@pytest.fixture
def desk(client: Client, agent_li: User) -> Client:
    client.force_login(agent_li)
    return client


def body(**more: str) -> dict[str, str]:
    return {"phone": "139 0000 0099", "name": "孙 新主", "role": "owner"} | more


@pytest.mark.parametrize(
    ("room", "floor"), [("1201", 12), ("101", 1), ("-102", -1), ("A12", None), ("B1-033", None), ("", None)]
)
def test_a_room_number_tells_its_floor(room: str, floor: int | None) -> None:
    assert floor_of(room) == floor


def test_the_buildings_of_other_communities_are_not_shown(
    desk: Client, unit_3_2_1201: Unit, unit_binjiang: Unit
) -> None:
    page = desk.get("/desk/roll/").content.decode()
    assert f"/desk/roll/{unit_3_2_1201.building_id}/" in page
    assert f"/desk/roll/{unit_binjiang.building_id}/" not in page
    assert desk.get(f"/desk/roll/{unit_binjiang.building_id}/").status_code == 404


def test_the_map_of_a_building_leads_to_its_units(desk: Client, unit_3_2_1201: Unit) -> None:
    page = desk.get(f"/desk/roll/{unit_3_2_1201.building_id}/").content.decode()
    assert f"/desk/units/{unit_3_2_1201.pk}/" in page


def test_a_map_costs_the_same_number_of_queries_however_many_units(
    desk: Client,
    yangguang: Community,
    unit_3_2_1201: Unit,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for floor in range(2, 12):
        make_unit(yangguang, f"3-2-{floor}03")
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        desk.get(f"/desk/roll/{unit_3_2_1201.building_id}/")


def test_somebody_new_moves_in_and_can_sign_in(desk: Client, unit_3_2_1201: Unit) -> None:
    answer = desk.post(f"/desk/units/{unit_3_2_1201.pk}/move-in/", body())
    assert answer.status_code == 302
    person = Person.objects.get(name="孙新主")
    assert (person.phone, person.initials) == ("13900000099", "sxz")
    assert person.user is not None
    assert Unit.objects.visible_to(person.user).get() == unit_3_2_1201


def test_somebody_on_record_is_not_doubled_silently(
    desk: Client, unit_3_2_1201: Unit, unit_3_2_1202: Unit
) -> None:
    make_resident("孙新主", "13900000099", unit_3_2_1202)
    known = Person.objects.get(name="孙新主")
    address = f"/desk/units/{unit_3_2_1201.pk}/move-in/"
    asked = desk.post(address, body())
    assert asked.status_code == 422
    assert f'value="{known.pk}"' in asked.content.decode()
    desk.post(address, body(person=str(known.pk)))
    assert Person.objects.filter(name="孙新主").count() == 1
    assert known.occupancies.count() == 2


def test_somebody_else_with_the_same_number_is_a_new_record(
    desk: Client, unit_3_2_1201: Unit, unit_3_2_1202: Unit
) -> None:
    make_resident("孙新主", "13900000099", unit_3_2_1202)
    desk.post(f"/desk/units/{unit_3_2_1201.pk}/move-in/", body(person="new"))
    assert Person.objects.filter(name="孙新主").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "12345"},
        {"name": "\u200b"},
        {"name": "a\0b"},
        {"role": "king"},
        {"since": "0001-01-01T00:00"},
        {"since": "2026-02-30T10:00"},
        {"id_type": "id_card", "id_number": "350203199001011239"},
        {"id_number": "350203199001011234"},
    ],
)
def test_bad_input_is_said_and_nothing_is_lost(
    desk: Client, unit_3_2_1201: Unit, wrong: dict[str, str]
) -> None:
    answer = desk.post(f"/desk/units/{unit_3_2_1201.pk}/move-in/", body(special_needs="养了两只猫") | wrong)
    assert answer.status_code == 422
    assert "养了两只猫" in answer.content.decode()
    assert not Occupancy.objects.exists()


def test_a_double_tap_registers_one_person(desk: Client, unit_3_2_1201: Unit) -> None:
    twice = body(idempotency_key="7c1f6a0e-7a0b-4c7e-9a53-5f5a6f0c8d11")
    for _time in range(2):
        assert desk.post(f"/desk/units/{unit_3_2_1201.pk}/move-in/", twice).status_code == 302
    assert Occupancy.objects.count() == 1


def test_moving_out_closes_an_open_session(desk: Client, unit_3_2_1201: Unit) -> None:
    resident = make_resident("王业主", "13900000011", unit_3_2_1201)
    portal = Client()
    portal.force_login(resident)
    assert "3-2-1201" in portal.get("/portal/").content.decode()
    stay = Occupancy.objects.get(person__user=resident)
    desk.post(f"/desk/stays/{stay.pk}/end/", {})
    assert "3-2-1201" not in portal.get("/portal/", follow=True).content.decode()


def test_a_transfer_names_the_new_owner_on_the_page(desk: Client, unit_3_2_1201: Unit) -> None:
    make_resident("王业主", "13900000011", unit_3_2_1201)
    desk.post(f"/desk/units/{unit_3_2_1201.pk}/transfer/", body(tenants_stay="on"))
    page = desk.get(f"/desk/units/{unit_3_2_1201.pk}/").content.decode()
    assert "孙新主" in page
    assert "王业主" in page  # among those who lived here before


def test_stays_and_units_of_other_communities_do_not_exist(desk: Client, unit_binjiang: Unit) -> None:
    stay = Occupancy.objects.get(person__user=make_resident("外人", "13900000077", unit_binjiang))
    for address in (f"/desk/units/{unit_binjiang.pk}/move-in/", f"/desk/stays/{stay.pk}/end/"):
        assert desk.get(address).status_code == 404
        assert desk.post(address, body()).status_code == 404
    assert desk.post(f"/desk/stays/{stay.pk}/primary/").status_code == 404


def test_people_are_found_by_their_initials_and_by_two_characters(desk: Client, unit_3_2_1201: Unit) -> None:
    desk.post(f"/desk/units/{unit_3_2_1201.pk}/move-in/", body(name="欧阳晓明"))
    for text in ("oyxm", "oyx", "欧阳", "晓明", "阳晓明"):
        assert "欧阳晓明" in desk.post("/desk/search/", {"q": text}, follow=True).content.decode(), text


def test_doubles_are_merged_and_taken_back_on_the_page(
    desk: Client, unit_3_2_1201: Unit, unit_3_2_1202: Unit
) -> None:
    make_resident("王业主", "13900000011", unit_3_2_1201)
    make_resident("王业主", "13900000011", unit_3_2_1202)
    kept, double = Person.objects.order_by("id")
    assert "王业主" in desk.get("/desk/roll/doubles/").content.decode()
    assert (
        f"/desk/people/{kept.pk}/merge/{double.pk}/" in desk.get(f"/desk/people/{kept.pk}/").content.decode()
    )
    desk.post(f"/desk/people/{kept.pk}/merge/{double.pk}/")
    assert kept.occupancies.count() == 2
    done = kept.merges.get()
    desk.post(f"/desk/merges/{done.pk}/undo/")
    assert kept.occupancies.count() == 1
