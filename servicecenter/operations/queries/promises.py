"""Whether the promises are kept at this moment: living clocks, late timers, waiting messages; one cheap statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from servicecenter.lib.works import all_works
from servicecenter.operations.models import DEAD_AFTER, PartRole
from servicecenter.sla.invariants import LATEST_FIRING

# More are not counted: what matters is that there are many.
MOST_COUNTED = 1000

# Each part stands on a partial index, or reads the few rows of the heartbeats. statement_timestamp() and not
# clock_timestamp(): an index is only asked for an instant that stands still.
SQL = f"""
SELECT clocks.alive, due.late, due.oldest, waiting.due, waiting.oldest, failed.given_up
FROM (
    SELECT count(*) AS alive FROM operations_heartbeat
    WHERE role = %(clock)s AND beat_at > statement_timestamp() - %(dead_after)s
) clocks, (
    SELECT count(t.due_at) AS late, extract(epoch FROM statement_timestamp() - min(t.due_at))::float8 AS oldest
    FROM unnest(%(works)s::text[]) AS kind (work) CROSS JOIN LATERAL (
        SELECT due_at FROM sla_timer
        WHERE work = kind.work AND state = 'armed' AND due_at < statement_timestamp()
        ORDER BY due_at LIMIT {MOST_COUNTED}
    ) t
) due, (
    SELECT count(*) AS due, extract(epoch FROM statement_timestamp() - min(not_before))::float8 AS oldest
    FROM (
        SELECT not_before FROM notifications_delivery
        WHERE state = 'waiting' AND not_before <= statement_timestamp() LIMIT {MOST_COUNTED}
    ) d
) waiting, (
    SELECT count(*) AS given_up
    FROM (SELECT 1 FROM notifications_delivery WHERE state = 'failed' LIMIT {MOST_COUNTED}) f
) failed
"""


def parameters() -> Mapping[str, Any]:
    """What `SQL` is asked with."""
    return {
        "clock": PartRole.CLOCK.value,
        "dead_after": DEAD_AFTER,
        "works": [work.code for work in all_works()],
    }


@dataclass(frozen=True)
class Promises:
    """How the promises stand. Seconds are None where nothing waits."""

    clocks_alive: int
    overdue: int
    oldest_overdue: float | None
    waiting: int
    oldest_waiting: float | None
    failed: int

    @property
    def at_risk(self) -> bool:
        """No clock is alive, or a timer is later than any promise allows."""
        return not self.clocks_alive or (self.oldest_overdue or 0) > LATEST_FIRING


def read(row: Sequence[Any]) -> Promises:
    """The row that `SQL` gives."""
    return Promises(*row)


def promises() -> Promises:
    """Asked through the ordinary connection."""
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters())
        return read(cursor.fetchone())
