"""A real Celery worker keeps the promises, with the broker and without it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Timer
from tests.conftest import Walk
from tests.worker.processes import worker

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]

# Nobody listens here: what a worker sees when the broker is gone.
NO_BROKER = "redis://127.0.0.1:1/0"


def until(fact: Callable[[], bool], seconds: float = 40) -> bool:
    """Whether the fact comes true before the time is up."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if fact():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("redis_url", [None, NO_BROKER], ids=["with the broker", "without a broker"])
def test_a_deadline_that_passes_is_told_once_by_a_running_worker(
    redis_url: str | None, ticket_in: Walk
) -> None:
    tickets = [ticket_in(Status.REPORTED, at=timezone.now() - timedelta(hours=25)) for _number in range(5)]
    with worker(redis_url=redis_url):
        due = Timer.objects.filter(state="armed", due_at__lte=timezone.now())
        assert until(lambda: not due.exists())
    for ticket in tickets:
        fired = ticket.events().filter(action="clock.breach", data__stage="respond")
        assert fired.count() == 1
    assert Message.objects.filter(event="repair.breach").count() == len(tickets)


def test_a_hold_ends_by_itself_while_a_worker_runs(ticket_in: Walk) -> None:
    ticket = ticket_in(Status.ON_HOLD)
    # The end of the hold comes now: what two days would do.
    past = timezone.now() - timedelta(seconds=1)
    Timer.objects.filter(case_id=ticket.pk, step="resume").update(due_at=past)
    with worker():
        assert until(lambda: Ticket.objects.get(pk=ticket.pk).status == Status.CONTACTED)
    resumed = ticket.events().get(action="resume")
    assert resumed.by is None
