"""Types are called as the labelled messages and the promises of the company call them; rows keep theirs by the new name."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

CODES = (
    "facilities", "environment", "safety", "staff_attitude", "fees", "parking", "neighbours", "developer_quality", "other",
)  # fmt: skip
LABELS = (
    "Facilities", "Environment and cleaning", "Safety", "Attitude of staff", "Fees", "Parking", "Neighbours",
    "Developer and quality", "Something else",
)  # fmt: skip
RENAMED = {"cleaning": "environment", "staff": "staff_attitude", "developer": "developer_quality"}


def _sql(renamed: dict[str, str], codes: tuple[str, ...]) -> str:
    """One pass a table: rows, then the rule again."""
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in renamed.items())
    olds = ", ".join(f"'{old}'" for old in renamed)
    listed = ", ".join(f"'{code}'" for code in codes)
    return "".join(
        f"""
        ALTER TABLE complaints_{name} DROP CONSTRAINT {name}_type_known,
            ALTER COLUMN type TYPE varchar(20), ALTER COLUMN proposed_type TYPE varchar(20);
        UPDATE complaints_{name} SET type = CASE type {cases} ELSE type END,
            proposed_type = CASE proposed_type {cases} ELSE proposed_type END
            WHERE type IN ({olds}) OR proposed_type IN ({olds});
        ALTER TABLE complaints_{name} ADD CONSTRAINT {name}_type_known CHECK (type IN ({listed}));
        """
        for name in ("complaint", "inquiry")
    )


def _state(name: str) -> list[migrations.operations.base.Operation]:
    known = models.CheckConstraint(name=f"{name}_type_known", condition=Q(type__in=list(CODES)))
    choices = list(zip(CODES, LABELS, strict=True))
    return [
        migrations.RemoveConstraint(name, f"{name}_type_known"),
        migrations.AlterField(
            name, "type", models.CharField(choices=choices, max_length=20, verbose_name="type")
        ),
        migrations.AlterField(name, "proposed_type", models.CharField(blank=True, max_length=20)),
        migrations.AddConstraint(name, known),
    ]


class Migration(migrations.Migration):
    """In SQL: the first start renders no models for it."""

    dependencies: ClassVar = [("complaints", "0003_follow_up_calls")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(_sql(RENAMED, CODES), migrations.RunSQL.noop)],
            state_operations=[*_state("complaint"), *_state("inquiry")],
        )
    ]
