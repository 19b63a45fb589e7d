"""How many deadlines a second? `python -m tests.bench.deadlines`; pure arithmetic, no database.

Working time with a pause each, over a whole year of starts, as a recount of every open case would ask for.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import process_time

from servicecenter.sla.arithmetic import ClockKind, due_at
from servicecenter.sla.calendars import OFFICE_WEEK

NUMBER = 100_000
TARGET = timedelta(hours=22, minutes=30)


def per_second(kind: ClockKind) -> float:
    """Deadlines of one processor second."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    due_at(start, 400 * TARGET, "working", OFFICE_WEEK)  # the years are built once
    began = process_time()
    for index in range(NUMBER):
        at = start + index * timedelta(minutes=5)
        pause = (at + timedelta(hours=1), at + timedelta(hours=6))
        due_at(at, TARGET, kind, OFFICE_WEEK, [pause])
    return NUMBER / (process_time() - began)


if __name__ == "__main__":
    for kind in ("always", "working"):
        print(f"{kind}: {per_second(kind):,.0f} deadlines/s")
