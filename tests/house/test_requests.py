"""What comes with a request besides its fields, on every route: forgery, hosts, hops, ways back, headers.

Routes come from the URL table, so a new one is tried as soon as it exists.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from zlib import crc32

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.test import Client, RequestFactory

from servicecenter.accounts.models import LoginAttempt, Role, User
from servicecenter.accounts.views import client_address
from tests.conftest import PASSWORD
from tests.house.test_hostile import ALL, LEAVING, World, some
from tests.house.test_hostile import world as world
from tests.house.test_house import sources
from tests.house.test_routes import Route, _fill, routes

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parent.parent.parent
# Whoever calls these has no session that somebody else could ride on.
WITHOUT_SESSION = frozenset({"api:token", "api:phone-code", "api:phone-token"})
OURS = (None, "testserver")
HOSTS = ("evil.example", "testserver.evil.example", "evil.example:80", "", "a b", "[::1]")
# A form is all that it reads; JSON is refused before anybody asks who sent it.
TAKES_FILES = frozenset({"api:repair-photos", "api:complaint-photos", "api:inquiry-photos"})
UNSAFE = ("post", "put", "patch", "delete")
# Each of them is another site to some browser.
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "https:evil.example",
    "http://testserver@evil.example/",
    "javascript:alert(1)",
    " //evil.example/",
)
# As bytes that arrive: half a character, no UTF-8, other digits, a quoted line break, much of it.
ODD = (
    "\xed\xa0\x80",
    "\xff\xfe",
    "\xef\xbc\x95",
    "%0d%0aX-Evil: 1",
    "\x7f",
    "=?utf-8?q?=00?=",
    "5" * 5000,
    "\xe6\xbc\x8f" * 900,
)
READ = (
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT",
    "HTTP_AUTHORIZATION",
    "HTTP_IDEMPOTENCY_KEY",
    "HTTP_COOKIE",
    "HTTP_HX_REQUEST",
    "HTTP_HX_TARGET",
    "HTTP_HX_CURRENT_URL",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_ORIGIN",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "HTTP_X_CSRFTOKEN",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
    "HTTP_RANGE",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
)


def _address(route: Route) -> str:
    path = route.pattern
    for argument in route.arguments:
        path = _fill(path, argument, {"token": "f" * 32, "size": "thumb"}.get(argument, "1"))
    return path


def test_nothing_is_changed_by_a_request_that_another_site_could_send(supervisor_bo: User) -> None:
    """The cookie of the session alone, without the token of our own page: 403 before anything is looked at."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(supervisor_bo)
    let_in = []
    for route in routes():
        for method in some(UNSAFE, route.name):
            if route.name in TAKES_FILES:
                answer = browser.post(_address(route))
            else:
                answer = getattr(browser, method)(_address(route), "{}", content_type="application/json")
            if answer.status_code != 403 and route.name not in WITHOUT_SESSION:
                let_in.append((method, route.name, answer.status_code))
    assert let_in == []


