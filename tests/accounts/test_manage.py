"""The management page: one way to everything that is decided, for those who decide."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from servicecenter.accounts.models import User
from servicecenter.lib import nav

SignIn = Callable[[User], Client]


@pytest.mark.parametrize("who", ["supervisor_bo", "manager_mei", "admin_gu"])
def test_whoever_decides_finds_the_management_page(
    who: str, request: pytest.FixtureRequest, signed_in: SignIn
) -> None:
    answer = signed_in(request.getfixturevalue(who)).get("/manage/")
    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["agent_li", "technician_chen", "guard_hu", "resident_wang"])
def test_the_management_page_is_closed_to_everybody_else(
    who: str, request: pytest.FixtureRequest, signed_in: SignIn
) -> None:
    assert signed_in(request.getfixturevalue(who)).get("/manage/").status_code == 403


def test_a_card_is_shown_only_to_the_roles_it_names(
    admin_gu: User, supervisor_bo: User, signed_in: SignIn
) -> None:
    assert b'data-card="administration"' in signed_in(admin_gu).get("/manage/").content
    assert b'data-card="administration"' not in signed_in(supervisor_bo).get("/manage/").content


def test_a_card_whose_page_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    card = nav.Card("none", "None", "nowhere:page", "settings", text="", roles=frozenset({"admin"}))
    monkeypatch.setattr(nav, "MANAGE", (card,))
    assert nav.manage_links("/manage/", "admin") == []


@pytest.mark.parametrize(
    ("who", "face", "shown"),
    [("supervisor_bo", "/desk/", True), ("agent_li", "/desk/", False), ("manager_mei", "/board/", True)],
)
def test_the_way_there_stands_where_its_people_work(
    who: str, face: str, shown: bool, request: pytest.FixtureRequest, signed_in: SignIn
) -> None:
    page = signed_in(request.getfixturevalue(who)).get(face).content
    assert (b'href="/manage/"' in page) == shown


def test_the_administration_leads_there_too(admin_gu: User, signed_in: SignIn) -> None:
    assert b'href="/manage/"' in signed_in(admin_gu).get("/admin/").content
