"""The one source of "now": the database's clock, so that several machines never disagree about a deadline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

# The trade's day begins and ends here, whatever language or machine is used.
LOCAL = ZoneInfo("Asia/Shanghai")


def database_now() -> datetime:
    """The wall clock of PostgreSQL, aware, in UTC. It moves on inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        value: datetime = cursor.fetchone()[0]
    return value.astimezone(UTC)


def instant(at: datetime | None) -> datetime:
    """The instant an action counts from: `at` if the caller knows it (offline steps, simulation), else now.

    Refuses a naive datetime with ValueError: a time without an offset is a bug, not an input.
    """
    if at is None:
        return database_now()
    if timezone.is_naive(at):
        raise ValueError("an instant needs a time zone")
    return at


def local_day(at: datetime) -> date:
    """The calendar day in the community's time zone."""
    return at.astimezone(LOCAL).date()


def start_of_day(day: date) -> datetime:
    """Local midnight that begins `day`."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL)


def end_of_day(day: date) -> datetime:
    """Local midnight that ends `day`."""
    return start_of_day(day + timedelta(days=1))