def test_nobody_is_signed_in_by_a_form_of_another_site(agent_li: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    for path in ("/login/staff/", "/admin/login/"):
        assert browser.post(path, {"username": "li", "password": PASSWORD}).status_code == 403
    assert SESSION_KEY not in browser.session


def test_a_token_of_another_browser_is_none(supervisor_bo: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(supervisor_bo)
    browser.cookies["csrftoken"] = "a" * 32
    answer = browser.post("/language/", {"language": "en", "csrfmiddlewaretoken": "b" * 32})
    assert answer.status_code == 403


def test_a_host_that_is_not_ours_is_refused_on_every_route(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["desk.example.com"]
    browser = Client(raise_request_exception=False)
    answered = {
        route.name
        for route in routes()
        for host in some(HOSTS, route.name)
        if browser.get(_address(route), HTTP_HOST=host).status_code not in (400, 404)
    }
    # Whether the process is alive: the machine asks by its own address.
    assert answered <= {"healthz", "readyz", "metrics"}


def test_a_link_is_never_made_of_the_host_that_somebody_forwards(agent_li: User) -> None:
    browser = Client()
    browser.force_login(agent_li)
    said = browser.get(
        "/api/v1/units/?page_size=1", HTTP_X_FORWARDED_HOST="evil.example", HTTP_FORWARDED="host=evil.example"
    )
    assert "evil.example" not in said.content.decode()


def _asked_by(**headers: str) -> str:
    request = RequestFactory().get("/")
    request.META |= {"REMOTE_ADDR": "10.0.0.9"} | headers
    return client_address(request)


def test_without_a_proxy_nobody_chooses_the_address_that_limits_count(client: Client, agent_li: User) -> None:
    for forwarded in ("203.0.113.1", "203.0.113.2", "::1"):
        typed = {"username": "li", "password": "wrong"}
        client.post("/login/staff/", typed, HTTP_X_FORWARDED_FOR=forwarded, HTTP_FORWARDED=f"for={forwarded}")
    # One key for the name and one for the address.
    assert LoginAttempt.objects.values("key").distinct().count() == 2


def test_behind_our_proxy_only_the_hop_that_it_added_counts(settings: Any) -> None:
    assert _asked_by(HTTP_X_FORWARDED_FOR="203.0.113.1") == "10.0.0.9"
    settings.ENV = replace(settings.ENV, behind_proxy=True)
    assert _asked_by(HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.1") == "203.0.113.1"
    assert _asked_by() == _asked_by(HTTP_X_FORWARDED_FOR=" ") == "10.0.0.9"


@pytest.mark.parametrize(("behind", "secure"), [("false", "False"), ("true", "True")])
def test_who_says_that_the_way_was_safe_is_believed_behind_a_proxy_only(behind: str, secure: str) -> None:
    ask = (
        "import django; django.setup();"
        "from django.test import RequestFactory;"
        "print(RequestFactory().get('/', HTTP_X_FORWARDED_PROTO='https').is_secure())"
    )
    env = {
        "BEHIND_PROXY": behind, "DJANGO_ENV": "test", "DJANGO_SETTINGS_MODULE": "servicecenter.settings",
        "DATABASE_URL": "postgres://nobody@localhost:1/none", "REDIS_URL": "redis://localhost:1/0",
    }  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == secure


def test_where_to_go_afterwards_is_read_by_one_function() -> None:
    """Which the next test walks through on one page of three only, unless all are asked for."""
    words = re.compile(r"""(GET|POST)(\.get\(|\[)["']next["']""")
    assert {path.as_posix() for path, text in sources() if words.search(text)} == {
        "servicecenter/accounts/views.py"
    }


def _ways_back(world: World) -> Iterator[tuple[Route, str]]:
    """Where every page leads that is asked to lead elsewhere afterwards; whatever it did is undone."""
    for route in routes():
        if route.pattern.startswith("/api/") or route.name in LEAVING:
            continue
        path, role = world.address(route), world.entering(route)[0]
        if not ALL and not route.name.startswith("accounts:") and crc32(path.encode()) % 3:
            continue
        for target in some(ELSEWHERE, path):
            with transaction.atomic():
                asked = world.browsers[role].get(f"{path}?next={quote(target)}")
                typed = {"next": target, "language": "en", "community": "YG"}
                posted = world.browsers[role].post(path, typed)
                transaction.set_rollback(True)
            yield from ((route, each.headers.get("Location", "")) for each in (asked, posted))


def test_no_page_leads_to_another_site(world: World) -> None:
    led = [(route.name, to) for route, to in _ways_back(world) if urlsplit(to).hostname not in OURS]
    assert led == []


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("path", ["/login/staff/", "/admin/login/"])
def test_signing_in_leads_nowhere_else(path: str, target: str, admin_gu: User) -> None:
    for place in ({"next": target}, {}):
        typed = {"username": "gu", "password": PASSWORD} | place
        answer = Client().post(f"{path}?next={quote(target)}", typed)
        assert (answer.status_code, answer.headers["Location"]) in ((302, "/admin/"), (302, "/"))


def test_no_header_breaks_anything(world: World) -> None:
    """Read by a page, by the API, by a form and by an endpoint that acts once."""
    broken = []
    for role, method, path, body in PLACES:
        for header in READ:
            for value in some(ODD, path, header):
                browser = world.browsers[role]
                cookies = deepcopy(browser.cookies)
                sent: dict[str, Any] = {"data": body, "content_type": "application/json"} if body else {}
                sent[{"CONTENT_TYPE": "content_type"}.get(header, header) if body else header] = value
                with transaction.atomic():
                    status = getattr(browser, method)(path, **sent).status_code
                    transaction.set_rollback(True)
                browser.cookies = cookies
                if status >= 500:
                    broken.append((path, header, value[:20], status))
    assert broken == []


PLACES: tuple[tuple[Role, str, str, str], ...] = (
    (Role.AGENT, "get", "/desk/", ""),
    (Role.RESIDENT, "get", "/login/staff/", ""),
    (Role.RESIDENT, "post", "/language/", ""),
    (Role.AGENT, "get", "/api/v1/repairs/", ""),
    (Role.RESIDENT, "post", "/api/v1/repairs/", '{"text": "漏水", "unit": "3-2-1201"}'),
)
# A field of a form sent in parts, as no browser sends it.
PARTS = {
    "half a character": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe\x00",
    "NUL": b"a\x00b",
}


@pytest.mark.parametrize("said", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize(
    ("who", "path"), [("resident_wang", "/portal/report/"), ("agent_li", "/desk/register/")]
)
def test_broken_text_in_a_form_of_parts_is_refused_in_words(
    who: str, path: str, said: bytes, request: pytest.FixtureRequest, signed_in: Callable[[User], Client]
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    body = (
        b"".join(part % (name, said) for name in (b"text", b"unit", b"community", b"key", b"phone"))
        + b"--x--\r\n"
    )
    browser = signed_in(request.getfixturevalue(who))
    answer = browser.post(path, body, content_type="multipart/form-data; boundary=x")
    assert 400 <= answer.status_code < 500
