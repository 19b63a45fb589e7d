"""What a fault did: how late timers were, how soon everything was back, what people at the screens saw.

All instants are seconds since 1970. The driver and PostgreSQL run on one machine, so they read one clock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.chaos import database
from tests.chaos.client import Client
from tests.chaos.rig import WORKERS, Rig
from tools.process import wait_until

# What issue and docs promise, in seconds.
LATE_P99, LATE_MOST, LATE_AFTER_OUTAGE, BACK_AGAIN = 1.5, 3.0, 5.0, 30.0
PATIENCE = 120.0
# A timer that fell due this shortly before an outage may not have had its round yet.
ROUND = 1.5


class Hits(StrEnum):
    """Which timers a fault may hold up."""

    NOTHING = "nothing"
    DATABASE = "database"
    WORKERS = "workers"


@dataclass
class Figures:
    """One line of the table; seconds."""

    fired: int = 0
    p50: float = 0.0
    p99: float = 0.0
    most: float = 0.0
    after_outage: float | None = None
    first_firing: float | None = None
    first_answer: float | None = None
    settled: float | None = None
    requests: int = 0
    server_errors: int = 0
    no_answer: int = 0
    too_late: list[str] = field(default_factory=list)


def first_answer(rig: Rig, token: str, since: float) -> float | None:
    """Seconds until the web answers a question that needs the database."""
    client = Client(rig.port, token=token)
    good = wait_until(
        lambda: client.get("/api/v1/me/", timeout=2).status == 200, seconds=PATIENCE, every=0.02
    )
    return time.time() - since if good else None


def first_firing(since: float) -> float | None:
    """Seconds until a worker fired something."""

    def fired() -> bool:
        return database.value("SELECT max(fired_at) > to_timestamp(%s) FROM sla_timer", [since]) is True

    if not wait_until(fired, seconds=PATIENCE, every=0.05):
        return None
    sql = "SELECT extract(epoch FROM min(fired_at)) FROM sla_timer WHERE fired_at > to_timestamp(%s)"
    return float(database.value(sql, [since])) - since


def settle(rig: Rig, since: float, parts: tuple[str, ...]) -> float | None:
    """Waits until every part runs, both clocks hold their connections and nothing due waits; seconds."""

    def calm() -> bool:
        return rig.alive(*parts) and ticking(rig) and not database.value(OVERDUE)

    return time.time() - since if wait_until(calm, seconds=PATIENCE, every=0.1) else None


OVERDUE = "SELECT count(*) FROM sla_timer WHERE state = 'armed' AND due_at < clock_timestamp() - interval '1 second'"


def ticking(rig: Rig) -> bool:
    """Whether the clock of every worker is connected: it connects at its first round and stays so."""
    wanted = [name for name in WORKERS if name in rig.known]
    sql = "SELECT count(DISTINCT application_name) FROM pg_stat_activity WHERE application_name = ANY (%s)"
    return bool(database.value(sql, [wanted]) == len(wanted))


LATENESS = """
SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY late), percentile_disc(0.99) WITHIN GROUP (ORDER BY late),
       max(late)
FROM (SELECT extract(epoch FROM fired_at - greatest(due_at, armed_at)) AS late FROM sla_timer
      WHERE state = 'fired' AND fired_at BETWEEN to_timestamp(%(began)s) AND to_timestamp(%(ended)s)
        AND NOT (case_id = ANY (%(excused)s))
        AND NOT (due_at BETWEEN to_timestamp(%(outage)s) AND to_timestamp(%(caught_up)s))) fired
"""
AFTER = """
SELECT max(extract(epoch FROM fired_at - greatest(due_at, armed_at, to_timestamp(%(back)s)))) FROM sla_timer
WHERE state = 'fired' AND due_at BETWEEN to_timestamp(%(outage)s) AND to_timestamp(%(caught_up)s)
  AND fired_at > to_timestamp(%(back)s)
"""


def lateness(figures: Figures, *, began: float, back: float | None, ended: float, excused: list[int]) -> None:
    """Fills in how late timers fired. `back`: when an outage ended; None if nothing may have been held up.

    What falls due while the heap of an outage is fired waits behind it, and counts with it.
    """
    given = {
        "began": began,
        "ended": ended,
        "excused": excused,
        "outage": began - ROUND if back else 0,
        "back": back or 0,
        "caught_up": back + LATE_AFTER_OUTAGE if back else 0,
    }
    with database.session() as cursor:
        cursor.execute(LATENESS, given)
        found = cursor.fetchone() or (0, None, None, None)
        figures.p50, figures.p99, figures.most = (float(each or 0) for each in found[1:])
        if back:
            cursor.execute(AFTER, given)
            figures.after_outage = float((cursor.fetchone() or [0])[0] or 0)
        cursor.execute(
            "SELECT count(*) FROM sla_timer WHERE fired_at BETWEEN to_timestamp(%s) AND to_timestamp(%s)",
            [began, ended],
        )
        figures.fired = (cursor.fetchone() or [0])[0]


def judge(figures: Figures) -> None:
    """Names the promises that were not kept."""
    limits: list[tuple[str, float | None, float]] = [
        ("p99", figures.p99, LATE_P99),
        ("latest", figures.most, LATE_MOST),
        ("after the outage", figures.after_outage, LATE_AFTER_OUTAGE),
        ("first firing", figures.first_firing, BACK_AGAIN),
        ("first answer", figures.first_answer, BACK_AGAIN),
    ]
    figures.too_late = [
        f"{name} {value:.1f} s (at most {limit:g} s)"
        for name, value, limit in limits
        if value is not None and value > limit
    ]
    for name, value in (("web", figures.first_answer), ("timers", figures.first_firing)):
        if value is None:
            figures.too_late.append(f"{name} not back within {PATIENCE:.0f} s")
    if figures.settled is None:
        figures.too_late.append(f"not calm within {PATIENCE:.0f} s")


def requests_since(path: Path, offset: int) -> tuple[list[tuple[str, int, float]], int]:
    """What the load saw since an offset: (kind, status, seconds), and the new offset."""
    if not path.exists():
        return [], offset
    with path.open("rb") as file:
        file.seek(offset)
        said = file.read()
    whole = said[: said.rfind(b"\n") + 1]
    words = [line.split() for line in whole.decode().splitlines()]
    found = [(kind, int(status), float(seconds)) for _at, kind, status, seconds in words]
    return found, offset + len(whole)


def seen(figures: Figures, found: list[tuple[str, int, float]]) -> None:
    """What people at the screens saw."""
    figures.requests = len(found)
    figures.server_errors = sum(status >= 500 for _kind, status, _seconds in found)
    figures.no_answer = sum(status == 0 for _kind, status, _seconds in found)


def every_part(rig: Rig) -> tuple[str, ...]:
    """Everything that should run between two faults."""
    return tuple(rig.known)
