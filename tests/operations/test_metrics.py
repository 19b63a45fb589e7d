"""`/metrics`: figures without names, at a cost that does not grow, for those who may."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from repairs.workflow import Status
from servicecenter.operations.actions import Part, beat, keep_lateness, record_backup
from servicecenter.operations.models import PartRole
from servicecenter.operations.queries.figures import FIGURES, LATENESS, parameters
from servicecenter.sla import lateness
from tests.conftest import Walk

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = {"Authorization": "Bearer s3cret"}


def scraped(settings: Any) -> str:
    settings.METRICS_TOKEN = "s3cret"
    answer = Client().get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    return answer.content.decode()


def test_figures_are_closed_without_a_token() -> None:
    assert Client().get("/metrics").status_code == 403


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer 密"}])
def test_a_wrong_token_opens_nothing(header: dict[str, str], settings: Any) -> None:
    settings.METRICS_TOKEN = "s3cret"
    assert Client().get("/metrics", headers=header).status_code == 403


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.8", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 403),
    ],
)
def test_the_demo_is_open_to_its_own_machine_only(
    address: str, headers: dict[str, str], status: int, settings: Any
) -> None:
    settings.DEMO = True
    assert Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code == status


def test_requests_are_known_by_their_route_and_never_by_their_address(ticket_in: Walk, settings: Any) -> None:
    ticket = ticket_in(Status.REPORTED)
    Client().get(f"/repairs/{ticket.number}/")
    Client().get("/nothing/here/13800000001/")
    text = scraped(settings)
    assert ticket.number not in text
    assert "13800000001" not in text
    assert 'servicecenter_requests_total{method="GET",route="none",status="404"}' in text


def test_open_repairs_are_counted_by_community_and_status(ticket_in: Walk, settings: Any) -> None:
    ticket_in(Status.REPORTED)
    assert 'servicecenter_tickets_open{community="YG",status="reported"} 1.0' in scraped(settings)


def test_lateness_is_counted_over_all_processes(settings: Any) -> None:
    lateness.take()
    lateness.note([0.1, 0.4, 2.0])
    keep_lateness()
    lateness.note([0.1])
    keep_lateness()
    text = scraped(settings)
    assert 'servicecenter_timer_lateness_seconds_bucket{le="0.25"} 2.0' in text
    assert "servicecenter_timer_lateness_seconds_count 4.0" in text


def test_parts_and_backups_are_told(settings: Any) -> None:
    beat(Part(PartRole.CLOCK))
    record_backup(size_bytes=1, place="somewhere")
    text = scraped(settings)
    assert 'servicecenter_parts_alive{role="clock"} 1.0' in text
    assert "servicecenter_backup_age_seconds" in text
    assert "somewhere" not in text


def test_a_scrape_without_a_database_still_tells_what_this_process_counted(
    settings: Any, frozen_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicecenter.operations.metrics.STORED_SECONDS", 0.2)
    monkeypatch.setitem(connection.settings_dict, "PORT", frozen_port)
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    text = scraped(settings)
    assert "servicecenter_database_up 0.0" in text
    assert "servicecenter_requests_total" in text


@pytest.mark.parametrize("sql", [*(figure.sql for figure in FIGURES), LATENESS])
def test_no_figure_reads_a_growing_table_from_end_to_end(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", parameters())
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_seqscan")
    for table in ("sla_timer", "repairs_ticket", "surveys_followup", "notifications_delivery"):
        assert f"Seq Scan on {table}" not in plan
