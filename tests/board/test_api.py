"""`GET /api/v1/board/sla/`: figures with numerators and denominators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rest_framework.test import APIClient

from repairs.models import Ticket
from servicecenter.accounts.models import User

Api = Callable[[User | None], APIClient]
History = Mapping[str, Ticket]
ADDRESS = "/api/v1/board/sla/"


@pytest.fixture
def mei(api: Api, manager_mei: User) -> APIClient:
    return api(manager_mei)


def asked(client: APIClient, **query: Any) -> dict[str, Any]:
    """An answer that must come."""
    answered = client.get(ADDRESS, query)
    assert answered.status_code == 200, answered.json()
    found: dict[str, Any] = answered.json()
    return found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-02-30"}, "from"),
        ({"to": "2026-01-01T08:00"}, "to"),
        ({"from": "2026-03-01", "to": "2026-02-01"}, "to"),
        ({"from": "2025-01-01", "to": "2026-02-05"}, "to"),
        ({"from": "0001-01-01"}, "from"),
        ({"community": "!"}, "community"),
        ({"trade": "carpentry"}, "trade"),
        ({"group_by": "colour"}, "group_by"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_value_is_refused_by_name(query: dict[str, str], field: str, mei: APIClient) -> None:
    answered = mei.get(ADDRESS, query)
    assert answered.status_code == 400
    assert answered["Content-Type"] == "application/problem+json"
    assert field in answered.json()["errors"]


def test_400_days_are_the_longest_period(mei: APIClient) -> None:
    assert mei.get(ADDRESS, {"from": "2025-01-01", "to": "2026-02-04"}).status_code == 200


def test_only_readers_of_the_board_may_ask(
    api: Api, agent_li: User, technician_chen: User, guard_hu: User, resident_wang: User, admin_gu: User
) -> None:
    assert {api(each).get(ADDRESS).status_code for each in (agent_li, technician_chen, guard_hu)} == {403}
    assert api(resident_wang).get(ADDRESS).status_code == 403
    assert api(admin_gu).get(ADDRESS).status_code == 200


def test_a_stranger_is_asked_to_sign_in(api: Api, db: None) -> None:
    assert api(None).get(ADDRESS).status_code == 401
