"""How late do timers fire? `python -m tests.bench.lateness`, inside `tools.services`; writes docs/figures/lateness.md.

Reports repairs in a community whose promises are a few seconds long and lets a real worker fire every timer: first with
the broker, then with a worker that cannot reach any. Lateness is `fired_at - due_at`, both by the database's clock.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from owners.models import Building, Unit  # noqa: E402
from repairs import actions  # noqa: E402
from servicecenter.accounts.models import Community, Membership, Role, User  # noqa: E402
from servicecenter.lib.clock import database_now  # noqa: E402
from servicecenter.sla.models import Policy, Rung, Timer  # noqa: E402
from tests.worker.processes import worker  # noqa: E402

FIGURES = Path(__file__).resolve().parent.parent.parent / "docs" / "figures" / "lateness.md"
# Nobody listens here.
NO_BROKER = "redis://127.0.0.1:1/0"
LADDER = [{"after": 0, "to": "supervisor"}, {"after": 0.25, "to": "manager"}]


@dataclass(frozen=True)
class Row:
    """One line of the table; seconds."""

    name: str
    timers: int
    doubled: int
    p50: float
    p99: float
    worst: float


def prepare(code: str, seconds: int) -> tuple[Community, User, Unit]:
    """A community whose promises last `seconds`, with one agent and one unit."""
    community = Community.objects.create(code=code, name=code, series=code[-1])
    agent = User.objects.create_user(f"bench-{code}", None, role=Role.AGENT, name="bench")
    Membership.objects.create(user=agent, community=community)
    building = Building.objects.create(community=community, code="1")
    unit = Unit.objects.create(community=community, building=building, code="1-1-101", room="101")
    for stage, factor in (("respond", 1), ("complete", 2)):
        policy = Policy.objects.create(
            work="repair",
            community=community,
            urgency="normal",
            stage=stage,
            target_seconds=seconds * factor,
            since=database_now(),
        )
        Rung.objects.lay(policy, LADDER)
    return community, agent, unit


def measure(name: str, code: str, tickets: int, seconds: int) -> Row:
    """Reports `tickets` repairs and waits until each of their timers has fired, except the daily ones."""
    community, agent, unit = prepare(code, seconds)
    for _number in range(tickets):
        actions.report(
            by=agent, community=community, text="水龙头滴水", unit=unit, trade="plumbing", urgency="normal"
        )
    timers = Timer.objects.filter(community=community).exclude(step__startswith="daily")
    latest = database_now() + timedelta(seconds=seconds * 2.5 + 30)
    while timers.filter(state="armed").exists() and database_now() < latest:
        time.sleep(0.5)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY late), "
            "percentile_disc(0.99) WITHIN GROUP (ORDER BY late), max(late) FROM ("
            "SELECT extract(epoch FROM fired_at - due_at) AS late FROM sla_timer "
            "WHERE community_id = %s AND state = 'fired') f",
            [community.pk],
        )
        count, p50, p99, worst = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM (SELECT data->'timer' FROM audit_event WHERE community_id = %s AND data ? 'timer' "
            "GROUP BY data->'timer' HAVING count(*) > 1) d",
            [community.pk],
        )
        doubled = cursor.fetchone()[0]
    return Row(name, count, doubled, float(p50), float(p99), float(worst))


def main() -> None:
    """Measures both ways, prints the table and writes the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    stamp = f"{database_now():%H%M%S}"
    rows = []
    with worker():
        rows.append(measure("broker running", f"W{stamp}A", options.tickets, options.seconds))
    with worker(redis_url=NO_BROKER):
        rows.append(measure("no broker to be reached", f"W{stamp}B", options.tickets, options.seconds))
    sys.stdout.write(table(rows))
    FIGURES.parent.mkdir(parents=True, exist_ok=True)
    FIGURES.write_text(table(rows))


def table(rows: list[Row]) -> str:
    """The figures as a page of documentation."""
    lines = [
        "# Lateness of timers",
        "",
        f"`python -m tools.services -- python -m tests.bench.lateness` on {date.today()}, {os.cpu_count()} cores,"
        f" {platform.system()} {platform.machine()}, Python {platform.python_version()}, one worker. Seconds between"
        " the instant that was promised and the firing, by the database's clock.",
        "",
        "| | timers | fired twice | p50 | p99 | max |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *(
            f"| {row.name} | {row.timers} | {row.doubled} | {row.p50:.2f} | {row.p99:.2f} | {row.worst:.2f} |"
            for row in rows
        ),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
