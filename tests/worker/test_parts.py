"""Real parts of the program say that they live, and recover from what the database does to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from repairs.workflow import Status
from servicecenter.operations.models import Heartbeat, PartRole
from servicecenter.operations.queries.promises import promises
from servicecenter.sla.models import Timer
from tests.conftest import Walk
from tests.worker.processes import ROOT, database_url, free_port, worker
from tests.worker.test_worker import until

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
NO_BROKER = "redis://127.0.0.1:1/0"
TOKEN = "worker-test-token"
GUNICORN = ("--preload", "--worker-class=gthread", "--workers=2", "--threads=2", "--no-control-socket")


def roles() -> set[str]:
    return set(Heartbeat.objects.values_list("role", flat=True))


def test_the_clock_and_the_outbox_of_a_worker_say_that_they_live_without_a_broker() -> None:
    with worker(redis_url=NO_BROKER):
        assert until(lambda: {PartRole.CLOCK, PartRole.OUTBOX} <= roles())
        assert promises().at_risk is False
    assert until(lambda: roles() == set()), "an orderly end takes the rows away"


def test_a_killed_worker_leaves_its_rows_behind() -> None:
    with worker() as process:
        assert until(lambda: PartRole.CLOCK in roles())
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert PartRole.CLOCK in roles()


def test_a_worker_whose_connections_were_all_ended_fires_the_next_deadline(ticket_in: Walk) -> None:
    ticket = ticket_in(Status.REPORTED)
    with worker(redis_url=NO_BROKER):
        assert until(lambda: PartRole.CLOCK in roles())
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 2
        timer = Timer.objects.filter(case_id=ticket.pk, state="armed").earliest("due_at")
        Timer.objects.filter(pk=timer.pk).update(due_at=timezone.now() - timedelta(seconds=1))
        assert until(lambda: Timer.objects.get(pk=timer.pk).state == "fired")


@contextmanager
def web(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn with two processes, as `make run` starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "servicecenter.wsgi", *GUNICORN, f"--bind=127.0.0.1:{port}"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url(), "METRICS_TOKEN": TOKEN},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def get(port: int, path: str) -> str:
    asked = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.URLError:
        return ""


def counted(port: int) -> float:
    """How many requests to /healthz the whole of the web knows of."""
    for line in get(port, "/metrics").splitlines():
        if line.startswith("servicecenter_requests_total") and 'route="healthz"' in line:
            return float(line.rpartition(" ")[2])
    return 0.0


def test_figures_add_up_over_web_processes_and_outlive_a_killed_one() -> None:
    port = free_port()
    with web(port):
        assert until(lambda: Heartbeat.objects.filter(role=PartRole.WEB).count() == 2)
        before = counted(port)
        for _number in range(20):
            get(port, "/healthz")
        assert counted(port) == before + 20
        victim = Heartbeat.objects.filter(role=PartRole.WEB).earliest("started_at")
        os.kill(victim.pid, signal.SIGKILL)
        assert until(lambda: Heartbeat.objects.filter(role=PartRole.WEB).count() == 3)
        assert counted(port) == before + 20
