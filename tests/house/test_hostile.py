"""What nobody types, put into every place of every route that takes anything: an answer below 500, always.

Nothing is listed by hand. Routes come from the URL table, the fields of the API from its schema, the fields of pages
from watching what the page asks the request for: a new one is tried as soon as it exists. An ordinary run tries
one value in each place, another one in the next; `HOSTILE=all` tries every value in every place for every role, the
forms of Django's administration too, which takes minutes.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import quote
from zlib import crc32

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import database_now
from servicecenter.sla.models import Policy
from surveys.models import FollowUp
from tests.conftest import Walk
from tests.house.test_routes import FACES, Route, _fill, routes

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
# Ready for an address or a form body: some of it cannot be said in text.
RAW = {
    "NUL": "%00",
    "NUL after a digit": "1%00",
    "lone surrogate": "%ED%A0%80",
    "no UTF-8": "%FF",
    "5000 digits": "5" * 5000,
    "negative": "-1",
    "2**63": str(2**63),
    "exponent": "1e3",
    "empty": "",
    "10 kB": "%E6%BC%8F" * 3400,
    "other digits": "%EF%BC%95%C2%B2",
    "offset of 23 hours": "2026-11-26T10:00:00%2B23:59",
    "year 1": "0001-01-01T00:00",
    "year 9999": "9999-12-31",
}
JSON: tuple[Any, ...] = (
    "\x00",
    "\ud800",
    "5" * 5000,
    "x" * 10_000,
    "",
    "0001-01-01T00:00:00+14:00",
    "2026-11-26T10:00:00+23:59",
    -1,
    2**63,
    1e3,
    None,
    True,
    [],
    {},
    [{}],
    [None],
)
ALL = os.environ.get("HOSTILE") == "all"
IN_EACH_PLACE = 1
# Of the fields of a page, an ordinary run tries one in so many; each name turns up on several pages.
ONE_IN = 6
# Of the pages; the API's fields are read from its schema.
NOT_WALKED = ("/api/",) if ALL else ("/api/", "/admin/")
# What lets a request through to the rules behind its form, so that a wrong value meets more than an empty form.
PLAUSIBLE = {
    "text": "漏水", "reason": "请看", "note": "ok", "summary": "done", "plan": "plan", "trade": "plumbing",
    "urgency": "normal", "phone": "13811112222", "contact_phone": "13811112222", "outcome": "call_back",
    "start": "2026-11-26T10:00:00+08:00", "end": "2026-11-26T11:00:00+08:00", "method": "phone",
    "resume_at": "2099-01-01T10:00:00+08:00", "channel": "hotline", "place": "unit", "claim_no": 1,
    "community": "YG", "work": "repair", "stage": "respond", "target_seconds": 60, "field": "phone",
    "from": "2026-11-01", "to": "2026-11-20",
}  # fmt: skip
# Pages after which the browser is nobody any more, or somebody else.
LEAVING = frozenset({"accounts:logout", "admin:logout", "accounts:account", "admin:password_change"})
# Answers 503 because no worker runs in a test, whatever is asked.
NOT_READY = frozenset({"readyz"})


V = TypeVar("V")


def some(values: Sequence[V], *place: str) -> Sequence[V]:
    """One of the values, the same in every run but another in every place; all of them when asked for."""
    first = crc32(" ".join(place).encode()) % len(values)
    return values if ALL else [*values, *values][first : first + IN_EACH_PLACE]


def few(*roles: Role) -> Sequence[Role]:
    """The first, who may most; all of them when asked for."""
    return roles if ALL else roles[:1]


class World:
    """Somebody of each role, and the rows whose addresses the walk takes."""

    def __init__(self, people: dict[Role, User], rows: dict[str, str], ids: dict[str, int]) -> None:
        self.rows, self.ids = rows, ids
        self.browsers = {role: Client(raise_request_exception=False) for role in people}
        for role, browser in self.browsers.items():
            browser.force_login(people[role])

    def entering(self, route: Route) -> list[Role]:
        """The roles that may enter the face; where none is closed, three that see different things. The one that may
        most comes first, and is alone in an ordinary run."""
        open_to = {Role.SUPERVISOR, Role.RESIDENT, Role.TECHNICIAN}
        for face, roles in FACES.items():
            if route.pattern.startswith(face):
                open_to = roles
        return sorted(open_to, key=list(Role).index, reverse=True)[: None if ALL else 1]

    def address(self, route: Route, **replaced: str) -> str:
        """The route with rows that exist, but for what is replaced."""
        path = route.pattern
        for argument in route.arguments:
            row = next((str(pk) for noun, pk in self.ids.items() if f"/{noun}/" in route.pattern), "1")
            path = _fill(path, argument, replaced.get(argument) or self.rows.get(argument, row))
        return path


@pytest.fixture
def world(ticket_in: Walk, resident_wang: User, guard_hu: User, manager_mei: User, admin_gu: User) -> World:
    """A repair in the hands of the technician, another one with its call due."""
    ticket, done = ticket_in("dispatched"), ticket_in("completed")
    assert ticket.unit is not None and ticket.reporter is not None  # noqa: PT018
    follow_up = FollowUp.objects.get(case_id=done.pk)
    policy = Policy.objects.create(
        work="repair", community=ticket.community, stage="respond", target_seconds=60, since=database_now()
    )
    people = {
        Role.RESIDENT: resident_wang,
        Role.AGENT: ticket_in.agent,
        Role.SUPERVISOR: ticket_in.supervisor,
        Role.TECHNICIAN: ticket_in.technician,
        Role.SECURITY: guard_hu,
        Role.MANAGER: manager_mei,
        Role.ADMIN: admin_gu,
    }
    rows = {
        "number": ticket.number,
        "action": "note",
        "token": "f" * 32,
        "person_id": str(ticket.reporter.pk),
        "unit_id": str(ticket.unit.pk),
        "community_id": str(ticket.community_id),
        "follow_up_id": str(follow_up.pk),
        "code": "YG",
        "kind": "report",
        "name": "respond",
        "size": "thumb",
    }
    ids = {
        "policies": policy.pk,
        "policy": policy.pk,
        "follow-ups": follow_up.pk,
        "people": ticket.reporter.pk,
        "buildings": ticket.unit.building_id,
        "communities": ticket.community_id,
        "community": ticket.community_id,
        "units": ticket.unit.pk,
        "user": people[Role.AGENT].pk,
    }
    return World(people, rows, ids)


class Failures(list[str]):
    """Requests that were answered with 500 or more; whatever a request did is undone."""

    sent = 0

    def send(self, browser: Client, method: str, path: str, body: str = "", kind: str = FORM) -> None:
        given = {"data": body, "content_type": kind} if method != "get" else {}
        with transaction.atomic():
            answer = getattr(browser, method)(path, **given)
            transaction.set_rollback(True)
        self.sent += 1
        if answer.status_code >= 500:
            self.append(f"{method} {path[:140]} {body[:140]} → {answer.status_code}")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Refusals by the thousand are what we want here, not lines of a log."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names that pages ask addresses and forms for, as they ask."""
    names: set[str] = set()
    for way in ("get", "getlist", "__getitem__", "__contains__"):
        original = getattr(QueryDict, way)

        def spy(self: QueryDict, name: str, *rest: Any, _original: Any = original) -> Any:
            names.add(name)
            return _original(self, name, *rest)

        monkeypatch.setattr(QueryDict, way, spy)
    return names


