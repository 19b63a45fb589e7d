"""Parts say that they live; a heart survives what the database does to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from servicecenter.operations.actions import Part, beat, forget_parts, leave, round_trip
from servicecenter.operations.hearts import Heart
from servicecenter.operations.models import Heartbeat, PartRole
from servicecenter.operations.tasks import sweep_due

pytestmark = pytest.mark.django_db


def test_a_part_has_one_row_however_often_it_beats() -> None:
    part = Part(PartRole.CLOCK)
    beat(part)
    first = Heartbeat.objects.get()
    beat(part)
    again = Heartbeat.objects.get()
    assert again.started_at == first.started_at
    assert again.beat_at > first.beat_at


def test_a_new_start_under_the_same_name_begins_anew() -> None:
    beat(Part(PartRole.CLOCK, host="box", pid=7))
    first = Heartbeat.objects.get()
    beat(Part(PartRole.CLOCK, host="box", pid=7))
    assert Heartbeat.objects.get().started_at > first.started_at


def test_a_part_whose_rounds_fail_does_not_beat_and_says_what_went_wrong() -> None:
    part = Part(PartRole.CLOCK)
    beat(part)
    last_good = Heartbeat.objects.get().beat_at
    beat(part, error="OperationalError", failed=True)
    row = Heartbeat.objects.get()
    assert (row.beat_at, row.error) == (last_good, "OperationalError")


def test_an_error_is_remembered_after_the_part_recovered() -> None:
    part = Part(PartRole.CLOCK)
    beat(part, error="OperationalError", failed=True)
    beat(part)
    row = Heartbeat.objects.get()
    assert row.error == "OperationalError"
    assert row.error_at is not None
    assert row.beat_at > row.error_at


def test_a_part_that_ends_in_order_leaves_no_row() -> None:
    part = Part(PartRole.WEB)
    beat(part)
    leave(part)
    assert not Heartbeat.objects.exists()


def test_a_part_that_ends_does_not_take_the_row_of_its_successor() -> None:
    old, new = (Part(PartRole.WEB, host="box", pid=7) for _number in range(2))
    beat(old)
    beat(new)
    leave(old)
    assert Heartbeat.objects.count() == 1


def test_the_dead_are_forgotten_after_a_day_and_the_way_from_the_planner_never() -> None:
    beat(Part(PartRole.CLOCK))
    round_trip()
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(hours=25))
    forget_parts()
    assert [row.role for row in Heartbeat.objects.all()] == [PartRole.ROUND]


def test_the_task_of_every_minute_proves_the_way_from_the_planner_to_a_worker() -> None:
    sweep_due()
    assert Heartbeat.objects.get().role == PartRole.ROUND


def _ended(heart: Heart) -> None:
    """Somebody ends the backend of the heart's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    assert connection.connection is not None
    with connection.connection.__class__(connection.connection.dsn) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.django_db(transaction=True)
def test_a_heart_whose_backend_was_ended_works_again_in_the_next_round() -> None:
    done: list[int] = []

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        done.append(1)

    heart = Heart(PartRole.CLOCK, work)
    heart.round()
    _ended(heart)
    heart.round()
    heart.round()
    assert len(done) >= 2
    assert heart.failed is False


@pytest.mark.django_db(transaction=True)
def test_a_long_outage_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def work() -> None:
        raise ValueError

    heart = Heart(PartRole.CLOCK, work)
    for _number in range(20):
        heart.round()
    assert len(caplog.records) == 1


@pytest.mark.django_db(transaction=True)
def test_a_heart_keeps_its_connection_for_good() -> None:
    heart = Heart(PartRole.CLOCK, lambda: None)
    pids = set()
    for _number in range(3):
        heart.round()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pids.add(cursor.fetchone()[0])
    assert len(pids) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [ValueError, MemoryError, RecursionError])
def test_no_error_of_its_work_ends_a_heart(error: type[Exception]) -> None:
    def work() -> None:
        raise error

    heart = Heart(PartRole.CLOCK, work)
    heart.round()
    assert Heartbeat.objects.get().error == error.__name__
