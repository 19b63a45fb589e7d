"""`/readyz` says whether promises are kept, quickly, whatever stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from repairs.workflow import Status
from servicecenter.operations.actions import Part, beat
from servicecenter.operations.health import health
from servicecenter.operations.models import Heartbeat, PartRole
from servicecenter.sla.models import Timer
from tests.conftest import Walk

# readyz asks on a connection of its own: it sees what was committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock() -> Part:
    """A living clock."""
    part = Part(PartRole.CLOCK)
    beat(part)
    return part


def late(walk: Walk, seconds: int) -> None:
    """A timer that nobody fired for so long."""
    ticket = walk(Status.REPORTED)
    timer = Timer.objects.filter(case_id=ticket.pk, state="armed").earliest("due_at")
    Timer.objects.filter(pk=timer.pk).update(due_at=timezone.now() - timedelta(seconds=seconds))


def test_a_center_with_a_living_clock_and_nothing_late_is_ready(clock: Part) -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["clocks_alive"] == 1
    assert answer.json()["timers"] == {"armed_overdue": 0, "oldest_overdue_seconds": None, "lag": 0.0}


def test_no_living_clock_is_a_risk() -> None:
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "at_risk")


def test_a_clock_without_a_beat_for_half_a_minute_is_dead(clock: Part) -> None:
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(seconds=31))
    assert Client().get("/readyz").json()["clocks_alive"] == 0


def test_an_outbox_that_lives_is_no_clock() -> None:
    beat(Part(PartRole.OUTBOX))
    assert Client().get("/readyz").status_code == 503


def test_a_timer_that_is_late_is_a_risk_although_a_clock_lives(clock: Part, ticket_in: Walk) -> None:
    late(ticket_in, 20)
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["timers"]["armed_overdue"] == 1
    assert answer.json()["timers"]["oldest_overdue_seconds"] >= 20


def test_a_timer_that_falls_due_this_moment_is_no_risk(clock: Part, ticket_in: Walk) -> None:
    late(ticket_in, 1)
    assert Client().get("/readyz").status_code == 200


def test_a_frozen_broker_is_no_risk(clock: Part, frozen_port: int, settings: Any) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{frozen_port}/0"
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["broker"]["ok"] is False


def test_a_broker_that_is_gone_is_no_risk(clock: Part, settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert Client().get("/readyz").json()["status"] == "degraded"


@pytest.mark.parametrize("which", ["frozen", "gone"])
def test_a_database_that_does_not_answer_is_a_risk(
    which: str, clock: Part, frozen_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = frozen_port if which == "frozen" else 1
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        patch.setitem(connection.settings_dict, "PORT", port)
        state = health()
    assert state.status == "at_risk"
    assert state.database.ok is False


def test_readiness_is_never_kept_by_a_cache() -> None:
    assert "no-store" in Client().get("/readyz").headers["Cache-Control"]


def test_readiness_is_only_read() -> None:
    assert Client().post("/readyz").status_code == 405
