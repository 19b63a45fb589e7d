"""Who comes in: agents and supervisors. The others are sent away, and nothing is kept by the browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from servicecenter.accounts.models import User

SignedIn = Callable[[User], Client]
PAGES = (
    "/desk/",
    "/desk/live/",
    "/desk/search/",
    "/desk/register/",
    "/desk/tickets/",
    "/desk/calls/",
    "/desk/units/?unit=3",
    "/desk/messages/",
)
POSTS = ("/desk/register/", "/desk/register/propose/", "/desk/calls/claim/", "/desk/tickets/bulk/accept/")


@pytest.mark.parametrize("page", PAGES)
def test_agents_and_supervisors_come_in(
    page: str, signed_in: SignedIn, agent_li: User, supervisor_bo: User
) -> None:
    for user in (agent_li, supervisor_bo):
        answer = signed_in(user).get(page)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("page", [page for page in PAGES if page != "/desk/messages/"])
def test_other_roles_do_not(
    page: str, signed_in: SignedIn, technician_chen: User, manager_mei: User, resident_wang: User
) -> None:
    for user in (technician_chen, manager_mei, resident_wang):
        assert signed_in(user).get(page).status_code == 403


@pytest.mark.parametrize("page", POSTS)
def test_other_roles_change_nothing(
    page: str, signed_in: SignedIn, technician_chen: User, resident_wang: User
) -> None:
    for user in (technician_chen, resident_wang):
        assert signed_in(user).post(page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_asked_to_sign_in(page: str, db: None) -> None:
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")


@pytest.mark.parametrize(
    "page", ["/desk/calls/claim/", "/desk/tickets/bulk/accept/", "/desk/register/propose/"]
)
def test_reading_never_changes_anything(page: str, signed_in: SignedIn, agent_li: User) -> None:
    assert signed_in(agent_li).get(page).status_code == 405


@pytest.mark.parametrize(
    "page", ["/desk/people/9223372036854775808/", "/desk/units/99999999999999999999999/"]
)
def test_ids_beyond_all_numbers_are_not_found(page: str, signed_in: SignedIn, agent_li: User) -> None:
    assert signed_in(agent_li).get(page).status_code == 404