def test_nothing_in_the_place_of_a_row_breaks_a_route(world: World) -> None:
    failures = Failures()
    for route in routes():
        for argument in route.arguments:
            for value in filter(None, some([*RAW.values()], route.pattern, argument)):
                path = world.address(route, **{argument: value})
                for role in world.entering(route):
                    failures.send(world.browsers[role], "get", path)
                    failures.send(world.browsers[role], "post", path, "{}", "application/json")
    assert failures == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_nothing_asked_for_by_a_page_breaks_it(world: World, asked: set[str], method: str) -> None:
    """One wrong value at a time, beside plausible ones; names that turn up on the way are tried as well."""
    failures = Failures()
    for route in routes():
        if route.pattern.startswith(NOT_WALKED) or route.name in LEAVING | NOT_READY:
            continue
        path = world.address(route)
        for role in world.entering(route):
            for fields in _fields(asked, path):
                place = (f"{path}?{fields}", "") if method == "get" else (path, fields)
                failures.send(world.browsers[role], method, *place)
    assert failures == []


def _fields(asked: set[str], path: str) -> Iterator[str]:
    """Encoded fields, for as long as answering them asks for names that were not tried yet."""
    asked.clear()
    yield ""
    tried = {"csrfmiddlewaretoken"}
    while names := asked - tried:
        name = min(names)
        tried.add(name)
        if not ALL and crc32(f"{name} {path}".encode()) % ONE_IN:
            continue
        beside = {each: PLAUSIBLE[each] for each in sorted(asked) if each in PLAUSIBLE and each != name}
        for value in some([*RAW.values()], path, name):
            yield "&".join([f"{name}={value}", *(f"{each}={quote(str(it))}" for each, it in beside.items())])


Operations = list[tuple[str, str, set[str], set[str]]]


@pytest.fixture(scope="module")
def operations() -> Operations:
    """Of every operation of the API: method, path, parameters of the address, members of the body."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found = []
    for path, methods in schema["paths"].items():
        for method, described in methods.items():
            query = {each["name"] for each in described.get("parameters", ()) if each["in"] == "query"}
            body = described.get("requestBody", {}).get("content", {}).get("application/json", {})
            shape = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
            members = schema["components"]["schemas"].get(shape, {}).get("properties", {})
            found.append((method, path, query, set(members)))
    return found


def _place(world: World, path: str) -> str:
    """The address of an operation with rows that exist."""
    parts = [part[1:-1] if part.startswith("{") else "" for part in path.split("/")]
    names = tuple(name for name in parts if name)
    return world.address(Route(path, path.replace("{", "<").replace("}", ">"), names))


def test_no_parameter_of_the_api_breaks_it(world: World, operations: Operations) -> None:
    failures = Failures()
    for method, path, query, _members in operations:
        if method != "get":
            continue
        for name in query:
            for value in some([*RAW.values()], path, name):
                for role in few(Role.SUPERVISOR, Role.RESIDENT):
                    failures.send(world.browsers[role], "get", f"{_place(world, path)}?{name}={value}")
    assert failures == []


def test_no_member_of_a_body_breaks_the_api(world: World, operations: Operations) -> None:
    failures = Failures()
    for method, path, _query, members in operations:
        for name in members:
            beside = {each: PLAUSIBLE[each] for each in members if each in PLAUSIBLE and each != name}
            for value in some(JSON, method, path, name):
                body = json.dumps(beside | {name: value})
                for role in few(Role.SUPERVISOR, Role.TECHNICIAN):
                    failures.send(world.browsers[role], method, _place(world, path), body, "application/json")
    assert failures == []
