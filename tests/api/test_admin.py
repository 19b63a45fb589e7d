"""/admin/: communities, staff, and promises, which change through the same function as by API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from servicecenter.accounts.models import Community, User
from servicecenter.sla.models import Policy
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
LADDER = '[{"after": 0, "to": "supervisor"}, {"after": 0.25, "to": "manager"}]'


@pytest.fixture
def browser(signed_in: Callable[[User], Client], admin_gu: User) -> Client:
    return signed_in(admin_gu)


def respond() -> Policy:
    return Policy.objects.current().get(work="repair", stage="respond", urgency="normal")


def terms(**changed: Any) -> dict[str, Any]:
    return {"target_seconds": 43200, "clock": "always", "warn_at": "0.75", "escalate": LADDER} | changed


def test_a_change_makes_a_new_row_and_returns_to_the_list(browser: Client, admin_gu: User) -> None:
    old = respond()
    answer = browser.post(f"/admin/sla/policy/{old.pk}/change/", terms())
    assert (answer.status_code, answer["Location"]) == (302, "/admin/sla/policy/")
    assert respond().pk != old.pk
    assert (respond().target_seconds, respond().changed_by) == (43200, admin_gu)
    old.refresh_from_db()
    assert (old.target_seconds, old.replaced_at) == (86400, respond().since)
    assert browser.get("/admin/sla/policy/").status_code == 200


def test_a_change_says_how_many_open_cases_follow(browser: Client, ticket_in: Walk) -> None:
    ticket_in("accepted")
    address = f"/admin/sla/policy/{respond().pk}/change/"
    answer = browser.post(address, terms(apply_to_open="on"), follow=True)
    assert "已应用于 1 件未结工单" in answer.content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"target_seconds": 49 * 3600},
        {"target_seconds": 5},
        {"warn_at": "1.5"},
        {"escalate": "[]"},
        {"escalate": '{"after": 0}'},
        {"escalate": '[{"after": "x", "to": "manager"}]'},
        {"escalate": '[{"after": 0, "to": ["manager"]}]'},
        {"escalate": "not JSON"},
        {"clock": "sometimes"},
    ],
    ids=str,
)
def test_what_makes_no_sense_is_shown_on_the_form(browser: Client, changed: dict[str, Any]) -> None:
    old = respond()
    answer = browser.post(f"/admin/sla/policy/{old.pk}/change/", terms(**changed))
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert respond().pk == old.pk


def test_a_new_promise_begins_with_the_usual_ladder(browser: Client) -> None:
    assert "supervisor" in browser.get("/admin/sla/policy/add/").content.decode()
    subject = {"work": "inquiry", "urgency": "", "level": "", "stage": "respond", "community": ""}
    assert browser.post("/admin/sla/policy/add/", terms() | subject).status_code == 302
    assert Policy.objects.current().get(work="inquiry", level="", stage="respond").target_seconds == 43200


def test_nothing_is_forgotten(browser: Client) -> None:
    assert browser.post(f"/admin/sla/policy/{respond().pk}/delete/", {"post": "yes"}).status_code == 403


def test_only_administrators_come_here(signed_in: Callable[[User], Client], supervisor_bo: User) -> None:
    answer = signed_in(supervisor_bo).get("/admin/sla/policy/")
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "page", ["", "accounts/user/", "accounts/user/add/", "accounts/community/", "sla/policy/"]
)
def test_an_administrator_finds_communities_staff_and_promises(browser: Client, page: str) -> None:
    assert browser.get(f"/admin/{page}").status_code == 200


def test_a_new_colleague_can_sign_in_and_sees_their_community(
    browser: Client, yangguang: Community, client: Client
) -> None:
    sent = {
        "username": "newcomer",
        "name": "新同事",
        "role": "agent",
        "is_active": "on",
        "new_password": "a-long-pass-2026",
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-community": str(yangguang.pk),
    }
    assert browser.post("/admin/accounts/user/add/", sent).status_code == 302
    signed = {"username": "newcomer", "password": "a-long-pass-2026"}
    token = client.post("/api/v1/auth/token/", signed, content_type="application/json").json()["token"]
    me = client.get("/api/v1/me/", headers={"Authorization": f"Token {token}"}).json()
    assert [community["code"] for community in me["communities"]] == ["YG"]
