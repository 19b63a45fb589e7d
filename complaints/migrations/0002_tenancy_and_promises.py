"""What a complaint names stands in its own community; suggestions and praise are answered within three working days."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import migrations

from servicecenter.lib.tenancy import anchor, same_community

# A working day of the company's first week: 8:30–12:00 and 14:00–18:00.
WORKING_DAY = 27000
# level, stage, target, clock; what the company promises in general is 24 hours, for inquiries.
DEFAULTS: list[tuple[str, str, int | None, str]] = [
    ("suggestion", "respond", 3 * WORKING_DAY, "working"),
    ("praise", "respond", 3 * WORKING_DAY, "working"),
]
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
LADDER = (("supervisor", "0"), ("manager", "0.25"))


def promise(apps: Any, schema_editor: Any) -> None:
    """One row a promise with its ladder; what somebody decided already stays."""
    policies = apps.get_model("sla", "Policy").objects
    for level, stage, seconds, clock in DEFAULTS:
        about = {"work": "inquiry", "community": None, "urgency": "", "level": level, "stage": stage}
        if policies.filter(replaced_at=None, **about).exists():
            continue
        policy = policies.create(**about, target_seconds=seconds, clock=clock, since=SINCE)
        for position, (to, after) in enumerate(LADDER):
            apps.get_model("sla", "Rung").objects.create(policy=policy, position=position, to=to, after=after)


class Migration(migrations.Migration):
    """Composite foreign keys beside Django's own, and default rows."""

    dependencies: ClassVar = [
        ("complaints", "0001_first"),
        ("owners", "0002_tenancy"),
        ("sla", "0008_pause_rules"),
    ]
    operations: ClassVar = [
        anchor("complaints_complaint"),
        same_community("complaints_complaint", "unit_id", "owners_unit"),
        same_community("complaints_complaint", "building_id", "owners_building"),
        same_community("complaints_complaint", "reporter_id", "owners_person"),
        same_community("complaints_complaint", "other_unit_id", "owners_unit"),
        same_community("complaints_complaint", "lead_id", "complaints_complaint"),
        same_community("complaints_inquiry", "unit_id", "owners_unit"),
        same_community("complaints_inquiry", "building_id", "owners_building"),
        same_community("complaints_inquiry", "reporter_id", "owners_person"),
        same_community("complaints_task", "complaint_id", "complaints_complaint"),
        same_community("complaints_member", "complaint_id", "complaints_complaint"),
        same_community("complaints_link", "complaint_id", "complaints_complaint"),
        migrations.RunPython(promise, migrations.RunPython.noop),
    ]
