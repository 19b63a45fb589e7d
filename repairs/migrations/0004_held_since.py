"""Since when a repair is on hold: what was missed before that stays missed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q

SINCE = """
    UPDATE repairs_ticket t SET held_at = least(t.hold_until - interval '1 second',
        (SELECT p.started_at FROM sla_pause p WHERE p.work = 'repair' AND p.case_id = t.id AND p.ended_at IS NULL))
    WHERE t.status = 'on_hold'
"""


class Migration(migrations.Migration):
    """A hold is a fact with its beginning."""

    dependencies: ClassVar = [("repairs", "0003_period_indexes"), ("sla", "0001_initial")]
    operations: ClassVar = [
        migrations.RemoveConstraint("ticket", "ticket_hold_has_reason"),
        migrations.AddField(
            "ticket", "held_at", models.DateTimeField(blank=True, null=True, verbose_name="on hold since")
        ),
        migrations.RunSQL(SINCE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "ticket",
            models.CheckConstraint(
                name="ticket_hold_has_reason",
                condition=(
                    Q(status="on_hold", held_at__isnull=False, hold_until__gt=F("held_at"))
                    & ~Q(hold_reason="")
                    & ~Q(held_from="")
                )
                | (~Q(status="on_hold") & Q(held_at=None, hold_until=None, hold_reason="", held_from="")),
            ),
        ),
    ]
