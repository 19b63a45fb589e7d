"""Writing down that a backup was made."""

from __future__ import annotations

from datetime import datetime

from servicecenter.lib.clock import instant
from servicecenter.operations.models import Backup


def record_backup(
    *, size_bytes: int, place: str, started_at: datetime | None = None, at: datetime | None = None
) -> Backup:
    """A backup that lies at `place`. An empty one is refused by the database (`backup_facts`)."""
    at = instant(at)
    return Backup.objects.create(
        started_at=started_at or at, finished_at=at, succeeded=True, size_bytes=size_bytes, place=place[:300]
    )


def fail_backup(*, started_at: datetime, reason: str, at: datetime | None = None) -> Backup:
    """A backup that was tried and did not end well."""
    return Backup.objects.create(
        started_at=started_at, finished_at=instant(at), succeeded=False, place=reason[:300]
    )
