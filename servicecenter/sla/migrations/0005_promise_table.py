"""The rest of the promise table (domain), and the company's week. What somebody decided already stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import migrations

MINUTE, HOUR = 60, 3600
# A working day of the company's week below: 8:30–12:00 and 14:00–18:00.
WORKING_DAY = 27000
LADDER = [{"after": 0, "to": "supervisor"}, {"after": 0.25, "to": "manager"}]
# work, level, stage, target (None: no target, by decision), clock; repairs name an urgency in place of a level.
DEFAULTS: list[tuple[str, str, str, int | None, str]] = [
    ("complaint", "ordinary", "respond", 24 * HOUR, "always"),
    ("complaint", "ordinary", "propose", 72 * HOUR, "always"),
    ("complaint", "ordinary", "close", 3 * WORKING_DAY, "working"),
    ("complaint", "urgent", "respond", 4 * HOUR, "working"),
    ("complaint", "urgent", "close", WORKING_DAY, "working"),
    # The day of closing is the case's own, approved by a manager.
    ("complaint", "complex", "respond", 24 * HOUR, "always"),
    ("complaint", "complex", "propose", 72 * HOUR, "always"),
    ("complaint", "complex", "close", None, "working"),
    ("complaint", "major", "respond", 24 * HOUR, "always"),
    ("complaint", "major", "propose", 72 * HOUR, "always"),
    ("complaint", "major", "close", None, "working"),
    ("inquiry", "", "respond", 24 * HOUR, "always"),
    ("permit", "", "review", 3 * WORKING_DAY, "working"),
    ("refund", "", "refund", 7 * WORKING_DAY, "working"),
    ("incident", "", "respond", 5 * MINUTE, "always"),
    # How long an incident takes is for its plan to say.
    ("incident", "", "complete", None, "always"),
]
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
MORNING, AFTERNOON = (510, 720), (840, 1080)


def add(apps: Any, schema_editor: Any) -> None:
    """One row per promise and one calendar of the company."""
    policies = apps.get_model("sla", "Policy").objects
    taken = set(
        policies.filter(replaced_at=None, community=None).values_list("work", "urgency", "level", "stage")
    )
    rows = [
        ("repair", "emergency", "", "secure", 4 * HOUR, "always"),
        *((work, "", level, stage, seconds, clock) for work, level, stage, seconds, clock in DEFAULTS),
    ]
    policies.bulk_create(
        policies.model(
            work=work,
            urgency=urgency,
            level=level,
            stage=stage,
            target_seconds=seconds,
            clock=clock,
            escalate=LADDER,
            since=SINCE,
        )
        for work, urgency, level, stage, seconds, clock in rows
        if (work, urgency, level, stage) not in taken
    )
    _open_the_company(apps)


def _open_the_company(apps: Any) -> None:
    """Monday to Friday, with a change that says what the week was from the start."""
    hours = apps.get_model("sla", "WorkingHours").objects.create(community=None)
    week = [[MORNING, AFTERNOON] if weekday < 5 else [] for weekday in range(7)]
    apps.get_model("sla", "WorkingSpan").objects.bulk_create(
        apps.get_model("sla", "WorkingSpan")(hours=hours, weekday=weekday, start=start, end=end)
        for weekday, spans in enumerate(week)
        for start, end in spans
    )
    change = apps.get_model("sla", "CalendarChange").objects.create(
        hours=hours, kind="week", before=None, after=week, at=SINCE
    )
    hours.version = change.pk
    hours.save(update_fields=["version"])


class Migration(migrations.Migration):
    """Default rows."""

    dependencies: ClassVar = [("sla", "0004_working_hours")]
    operations: ClassVar = [migrations.RunPython(add, migrations.RunPython.noop)]
