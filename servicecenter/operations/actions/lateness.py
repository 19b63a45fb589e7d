"""Adds what this process fired to the day's tally of lateness."""

from __future__ import annotations

from django.db import connection

from servicecenter.lib.clock import database_now, local_day
from servicecenter.sla.lateness import take

_ADD = """
INSERT INTO operations_lateness AS old (day, bound, fired, seconds)
SELECT %s, t.* FROM unnest(%s::float8[], %s::bigint[], %s::float8[]) AS t (bound, fired, seconds)
ORDER BY t.bound
ON CONFLICT (day, bound) DO UPDATE
SET fired = old.fired + excluded.fired, seconds = old.seconds + excluded.seconds
"""


def keep_lateness() -> None:
    """Writes the counts of this process since the last time. A process that is killed in between loses those few
    counts from the plots; the timers' own rows lose nothing."""
    if not (counts := take()):
        return
    bounds = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD,
            [
                local_day(database_now()),
                bounds,
                [counts[bound].fired for bound in bounds],
                [counts[bound].seconds for bound in bounds],
            ],
        )
