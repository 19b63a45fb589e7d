"""The promises that a company starts with (domain: promises table). They are rows from then on, edited by people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import migrations

MINUTE, HOUR = 60, 3600
LADDER = [{"after": 0, "to": "supervisor"}, {"after": 0.25, "to": "manager"}]
DEFAULTS = [
    ("repair", "emergency", "respond", 10 * MINUTE),
    ("repair", "emergency", "arrive", 30 * MINUTE),
    ("repair", "emergency", "complete", 24 * HOUR),
    ("repair", "normal", "respond", 24 * HOUR),
    ("repair", "normal", "complete", 48 * HOUR),
    ("follow_up", "", "call", 48 * HOUR),
]


def add(apps: Any, schema_editor: Any) -> None:
    """One row per promise, valid since ever."""
    apps.get_model("sla", "Policy").objects.bulk_create(
        apps.get_model("sla", "Policy")(
            work=work,
            urgency=urgency,
            stage=stage,
            target_seconds=seconds,
            clock="always",
            escalate=LADDER,
            since=datetime(2020, 1, 1, tzinfo=UTC),
        )
        for work, urgency, stage, seconds in DEFAULTS
    )


class Migration(migrations.Migration):
    """Default rows."""

    dependencies: ClassVar = [("sla", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(add, migrations.RunPython.noop)]
