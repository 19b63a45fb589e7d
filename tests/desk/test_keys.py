"""The key register and the moves that keys take part in, at the counter."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from owners.actions.keys import add_keys, issue_keys, lend_keys
from owners.actions.keys.handing import Handing
from owners.models import Key, KeyReceipt, Occupancy, Person, Unit
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from tests.conftest import make_unit

SignIn = Callable[[User], Client]


@pytest.fixture
def desk(client: Client, agent_li: User) -> Client:
    client.force_login(agent_li)
    return client


@pytest.fixture
def keys(unit_3_2_1201: Unit, agent_li: User) -> list[Key]:
    """A door key and a card, at the center."""
    given = {"unit": unit_3_2_1201, "count": 1, "by": agent_li}
    return [
        add_keys(unit_3_2_1201.community, kind=kind, **given)[0]  # type: ignore[arg-type]
        for kind in ("door", "card")
    ]


def drawn() -> str:
    """A signature as the browser sends it."""
    data = BytesIO()
    Image.new("RGBA", (60, 30), (0, 0, 0, 0)).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


def body(keys: list[Key], person: Person, **more: str) -> dict[str, Any]:
    sent: dict[str, Any] = {
        "keys": [key.pk for key in keys],
        "holder": f"p{person.pk}",
        "kind": "issue",
        "idempotency_key": str(uuid4()),
    }
    return sent | more


def test_keys_are_added_on_the_page_of_a_unit(desk: Client, unit_3_2_1201: Unit) -> None:
    desk.post(f"/desk/units/{unit_3_2_1201.pk}/keys/add/", {"kind": "door", "count": "3"})
    page = desk.get(f"/desk/units/{unit_3_2_1201.pk}/").content.decode()
    assert all(f'data-number="3-2-1201-D{number}"' in page for number in (1, 2, 3))


def test_a_plant_rooms_keys_have_a_place_and_tags_of_their_own(desk: Client, unit_3_2_1201: Unit) -> None:
    url = "/desk/keys/add/"
    community = str(unit_3_2_1201.community_id)
    assert desk.post(url, {"kind": "room", "community": community, "tags": "R-1"}).status_code == 422
    desk.post(url, {"kind": "room", "community": community, "place": "水泵房", "tags": "R-1\nR-2"})
    assert set(Key.objects.values_list("tag", "place")) == {("R-1", "水泵房"), ("R-2", "水泵房")}


def test_handing_out_ends_at_the_receipt_to_sign(
    desk: Client, unit_3_2_1201: Unit, person_wang: Person, keys: list[Key]
) -> None:
    answer = desk.post(f"/desk/units/{unit_3_2_1201.pk}/keys/", body(keys, person_wang), follow=True)
    receipt = KeyReceipt.objects.get()
    assert answer.redirect_chain == [(f"/desk/keys/receipts/{receipt.number}/", 302)]
    page = answer.content.decode()
    assert all(key.tag in page for key in keys)


def test_a_double_tap_hands_out_once(
    desk: Client, unit_3_2_1201: Unit, person_wang: Person, keys: list[Key]
) -> None:
    sent = body(keys, person_wang)
    first, second = (desk.post(f"/desk/units/{unit_3_2_1201.pk}/keys/", sent) for _tap in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert KeyReceipt.objects.count() == 1


def test_a_drawn_signature_stands_on_the_receipt(
    desk: Client, unit_3_2_1201: Unit, person_wang: Person, keys: list[Key]
) -> None:
    sent = body(keys, person_wang, signature=drawn())
    answer = desk.post(f"/desk/units/{unit_3_2_1201.pk}/keys/", sent, follow=True)
    photo = Photo.objects.get(work="key_receipt")
    assert photo.token in answer.content.decode()
    assert desk.get(reverse("attachments:full", args=[photo.token])).status_code == 200


def test_a_broken_signature_hands_out_nothing(
    desk: Client, unit_3_2_1201: Unit, person_wang: Person, keys: list[Key]
) -> None:
    sent = body(keys, person_wang, signature="data:image/png;base64,%%%")
    assert desk.post(f"/desk/units/{unit_3_2_1201.pk}/keys/", sent).status_code == 422
    assert not KeyReceipt.objects.exists()


def test_lending_asks_until_when(
    desk: Client, unit_3_2_1201: Unit, person_wang: Person, keys: list[Key]
) -> None:
    answer = desk.post(f"/desk/units/{unit_3_2_1201.pk}/keys/", body(keys, person_wang, kind="lend"))
    assert answer.status_code == 422
    assert "due_at" in answer.context["form"].errors


def test_the_register_shows_what_has_to_come_back(
    desk: Client, keys: list[Key], person_wang: Person, agent_li: User
) -> None:
    late = Handing(due_at=timezone.now() - timedelta(days=1))
    lend_keys(person_wang, keys=keys[:1], said=late, by=agent_li, at=timezone.now() - timedelta(days=2))
    rows = desk.get("/desk/keys/?show=back").context["rows"]
    assert rows == keys[:1]


@pytest.mark.parametrize("text", ["1201-D1", "3-2-1201", "王芳"])
def test_a_key_is_found_by_tag_unit_and_holder(
    desk: Client, keys: list[Key], person_wang: Person, unit_3_2_1201: Unit, agent_li: User, text: str
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=keys, by=agent_li)
    assert keys[0] in desk.get("/desk/keys/", {"q": text}).context["rows"]


def test_the_register_is_that_of_the_own_communities(
    signed_in: SignIn, keys: list[Key], agent_binjiang: User
) -> None:
    page = signed_in(agent_binjiang)
    assert page.get("/desk/keys/").context["rows"] == []
    assert page.get(f"/desk/keys/{keys[0].pk}/").status_code == 404


def test_the_register_costs_the_same_number_of_queries_however_long(
    desk: Client,
    keys: list[Key],
    person_wang: Person,
    unit_3_2_1201: Unit,
    agent_li: User,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    more = add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="door", count=20, by=agent_li)
    issue_keys(unit_3_2_1201, person_wang, keys=more, by=agent_li)
    with django_assert_max_num_queries(24):  # type: ignore[attr-defined]
        desk.get("/desk/keys/")


def test_a_lost_card_is_replaced_on_its_page(desk: Client, keys: list[Key]) -> None:
    card = keys[1]
    assert desk.post(f"/desk/keys/{card.pk}/lose/", {"reason": ""}).status_code == 422
    desk.post(f"/desk/keys/{card.pk}/lose/", {"reason": "丢了"})
    desk.post(f"/desk/keys/{card.pk}/replace/", {"tag": "C-778"})
    page = desk.get(f"/desk/keys/{card.pk}/").content.decode()
    assert "C-778" in page
    assert 'data-status="replaced"' in page


def test_moving_out_asks_for_every_key_that_is_still_out(
    desk: Client, keys: list[Key], person_wang: Person, unit_3_2_1201: Unit, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=keys, by=agent_li)
    stay = Occupancy.objects.get(person=person_wang)
    page = desk.get(f"/desk/stays/{stay.pk}/end/").content.decode()
    assert all(key.tag in page for key in keys)
    later = {f"key_{key.pk}": "later" for key in keys}
    assert desk.post(f"/desk/stays/{stay.pk}/end/", later).status_code == 422
    desk.post(f"/desk/stays/{stay.pk}/end/", later | {f"key_{keys[1].pk}": "blocked"})
    assert [Key.objects.get(pk=key.pk).status for key in keys] == ["issued", "blocked"]
    stay.refresh_from_db()
    assert stay.until is not None


def test_a_sale_passes_the_keys_on(
    desk: Client, keys: list[Key], person_wang: Person, unit_3_2_1201: Unit, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=keys, by=agent_li)
    fates = {f"key_{key.pk}": "passed_on" for key in keys}
    sent = {"phone": "139 0000 0099", "name": "孙新主", "tenants_stay": "on"} | fates
    assert desk.post(f"/desk/units/{unit_3_2_1201.pk}/transfer/", sent).status_code == 302
    assert {key.holding.receipt.person.name for key in Key.objects.all()} == {"孙新主"}  # type: ignore[union-attr]


def test_another_units_keys_are_not_offered(desk: Client, keys: list[Key], person_wang: Person) -> None:
    other = make_unit(person_wang.community, "3-2-1301")
    answer = desk.post(f"/desk/units/{other.pk}/keys/", body(keys, person_wang))
    assert answer.status_code == 422
    assert not KeyReceipt.objects.exists()


def test_a_rule_of_the_database_is_said_on_the_form(
    desk: Client, unit_3_2_1201: Unit, person_wang: Person, keys: list[Key]
) -> None:
    """For example: no keys before a handover is signed off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION say_no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' "
            "USING ERRCODE = 'check_violation', CONSTRAINT = 'no_keys_before_sign_off'; END $$; "
            "CREATE TRIGGER say_no BEFORE INSERT ON owners_keyreceipt FOR EACH ROW EXECUTE FUNCTION say_no()"
        )
    answer = desk.post(f"/desk/units/{unit_3_2_1201.pk}/keys/", body(keys, person_wang))
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert not KeyReceipt.objects.exists()
