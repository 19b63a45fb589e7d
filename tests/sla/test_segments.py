"""A deadline drawn: each piece of its life with its instants, for staff and for the resident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.sla.queries import explain
from servicecenter.sla.segments import for_resident
from tests.conftest import Walk

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def t0() -> datetime:
    return timezone.now() - 10 * DAY


def pieces(ticket: Ticket, at: datetime, t0: datetime, stage: str = "respond") -> list[tuple[str, int, int]]:
    """Kind and hours since the report of each piece."""
    found = next(
        each for each in explain(work="repair", case_id=ticket.pk, at=at) if each.clock.stage == stage
    )
    return [(each.kind, (each.since - t0) // HOUR, (each.until - t0) // HOUR) for each in found.segments]


def test_a_running_promise_shows_what_is_left(ticket_in: Walk, t0: datetime) -> None:
    ticket = ticket_in(at=t0)
    assert pieces(ticket, t0 + 10 * HOUR, t0) == [("running", 0, 10), ("ahead", 10, 24)]


def test_a_hold_stands_between_running_and_short(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.hold(ticket, reason="parts", resume_at=t0 + 2 * DAY, by=technician_chen, at=t0 + 6 * HOUR)
    actions.resume(ticket, by=technician_chen, at=t0 + 16 * HOUR)
    actions.contact(ticket, note="约好了", by=technician_chen, at=t0 + 30 * HOUR)
    assert pieces(ticket, t0 + 40 * HOUR, t0) == [
        ("running", 0, 6),
        ("paused", 6, 16),
        ("running", 16, 28),
        ("warned", 28, 30),
        ("met", 30, 34),
    ]


def test_a_promise_kept_too_late_ends_in_a_moment(
    ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    actions.contact(ticket, note="终于联系上了", by=technician_chen, at=t0 + 30 * HOUR)
    assert pieces(ticket, t0 + 40 * HOUR, t0)[-2:] == [("breached", 24, 30), ("met", 30, 30)]


def test_residents_are_not_told_whom_we_warn(ticket_in: Walk, t0: datetime) -> None:
    ticket = ticket_in(at=t0)
    [respond, _complete] = explain(work="repair", case_id=ticket.pk, at=t0 + 23 * HOUR)
    assert [each.kind for each in for_resident(respond.segments)] == ["running", "ahead"]


def test_the_api_tells_the_same_pieces(
    ticket_in: Walk, agent_li: User, t0: datetime, api: Callable[[User | None], APIClient]
) -> None:
    ticket = ticket_in(at=t0)
    answer: Any = api(agent_li).get("/api/v1/sla/explain/", {"ticket": ticket.number}).json()
    respond = answer["clocks"][0]["segments"]
    assert [each["kind"] for each in respond] == ["running", "warned", "breached"]
    assert respond[0]["to"] == respond[1]["from"]
    assert answer["resolution"] == {
        "first_seconds": None,
        "total_seconds": None,
        "paused_seconds": 0,
        "rounds": 1,
    }


def test_a_rework_keeps_the_first_resolution_and_adds_a_total(
    ticket_in: Walk, agent_li: User, supervisor_bo: User, api: Callable[[User | None], APIClient]
) -> None:
    ticket = ticket_in(Status.COMPLETED, at=timezone.now() - 3 * DAY)

    def told() -> dict[str, Any]:
        answer = api(agent_li).get("/api/v1/sla/explain/", {"ticket": ticket.number}).json()
        return dict(answer["resolution"])

    first = told()["first_seconds"]
    assert told()["total_seconds"] == first
    actions.rework(ticket, reason="还在滴水", by=agent_li)
    assert (told()["first_seconds"], told()["total_seconds"], told()["rounds"]) == (first, None, 2)


def test_the_page_draws_the_pieces_and_names_them(
    ticket_in: Walk, agent_li: User, t0: datetime, signed_in: Callable[[User], Client]
) -> None:
    ticket = ticket_in(at=t0)
    page = signed_in(agent_li).get(f"/repairs/{ticket.number}/why/").content.decode()
    assert page.count('data-segment="breached"') == 2
    assert '<rect class="strip-warned"' in page
