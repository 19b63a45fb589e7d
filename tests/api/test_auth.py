"""Tokens and the errors of those who have none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone
from rest_framework.test import APIClient

from servicecenter.accounts.actions import issue_token
from servicecenter.accounts.models import ApiToken, PhoneCode, User
from servicecenter.api_urls import urlpatterns
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
TOKEN, CODE, PHONE_TOKEN = (f"/api/v1/auth/{part}/" for part in ("token", "phone/code", "phone/token"))
# What strangers may open.
PUBLIC = {"schema", "docs", "token", "phone-code", "phone-token"}


def with_token(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def test_staff_get_a_token_that_works(api: Api, agent_li: User) -> None:
    answer = api(None).post(TOKEN, {"username": "li", "password": PASSWORD}, format="json")
    assert answer.status_code == 200
    assert with_token(answer.data["token"]).get("/api/v1/me/").data["username"] == "li"


def test_a_wrong_name_and_a_wrong_password_read_alike(api: Api, agent_li: User) -> None:
    answers = [
        api(None).post(TOKEN, {"username": name, "password": "wrong"}, format="json")
        for name in ("li", "nobody")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "login_failed"


def test_guessing_ends_in_429_with_a_time_to_wait(api: Api, agent_li: User) -> None:
    guess = {"username": "li", "password": "wrong"}
    for _ in range(10):
        api(None).post(TOKEN, guess, format="json")
    answer = api(None).post(TOKEN, {"username": "li", "password": PASSWORD}, format="json")
    assert (answer.status_code, answer.data["code"], answer["Retry-After"]) == (429, "too_many", "900")


def test_a_resident_signs_in_with_the_code(api: Api, resident_wang: User, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    assert api(None).post(CODE, {"phone": "+86 138-1111-2222"}, format="json").status_code == 202
    answer = api(None).post(PHONE_TOKEN, {"phone": "１３８１１１１２２２２", "code": "246810"}, format="json")
    assert answer.status_code == 200
    me = with_token(answer.data["token"]).get("/api/v1/me/").data
    assert (me["role"], me["name"], me["phone"], me["username"]) == (
        "resident",
        "王芳",
        "138****2222",
        "",
    )
    assert [unit["code"] for unit in me["units"]] == ["3-2-1201"]


def test_asking_for_a_code_never_tells_who_lives_here(api: Api, resident_wang: User) -> None:
    answers = [
        api(None).post(CODE, {"phone": phone}, format="json") for phone in ("13811112222", "13899999999")
    ]
    assert answers[0].json() == answers[1].json()
    assert PhoneCode.objects.count() == 1


def test_codes_are_not_sent_without_end(api: Api, resident_wang: User) -> None:
    answers = [api(None).post(CODE, {"phone": "13811112222"}, format="json") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429]
    assert answers[-1]["Retry-After"] == "3600"


def test_a_code_is_not_guessed_more_than_five_times(api: Api, resident_wang: User, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    api(None).post(CODE, {"phone": "13811112222"}, format="json")
    for _ in range(5):
        api(None).post(PHONE_TOKEN, {"phone": "13811112222", "code": "000000"}, format="json")
    answer = api(None).post(PHONE_TOKEN, {"phone": "13811112222", "code": "246810"}, format="json")
    assert (answer.status_code, answer.data["code"]) == (400, "code_wrong")


@pytest.mark.parametrize("phone", ["1380000000", "138000000011", "abc", "", None, 13800000001, [], "1" * 500])
def test_what_is_no_phone_is_refused_by_name(api: Api, phone: object) -> None:
    answer = api(None).post(CODE, {"phone": phone}, format="json")
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["phone"])


@pytest.mark.parametrize("header", ["Token", "Token x", "Token " + "x" * 5000, "Token \xff", "Bearer x", "x"])
def test_a_token_that_is_none_is_401(header: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get("/api/v1/me/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert answer["Content-Type"] == "application/problem+json"


def test_an_expired_token_is_401(agent_li: User) -> None:
    token, _expires = issue_token(user=agent_li)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert with_token(token).get("/api/v1/me/").status_code == 401


def test_the_token_of_somebody_who_left_is_401(agent_li: User) -> None:
    token, _expires = issue_token(user=agent_li)
    User.objects.filter(pk=agent_li.pk).update(is_active=False)
    assert with_token(token).get("/api/v1/me/").status_code == 401


def test_a_revoked_membership_ends_what_a_token_shows(agent_li: User) -> None:
    token, _expires = issue_token(user=agent_li)
    agent_li.memberships.all().delete()
    assert with_token(token).get("/api/v1/communities/").json()["results"] == []


def test_an_old_token_does_not_stand_in_the_way_of_a_new_one(agent_li: User) -> None:
    body = {"username": "li", "password": PASSWORD}
    assert with_token("old").post(TOKEN, body, format="json").status_code == 200


def test_a_session_works_and_needs_its_csrf_token(agent_li: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent_li)
    assert client.get("/api/v1/me/").status_code == 200
    answer = client.post("/api/v1/repairs/triage/", {"text": "漏水"}, content_type="application/json")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "route", [route for route in urlpatterns if route.name not in PUBLIC], ids=lambda route: route.name
)
def test_every_other_address_is_closed_to_strangers(api: Api, route: URLPattern) -> None:
    path = str(route.pattern).lstrip("^").rstrip("$")
    samples = {
        "<int:pk>": "1",
        "<str:number>": "R261123-0001",
        "<int:id>": "1",
        "<slug:action>": "accept",
        "(?P<number>[^/]+)": "R261123-0001",
        "(?P<token>[0-9a-f]{32})": "0" * 32,
        "(?P<size>full|thumb)": "full",
    }
    for part, value in samples.items():
        path = path.replace(part, value)
    for method in ("get", "post", "patch", "put", "delete"):
        answer = getattr(api(None), method)(f"/api/v1/{path}")
        assert answer.status_code == 401, (method, path)
        assert answer["Content-Type"] == "application/problem+json"
