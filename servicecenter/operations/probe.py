"""Questions with a hard end: to a database or broker that may be stopped, frozen or gone.

They use connections of their own. libpq waits for an answer without end, and nothing of Django's or ours may sit in
that wait while somebody asks whether the program is ready; so the database is asked asynchronously.
"""

from __future__ import annotations

import logging
import select
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg2
import redis
from django.conf import settings
from django.db import connections
from psycopg2 import extensions
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)
Row = tuple[Any, ...]
DATABASE_SECONDS = 0.5
BROKER_SECONDS = 0.2


@dataclass(frozen=True)
class Answer:
    """Whether an answer came in time, after how long, and the rows of each statement."""

    ok: bool
    milliseconds: int
    results: Sequence[Sequence[Row]] = ()


def ask_database(
    statements: Iterable[str], parameters: Mapping[str, Any], *, seconds: float = DATABASE_SECONDS
) -> Answer:
    """The rows of every statement over one new connection, or none of them when the time is up."""
    begun = time.monotonic()
    try:
        results = _rows(statements, parameters, begun + seconds)
    except (psycopg2.Error, TimeoutError) as error:
        log.warning("the database did not answer a probe: %s", type(error).__name__)
        return Answer(False, _since(begun))
    return Answer(True, _since(begun), results)


def _rows(statements: Iterable[str], parameters: Mapping[str, Any], ends: float) -> list[list[Row]]:
    connection = psycopg2.connect(**connections["default"].get_connection_params(), async_=1)
    try:
        _wait(connection, ends)
        results = []
        for statement in statements:
            cursor = connection.cursor()
            cursor.execute(statement, parameters)
            _wait(connection, ends)
            results.append(cursor.fetchall())
        return results
    finally:
        connection.close()


def _wait(connection: extensions.connection, ends: float) -> None:
    """Until the connection has done what it was told; TimeoutError when the time is up."""
    while (state := connection.poll()) != extensions.POLL_OK:
        reading = [connection] if state == extensions.POLL_READ else []
        writing = [connection] if state == extensions.POLL_WRITE else []
        left = ends - time.monotonic()
        if left <= 0 or not any(select.select(reading, writing, [], left)):
            raise TimeoutError


def ask_broker(*, seconds: float = BROKER_SECONDS) -> Answer:
    """Whether the broker answers a PING; each of its own steps may take `seconds`."""
    begun = time.monotonic()
    client = redis.Redis.from_url(
        settings.CELERY_BROKER_URL,
        socket_connect_timeout=seconds,
        socket_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        ok = bool(client.ping())
    except (redis.RedisError, OSError):
        ok = False
    finally:
        client.close()
    return Answer(ok, _since(begun))


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
