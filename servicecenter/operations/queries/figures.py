"""The stored figures of `/metrics`, as data: a name, its labels, and one bounded statement over an index.

Counts end at a limit where a table grows with the years, so that a scrape costs the same at ten million repairs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.lib.works import all_works
from servicecenter.operations.models import DEAD_AFTER, PartRole
from servicecenter.sla.lateness import BOUNDS

CLOSED = (Status.ARCHIVED, Status.CANCELLED, Status.DUPLICATE)


@dataclass(frozen=True)
class Figure:
    """A gauge: `sql` gives a row for each combination of labels, its last column is the value."""

    name: str
    help: str
    labels: tuple[str, ...]
    sql: str


# A row for each kind of work; `{rows}` are its timers.
_TIMERS = """
SELECT kind.work, {value} FROM unnest(%(works)s::text[]) AS kind (work)
LEFT JOIN LATERAL (
    SELECT due_at FROM sla_timer WHERE work = kind.work AND state = 'armed' {and_due} ORDER BY due_at LIMIT 100000
) t ON true GROUP BY kind.work
"""
_OVERDUE = "AND due_at < statement_timestamp()"

_FOLLOW_UPS = """
SELECT c.code, {value} FROM accounts_community c
LEFT JOIN LATERAL (
    SELECT due_at FROM surveys_followup f WHERE f.community_id = c.id AND f.status = 'due' LIMIT 10000
) f ON true GROUP BY c.code
"""

FIGURES = (
    Figure(
        "servicecenter_timers_armed",
        "Timers that wait for their instant (at most 100000 counted a kind)",
        ("work",),
        _TIMERS.format(value="count(t.due_at)", and_due=""),
    ),
    Figure(
        "servicecenter_timers_overdue",
        "Armed timers whose instant has passed",
        ("work",),
        _TIMERS.format(value="count(t.due_at)", and_due=_OVERDUE),
    ),
    Figure(
        "servicecenter_timers_oldest_overdue_seconds",
        "How late the latest armed timer is",
        ("work",),
        _TIMERS.format(
            value="coalesce(extract(epoch FROM statement_timestamp() - min(t.due_at)), 0)::float8",
            and_due=_OVERDUE,
        ),
    ),
    Figure(
        "servicecenter_outbox",
        "Deliveries that are not sent: due or planned, in hand, given up (at most 10000 counted a state)",
        ("state",),
        " UNION ALL ".join(
            f"SELECT '{state}', count(*) FROM "
            f"(SELECT 1 FROM notifications_delivery WHERE state = '{state}' LIMIT 10000) d"
            for state in ("waiting", "sending", "failed")
        ),
    ),
    Figure(
        "servicecenter_outbox_oldest_seconds",
        "How long the oldest delivery has been due",
        (),
        """
        SELECT coalesce(extract(epoch FROM statement_timestamp() - min(not_before)), 0)::float8 FROM (
            SELECT not_before FROM notifications_delivery
            WHERE state = 'waiting' AND not_before <= statement_timestamp() LIMIT 10000
        ) d
        """,
    ),
    Figure(
        "servicecenter_follow_ups_due",
        "Follow-up calls in the queue (at most 10000 counted a community)",
        ("community",),
        _FOLLOW_UPS.format(value="count(f)"),
    ),
    Figure(
        "servicecenter_follow_ups_oldest_overdue_seconds",
        "How late the latest follow-up call is",
        ("community",),
        _FOLLOW_UPS.format(
            value="greatest(0, coalesce(extract(epoch FROM statement_timestamp() - min(f.due_at)), 0))::float8"
        ),
    ),
    Figure(
        "servicecenter_tickets_open",
        "Repairs that are not closed (at most 10000 counted a community and status)",
        ("community", "status"),
        f"""
        SELECT c.code, s.status, count(t) FROM accounts_community c
        CROSS JOIN unnest(%(open)s::text[]) AS s (status)
        LEFT JOIN LATERAL (
            SELECT 1 FROM {Ticket._meta.db_table} WHERE community_id = c.id AND status = s.status LIMIT 10000
        ) t ON true GROUP BY c.code, s.status
        """,
    ),
    Figure(
        "servicecenter_parts_alive",
        "Living parts of the program by what they do",
        ("role",),
        """
        SELECT r.role, count(h.instance) FROM unnest(%(roles)s::text[]) AS r (role)
        LEFT JOIN operations_heartbeat h
            ON h.role = r.role AND h.beat_at > statement_timestamp() - %(dead_after)s
        GROUP BY r.role
        """,
    ),
    Figure(
        "servicecenter_part_beat_age_seconds",
        "How long ago the freshest part of a role gave a sign of life",
        ("role",),
        "SELECT role, extract(epoch FROM statement_timestamp() - max(beat_at))::float8 "
        "FROM operations_heartbeat GROUP BY role",
    ),
    Figure(
        "servicecenter_backup_age_seconds",
        "How long ago the last backup succeeded; nothing if there was none",
        (),
        "SELECT extract(epoch FROM statement_timestamp() - max(finished_at))::float8 FROM operations_backup "
        "WHERE succeeded HAVING count(*) > 0",
    ),
    Figure(
        "servicecenter_database_connections",
        "Connections to this database by state",
        ("state",),
        "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1",
    ),
    Figure(
        "servicecenter_database_connections_most",
        "Connections that the server allows in all",
        (),
        "SELECT current_setting('max_connections')::int",
    ),
)

# How many timers fired within each bound, of all days; a bound that never occurred counts 0.
LATENESS = """
SELECT b.bound, coalesce(sum(l.fired), 0)::bigint, coalesce(sum(l.seconds), 0)
FROM unnest(%(bounds)s::float8[]) AS b (bound) LEFT JOIN operations_lateness l USING (bound)
GROUP BY b.bound ORDER BY b.bound
"""


def parameters() -> Mapping[str, Any]:
    """What the statements are asked with."""
    return {
        "works": [work.code for work in all_works()],
        "open": [status.value for status in Status if status not in CLOSED],
        "roles": list(PartRole.values),
        "dead_after": DEAD_AFTER,
        "bounds": list(BOUNDS),
    }
