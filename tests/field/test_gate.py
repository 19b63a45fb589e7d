"""The guard's phone: a code in a form, as much as a guard needs to see, one way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from owners.actions.releases import Goods, Wish, ask
from owners.codes import grouped
from owners.models import GoodsRelease, Person, Unit
from servicecenter.accounts.models import User
from tests.conftest import make_staff

SignedIn = Callable[[User], Client]


@pytest.fixture
def slip(unit_3_2_1201: Unit, person_wang: Person, resident_wang: User) -> GoodsRelease:
    now = timezone.now()
    wish = Wish(
        goods=[Goods("沙发", 2), Goods("冰箱")],
        valid_from=now - timedelta(minutes=1),
        valid_until=now + timedelta(hours=1),
        plate="闽D12345",
    )
    return ask(unit_3_2_1201, person_wang, wish, by=resident_wang)


@pytest.fixture
def guard(signed_in: SignedIn, guard_hu: User) -> Client:
    return signed_in(guard_hu)


def shown(guard: Client, slip: GoodsRelease) -> dict[str, str]:
    """The hidden fields of the page that a code leads to."""
    answer = guard.post("/field/gate/check/", {"code": grouped(slip.code())})
    assert answer.status_code == 200
    return {"pass": answer.context["pass"], "idempotency_key": str(uuid4())}


def test_a_guard_sees_goods_unit_time_and_the_end_of_the_plate_and_no_more(
    guard: Client, slip: GoodsRelease, person_wang: Person
) -> None:
    page = guard.post("/field/gate/check/", {"code": slip.code().lower()}).content.decode()
    for seen in ("沙发", "冰箱", "3-2-1201", "闽D·**345"):
        assert seen in page
    for hidden in (person_wang.name, person_wang.phone, "闽D12345", slip.code()):
        assert hidden not in page


def test_goods_that_are_ticked_off_leave_once(guard: Client, slip: GoodsRelease) -> None:
    sofa = slip.items.get(position=1)
    body = shown(guard, slip) | {"items": str(sofa.pk)}
    guard.post("/field/gate/let_out/", body)
    slip.refresh_from_db()
    assert slip.status == "used"
    assert list(slip.items.values_list("taken", flat=True)) == [True, False]
    again = guard.post("/field/gate/check/", {"code": slip.code()}).content.decode()
    assert 'data-action="let-out"' not in again


def test_a_double_tap_says_the_same_again(guard: Client, slip: GoodsRelease) -> None:
    body = shown(guard, slip) | {"items": str(slip.items.all()[0].pk)}
    assert [guard.post("/field/gate/let_out/", body).status_code for _tap in range(2)] == [302, 302]


def test_nothing_ticked_off_lets_nothing_out(guard: Client, slip: GoodsRelease) -> None:
    assert guard.post("/field/gate/let_out/", shown(guard, slip)).status_code == 422


def test_a_refusal_says_why(guard: Client, slip: GoodsRelease) -> None:
    body = shown(guard, slip)
    assert guard.post("/field/gate/refuse/", body).status_code == 422
    guard.post("/field/gate/refuse/", body | {"reason": "多了一台冰箱"})
    slip.refresh_from_db()
    assert (slip.status, slip.reason) == ("refused", "多了一台冰箱")


def test_a_number_alone_opens_nothing(guard: Client, slip: GoodsRelease) -> None:
    for forged in ("", slip.number, "1:2:3", str(slip.pk)):
        answer = guard.post("/field/gate/let_out/", {"pass": forged, "items": slip.items.all()[0].pk})
        assert answer.status_code == 404


def test_a_colleagues_pass_opens_nothing(guard: Client, slip: GoodsRelease, signed_in: SignedIn) -> None:
    body = shown(guard, slip) | {"items": str(slip.items.all()[0].pk)}
    other = signed_in(make_staff("guard2", "security", slip.community))
    assert other.post("/field/gate/let_out/", body).status_code == 404


@pytest.mark.parametrize("code", ["", "AAAA-AAAA", "x" * 500, "七三"])
def test_an_unknown_code_says_so(guard: Client, slip: GoodsRelease, code: str) -> None:
    assert guard.post("/field/gate/check/", {"code": code}).status_code == 422


def test_guessing_is_stopped(guard: Client, slip: GoodsRelease) -> None:
    answers = [guard.post("/field/gate/check/", {"code": "AAAA-AAAA"}).status_code for _guess in range(21)]
    assert answers[-1] == 429


def test_technicians_have_no_gate(signed_in: SignedIn, technician_chen: User, slip: GoodsRelease) -> None:
    assert signed_in(technician_chen).get("/field/gate/").status_code == 403


def test_what_i_checked_today_is_listed(guard: Client, slip: GoodsRelease) -> None:
    body = shown(guard, slip) | {"items": str(slip.items.all()[0].pk)}
    guard.post("/field/gate/let_out/", body)
    assert slip.number in guard.get("/field/gate/").content.decode()
