"""When an agreed later day was agreed; until now only the day was kept, the event says when."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q

SINCE = """
    UPDATE sla_clock c SET agreed_at = coalesce(
        (SELECT max(e.at) FROM audit_event e WHERE e.work = c.work AND e.case_id = c.case_id
            AND e.action = 'clock.agreed' AND e.data ->> 'stage' = c.stage AND e.at < c.not_before),
        least(c.started_at, c.not_before - interval '1 second'))
    WHERE c.not_before IS NOT NULL
"""


class Migration(migrations.Migration):
    """A day and its agreement, both or neither."""

    dependencies: ClassVar = [("accounts", "0001_initial"), ("audit", "0001_initial"), ("sla", "0005_promise_table")]
    operations: ClassVar = [
        migrations.AddField("clock", "agreed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "clock",
            models.CheckConstraint(
                name="clock_agreement_pair",
                condition=Q(not_before=None, agreed_at=None)
                | Q(agreed_at__isnull=False, not_before__gt=F("agreed_at")),
            ),
        ),
    ]
