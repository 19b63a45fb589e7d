"""What must never be stored, and never become a 500: JSON, text, numbers, instants."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
REPAIRS = "/api/v1/repairs/"

# Written as escapes in JSON: what a client sends that never typed them.
NOT_JSON = {
    "NaN": b'{"text": NaN}',
    "Infinity": b'{"text": -Infinity}',
    "the same key twice": b'{"text": "a", "text": "b"}',
    "the same key twice inside": b'{"text": "a", "preferred_windows": [{"start": 1, "start": 2}]}',
    "NUL": b'{"text": "a\\u0000b"}',
    "NUL in a key": b'{"te\\u0000xt": "a"}',
    "lone high surrogate": b'{"text": "a\\ud800"}',
    "lone low surrogate": b'{"text": "\\udfff"}',
    "surrogate deep inside": b'{"preferred_windows": [{"start": ["\\ud800"]}]}',
    "not UTF-8": '{"text": "停电了"}'.encode("gbk"),
    "UTF-16": '{"text": "漏水"}'.encode("utf-16"),
    "400 levels": b'{"text": ' + b"[" * 400 + b"]" * 400 + b"}",
    "100000 levels": b'{"text": ' + b"[" * 100_000,
    "10 MB": b'{"text": "' + b"x" * 10_000_000 + b'"}',
    "a list": b'[{"text": "a"}]',
    "text": b'"text"',
    "null": b"null",
    "a number of 5000 digits": b'{"text": "a", "person": ' + b"9" * 5000 + b"}",
    "a word": b"text",
    "half an object": b'{"text": "a"',
    "a form": b"text=a&unit=3-2-1201",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("path", ["repairs/", "auth/token/", "repairs/triage/", "sla/policies/"])
def test_what_is_not_plain_json_is_400(api: Api, supervisor_bo: User, path: str, body: bytes) -> None:
    client = api(None if path.startswith("auth") else supervisor_bo)
    answer = client.post(f"/api/v1/{path}", body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/xml"]
)
def test_another_content_type_is_415(api: Api, resident_wang: User, kind: str) -> None:
    answer = api(resident_wang).post(REPAIRS, b'{"text": "a"}', content_type=kind)
    assert answer.status_code == 415


@pytest.mark.parametrize("field", ["text", "public_area"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "\u200b",
        "\u3000",
        "\u200b\u3000\ufeff",
        "\u2800",
        "\u202e漏水",
        "漏水\u2066",
        "\x07",
        "\ufffe",
        "x" * 1_000_0,
        None,
        1,
        1.5,
        True,
        [],
        ["漏水"],
        {},
        {"$ne": ""},
    ],
    ids=repr,
)
def test_text_that_is_none_is_refused_by_field(
    api: Api, resident_wang: User, field: str, value: object
) -> None:
    body = {"text": "漏水", "public_area": "大堂"} | {field: value}
    answer = api(resident_wang).post(REPAIRS, body, format="json")
    assert answer.status_code == 400
    # Without a visible public area no place is named at all.
    assert set(answer.json()["errors"]) <= {field, "unit"}
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "𠮷野家门口漏水 👨‍👩‍👧 🏳️‍🌈 㐀𪚥",
        "<script>alert(1)</script>{{ 7*7 }}{% debug %}${7*7}",
        "'; DROP TABLE repairs_ticket; --",
        "=cmd|' /C calc'!A0",
        "\\u0000 %00 ../../etc/passwd",
        "一行\n两行\t制表",
    ],
)
def test_text_that_means_no_harm_is_kept_exactly(api: Api, resident_wang: User, text: str) -> None:
    answer = api(resident_wang).post(REPAIRS, {"text": text, "unit": "3-2-1201"}, format="json")
    assert answer.status_code == 201
    assert answer.json()["text"] == Ticket.objects.get().text == text
    assert api(resident_wang).get(f"{REPAIRS}{answer.data['number']}/").json()["text"] == text


@pytest.mark.parametrize(
    "unit", [0, -1, 2**63, 2**64, 1e3, 1.5, True, None, "", " ", [], {}, "x" * 81, "1e3", "-1"]
)
def test_a_unit_that_is_none_is_refused(api: Api, resident_wang: User, unit: object) -> None:
    answer = api(resident_wang).post(REPAIRS, {"text": "漏水", "unit": unit}, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["unit"])


@pytest.mark.parametrize("person", [0, -1, 2**63, 1e3, 1.5, True, "1", [], {}])
def test_an_id_is_a_positive_whole_number(
    api: Api, agent_li: User, person: object, unit_3_2_1201: object
) -> None:
    body = {"text": "漏水", "unit": "3-2-1201", "person": person}
    answer = api(agent_li).post(REPAIRS, body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["person"])


@pytest.mark.parametrize(
    "phone", ["1380000000", "138000000011", "电话", "1" * 60, "138 0000 000x", 13800000001, []]
)
def test_a_phone_that_is_none_is_refused(api: Api, resident_wang: User, phone: object) -> None:
    body = {"text": "漏水", "unit": "3-2-1201", "contact_phone": phone}
    answer = api(resident_wang).post(REPAIRS, body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["contact_phone"])


@pytest.mark.parametrize(
    "phone", ["13800000001", "１３８０００００００１", "+86 138-0000-0001", "0086 13800000001"]
)
def test_a_phone_is_kept_as_its_digits(api: Api, resident_wang: User, phone: str) -> None:
    body = {"text": "漏水", "unit": "3-2-1201", "contact_phone": phone}
    assert api(resident_wang).post(REPAIRS, body, format="json").status_code == 201
    assert Ticket.objects.get().contact_phone == "13800000001"


MOMENTS = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "2026-02-30T10:00:00+08:00",
    "2026-13-01T10:00:00+08:00",
    "2026-11-23T25:00:00+08:00",
    "2026-11-23T10:00:00",
    "2026-11-23",
    "10:00",
    "tomorrow",
    "",
    " ",
    "2026-11-23T10:00:00+99:99",
    1e9,
    1764000000,
    True,
    None,
    [],
    {},
]


@pytest.mark.parametrize("value", MOMENTS, ids=repr)
@pytest.mark.parametrize(
    ("status", "action", "body", "field"),
    [
        ("contacted", "schedule", {"end": "2099-01-01T10:00:00+08:00"}, "start"),
        ("contacted", "schedule", {"start": "2099-01-01T10:00:00+08:00"}, "end"),
        ("contacted", "hold", {"reason": "parts"}, "resume_at"),
    ],
)
def test_an_instant_that_is_none_is_refused(
    api: Api,
    ticket_in: Walk,
    technician_chen: User,
    status: str,
    action: str,
    body: dict[str, Any],
    field: str,
    value: object,
) -> None:
    ticket = ticket_in(status)
    answer = api(technician_chen).post(
        f"{REPAIRS}{ticket.number}/{action}/", body | {field: value}, format="json"
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_window_that_ends_before_it_begins_or_lies_in_the_past_is_refused(
    api: Api, resident_wang: User
) -> None:
    now = timezone.now()
    spans = [(2, 1), (1, 1), (-3, -2), (24 * 90, 24 * 90 + 1)]
    for begin, end in spans:
        window = {"start": now + timedelta(hours=begin), "end": now + timedelta(hours=end)}
        body = {"text": "漏水", "unit": "3-2-1201", "preferred_windows": [window]}
        assert api(resident_wang).post(REPAIRS, body, format="json").status_code == 400, (begin, end)


@pytest.mark.parametrize(
    "windows", ["x", {}, [1], [{}], [None], [[]], [{"start": "x", "end": "y"}], [{}] * 10, 1]
)
def test_windows_of_another_shape_are_refused(api: Api, resident_wang: User, windows: object) -> None:
    body = {"text": "漏水", "unit": "3-2-1201", "preferred_windows": windows}
    answer = api(resident_wang).post(REPAIRS, body, format="json")
    assert answer.status_code == 400
    assert all(name.startswith("preferred_windows") for name in answer.json()["errors"])


@pytest.mark.parametrize(
    "price", [-1, "-0.01", 1e9, "1000000", "NaN", "Infinity", "1e3x", "1.005", True, None, [], "￥60"]
)
def test_a_price_that_is_none_is_refused(
    api: Api, ticket_in: Walk, technician_chen: User, price: object
) -> None:
    ticket = ticket_in("on_site")
    body = {"plan": "换阀芯", "price": price}
    answer = api(technician_chen).post(f"{REPAIRS}{ticket.number}/propose-plan/", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["price"])


@pytest.mark.parametrize(
    "number",
    [
        "x",
        "R261123",
        "R000000-0000",
        "%00",
        "%F0%9F%98%80",
        "..%2F..",
        "R261123-0001%27",
        "0" * 500,
        "%ED%A0%80",
        "-1",
    ],
)
@pytest.mark.parametrize("path", ["", "timeline/", "timers/", "photos/", "accept/", "reveal/"])
def test_a_number_that_cannot_be_is_404(api: Api, agent_li: User, number: str, path: str) -> None:
    method = "post" if path in ("accept/", "reveal/") else "get"
    answer = getattr(api(agent_li), method)(f"{REPAIRS}{number}/{path}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_numbers_cannot_be_told_apart_by_guessing(api: Api, ticket_in: Walk, stranger_sun: User) -> None:
    number = ticket_in("reported").number
    there = api(stranger_sun).get(f"{REPAIRS}{number}/")
    nowhere = api(stranger_sun).get(f"{REPAIRS}{number[:-4]}9999/")
    assert (there.status_code, there.json()) == (nowhere.status_code, nowhere.json())


@pytest.mark.parametrize("action", ["fly", "delete", "__init__", "status", "follow-up", "follow_up"])
def test_an_action_that_does_not_exist_is_404(api: Api, ticket_in: Walk, agent_li: User, action: str) -> None:
    ticket = ticket_in("reported")
    answer = api(agent_li).post(f"{REPAIRS}{ticket.number}/{action}/", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_repair_is_changed_by_its_steps_only(
    api: Api, ticket_in: Walk, supervisor_bo: User, method: str
) -> None:
    ticket = ticket_in("reported")
    for path in (REPAIRS, f"{REPAIRS}{ticket.number}/"):
        answer = getattr(api(supervisor_bo), method)(path, {"status": "archived"}, format="json")
        assert answer.status_code == 405
    ticket.refresh_from_db()
    assert ticket.status == "reported"


def test_a_double_close_is_refused(api: Api, ticket_in: Walk, resident_wang: User) -> None:
    ticket = ticket_in("accepted")
    codes = [
        api(resident_wang)
        .post(f"{REPAIRS}{ticket.number}/cancel/", {"reason": "好了"}, format="json")
        .status_code
        for _ in range(2)
    ]
    assert codes == [200, 409]
    assert Event.objects.filter(case_id=ticket.pk, action="cancel").count() == 1


@pytest.mark.parametrize("key", ["k" * 201, "\x01", "钥匙".encode().decode("latin-1"), " "])
def test_an_odd_idempotency_key_makes_no_second_ticket(api: Api, resident_wang: User, key: str) -> None:
    body = json.dumps({"text": "漏水", "unit": "3-2-1201"})
    answer = api(resident_wang).generic(
        "POST", REPAIRS, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key
    )
    assert answer.status_code == (400 if len(key) > 200 else 201)
    assert Ticket.objects.count() == (0 if len(key) > 200 else 1)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80@good.example", "[::1", "a b"])
def test_a_forged_host_never_becomes_a_500(api: Api, agent_li: User, host: str) -> None:
    answer = api(agent_li).get(REPAIRS, HTTP_HOST=host)
    assert answer.status_code < 500
