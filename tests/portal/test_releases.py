"""Goods releases in the portal: asking, agreeing, the code for the gate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from owners.actions.keys import add_keys, issue_keys
from owners.codes import grouped
from owners.forms.releases import goods_of
from owners.models import GoodsRelease, Key, Person, Unit
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.lib.clock import LOCAL
from tests.conftest import make_resident
from tests.portal.test_report import picture

SignedIn = Callable[[User], Client]


@pytest.fixture
def tenant(unit_3_2_1201: Unit, person_wang: Person) -> User:
    return make_resident("钱租客", "13900000021", unit_3_2_1201, "tenant")


@pytest.fixture
def typed(unit_3_2_1201: Unit) -> dict[str, Any]:
    now = timezone.localtime(timezone=LOCAL)
    return {
        "unit": unit_3_2_1201.pk,
        "goods": "沙发 ×2\n冰箱",
        "valid_from": f"{now:%Y-%m-%dT%H:%M}",
        "valid_until": f"{now + timedelta(hours=4):%Y-%m-%dT%H:%M}",
        "plate": "闽D·12345",
        "idempotency_key": str(uuid4()),
    }


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("沙发 ×2", ("沙发", 2)),
        ("沙发x2", ("沙发", 2)),
        ("纸箱 12个", ("纸箱", 12)),
        ("iPhone 15", ("iPhone 15", 1)),
        ("1.8米床", ("1.8米床", 1)),
        ("电视、", ("电视", 1)),
    ],
)
def test_a_line_says_what_and_how_many(line: str, meant: tuple[str, int]) -> None:
    assert [(each.name, each.quantity) for each in goods_of(line)] == [meant]


def test_an_owner_gets_a_code_for_the_gate_at_once(
    signed_in: SignedIn, resident_wang: User, typed: dict[str, Any]
) -> None:
    answer = signed_in(resident_wang).post("/portal/releases/new/", typed, follow=True)
    release = GoodsRelease.objects.get()
    page = answer.content.decode()
    assert grouped(release.code()) in page
    assert "data:image/svg+xml" in page
    assert "闽D12345" not in page


def test_a_double_tap_asks_once(signed_in: SignedIn, resident_wang: User, typed: dict[str, Any]) -> None:
    for _tap in range(2):
        signed_in(resident_wang).post("/portal/releases/new/", typed)
    assert GoodsRelease.objects.count() == 1


def test_photos_of_the_goods_are_kept_with_it(
    signed_in: SignedIn, resident_wang: User, typed: dict[str, Any]
) -> None:
    signed_in(resident_wang).post("/portal/releases/new/", typed | {"photos": [picture()]})
    assert Photo.objects.filter(work="goods_release").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("goods", ""),
        ("goods", "\u200b\n\u3000"),
        ("goods", "沙发 ×0"),
        ("plate", "ABC"),
        ("valid_until", "2020-01-01T00:00"),
        ("valid_from", "9999-01-01T00:00"),
        ("unit", "-1"),
    ],
)
def test_what_makes_no_sense_is_marked_and_nothing_is_stored(
    signed_in: SignedIn, resident_wang: User, typed: dict[str, Any], field: str, value: str
) -> None:
    answer = signed_in(resident_wang).post("/portal/releases/new/", typed | {field: value})
    assert answer.status_code == 422
    assert not GoodsRelease.objects.exists()


def test_a_tenants_release_has_no_code_until_the_owner_agrees(
    signed_in: SignedIn, tenant: User, resident_wang: User, typed: dict[str, Any]
) -> None:
    signed_in(tenant).post("/portal/releases/new/", typed)
    release = GoodsRelease.objects.get()
    url = f"/portal/releases/{release.number}/"
    assert grouped(release.code()) not in signed_in(tenant).get(url).content.decode()
    signed_in(resident_wang).post(f"{url}consent/", {"idempotency_key": str(uuid4())})
    assert grouped(release.code()) in signed_in(tenant).get(url).content.decode()


def test_the_owner_who_agrees_does_not_see_the_code(
    signed_in: SignedIn, tenant: User, resident_wang: User, typed: dict[str, Any]
) -> None:
    signed_in(tenant).post("/portal/releases/new/", typed)
    release = GoodsRelease.objects.get()
    url = f"/portal/releases/{release.number}/"
    answer = signed_in(resident_wang).post(f"{url}consent/", follow=True)
    assert grouped(release.code()) not in answer.content.decode()


def test_declining_needs_a_reason(
    signed_in: SignedIn, tenant: User, resident_wang: User, typed: dict[str, Any]
) -> None:
    signed_in(tenant).post("/portal/releases/new/", typed)
    release = GoodsRelease.objects.get()
    owner = signed_in(resident_wang)
    assert owner.post(f"/portal/releases/{release.number}/decline/").status_code == 422
    owner.post(f"/portal/releases/{release.number}/decline/", {"reason": "家具是我的"})
    release.refresh_from_db()
    assert release.status == "declined"


def test_a_neighbour_finds_nothing(
    signed_in: SignedIn, resident_wang: User, tenant_zhao: User, typed: dict[str, Any]
) -> None:
    signed_in(resident_wang).post("/portal/releases/new/", typed)
    release = GoodsRelease.objects.get()
    stranger = signed_in(tenant_zhao)
    assert stranger.get(f"/portal/releases/{release.number}/").status_code == 404
    assert stranger.post(f"/portal/releases/{release.number}/cancel/").status_code == 404


def test_a_resident_reports_a_lost_card(
    signed_in: SignedIn, resident_wang: User, person_wang: Person, unit_3_2_1201: Unit, agent_li: User
) -> None:
    card = add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="card", count=1, by=agent_li)
    issue_keys(unit_3_2_1201, person_wang, keys=card, by=agent_li)
    portal = signed_in(resident_wang)
    assert card[0].tag in portal.get("/portal/keys/").content.decode()
    portal.post(f"/portal/keys/{card[0].pk}/lost/", {"reason": "丢了"})
    assert Key.objects.get().status == "lost"


def test_a_neighbours_card_is_not_found(
    signed_in: SignedIn, tenant_zhao: User, person_wang: Person, unit_3_2_1201: Unit, agent_li: User
) -> None:
    card = add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="card", count=1, by=agent_li)
    issue_keys(unit_3_2_1201, person_wang, keys=card, by=agent_li)
    answer = signed_in(tenant_zhao).post(f"/portal/keys/{card[0].pk}/lost/", {"reason": "丢了"})
    assert answer.status_code == 404
