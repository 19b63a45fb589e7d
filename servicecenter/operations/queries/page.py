"""What the page of operations shows."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from servicecenter.operations.models import DEAD_AFTER, Backup, Heartbeat, PartRole, Verification

# Beat asks for a round every minute; three missed ones are no accident.
ROUND_LATE_AFTER = timedelta(minutes=3)
BACKUP_LATE_AFTER = timedelta(hours=26)
PROOF_LATE_AFTER = timedelta(hours=26)
# Below this much free space photos may soon be refused.
LEAST_FREE = 2 * 1024**3


@dataclass(frozen=True)
class PartState:
    """One part and whether it lives."""

    row: Heartbeat
    alive: bool
    # Another part of the same role lives: nothing is missing.
    replaced: bool

    @property
    def tone(self) -> str:
        if self.alive:
            return "good"
        return "plain" if self.replaced else "bad"


def parts(at: datetime) -> list[PartState]:
    """Every known part, by role, the living before the dead."""
    rows = list(Heartbeat.objects.all())
    living = {row.instance for row in rows if at - row.beat_at < _patience(row)}
    roles = {row.role for row in rows if row.instance in living}
    states = [PartState(row, row.instance in living, row.role in roles) for row in rows]
    order = list(PartRole.values)
    return sorted(states, key=lambda each: (order.index(each.row.role), not each.alive, each.row.started_at))


def missing_roles(states: list[PartState]) -> list[PartRole]:
    """The roles of which nothing lives: a center needs one of each."""
    living = {each.row.role for each in states if each.alive}
    return [role for role in PartRole if role.value not in living]


def _patience(row: Heartbeat) -> timedelta:
    return ROUND_LATE_AFTER if row.role == PartRole.ROUND else DEAD_AFTER


def last_backup() -> Backup | None:
    """The latest backup that succeeded."""
    return Backup.objects.filter(succeeded=True).order_by("-finished_at").first()


def last_proof() -> Verification | None:
    """The latest proof that came to its end."""
    return Verification.objects.exclude(finished_at=None).order_by("-started_at").first()


def server_version() -> str:
    """Of PostgreSQL, as people write it."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]


def pending_migrations() -> list[str]:
    """Names of migrations that this version has and the database has not."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


@dataclass(frozen=True)
class Disk:
    """The disk on which the photos lie."""

    total: int
    free: int

    @property
    def low(self) -> bool:
        return self.free < LEAST_FREE


def media_disk() -> Disk | None:
    """Its space, or None where it cannot be read."""
    root = Path(settings.MEDIA_ROOT)
    try:
        usage = shutil.disk_usage(root if root.exists() else root.parent)
    except OSError:
        return None
    return Disk(usage.total, usage.free)
