"""Heartbeats: one statement each, by the clock of the database."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass, field

from django.db import connection

from servicecenter.operations.models import FORGOTTEN_AFTER, PartRole
from servicecenter.operations.version import VERSION

_BEAT = """
INSERT INTO operations_heartbeat AS old
    (instance, run, role, host, pid, version, started_at, beat_at, error, error_at)
VALUES (%(instance)s, %(run)s, %(role)s, %(host)s, %(pid)s, %(version)s,
    clock_timestamp(), clock_timestamp(), %(error)s, CASE WHEN %(error)s <> '' THEN clock_timestamp() END)
ON CONFLICT (instance) DO UPDATE SET
    run = excluded.run,
    version = excluded.version,
    started_at = CASE WHEN old.run = excluded.run THEN old.started_at ELSE excluded.started_at END,
    beat_at = CASE WHEN old.run = excluded.run AND %(failed)s THEN old.beat_at ELSE excluded.beat_at END,
    error = CASE WHEN excluded.error <> '' OR old.run <> excluded.run THEN excluded.error ELSE old.error END,
    error_at = CASE WHEN excluded.error <> '' OR old.run <> excluded.run
        THEN excluded.error_at ELSE old.error_at END
"""


@dataclass(frozen=True)
class Part:
    """One part of one running process."""

    role: str
    host: str = field(default_factory=lambda: socket.gethostname()[:120])
    pid: int = field(default_factory=os.getpid)
    run: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def instance(self) -> str:
        return f"{self.host}:{self.pid}:{self.role}"


def beat(part: Part, *, error: str = "", failed: bool = False) -> None:
    """Says that the part is alive. `error`: the class of what went wrong since the last beat; `failed`: the latest
    round is what went wrong, so the instant of the last good beat stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BEAT,
            {
                "instance": part.instance,
                "run": str(part.run),
                "role": part.role,
                "host": part.host,
                "pid": part.pid,
                "version": VERSION,
                "error": error[:80],
                "failed": failed,
            },
        )


def leave(part: Part) -> None:
    """Takes the row of a part that ends in order away, so that only the dead are counted as dead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM operations_heartbeat WHERE instance = %s AND run = %s",
            [part.instance, str(part.run)],
        )


def round_trip() -> None:
    """Notes that a task went from beat through the broker to a worker. One row, whichever worker it was."""
    beat(Part(PartRole.ROUND, host="any", pid=0, run=uuid.UUID(int=0)))


def forget_parts() -> int:
    """Deletes the rows of parts that have been dead for a day; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM operations_heartbeat "
            "WHERE beat_at < clock_timestamp() - make_interval(secs => %s) AND role <> %s",
            [FORGOTTEN_AFTER.total_seconds(), PartRole.ROUND.value],
        )
        return int(cursor.rowcount)
