"""A backend of PostgreSQL that hangs, alone, on the real server."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from queue import Queue

import pytest
from django.db import connection

from servicecenter.lib.patience import be_patient_at_most, wait_as_ever
from servicecenter.operations.hearts import Heart
from servicecenter.operations.models import PartRole

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def patient() -> Iterator[None]:
    """As in a worker."""
    be_patient_at_most()
    yield
    wait_as_ever()


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_hung_backend_costs_a_heart_one_connection_and_not_its_life(patient: None) -> None:
    seen: Queue[int] = Queue()
    heart = Heart(PartRole.CLOCK, lambda: seen.put(backend()), tick=0.01)
    heart.patience = 1.0
    heart.start()
    hung = seen.get(timeout=30)
    os.kill(hung, signal.SIGSTOP)
    try:
        while (other := seen.get(timeout=30)) == hung:
            pass
    finally:
        os.kill(hung, signal.SIGCONT)
        heart.end(30)
    assert other != hung


def test_whoever_is_no_heart_waits_as_long_as_ever(patient: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.1), 'done'")
        assert cursor.fetchone()[1] == "done"
