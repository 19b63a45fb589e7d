"""Initials of everybody on record, and no merge across communities."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

from servicecenter.lib.normalise import initials
from servicecenter.lib.tenancy import same_community

BATCH = 2000


def fill(apps: Any, schema_editor: Any) -> None:
    """Batch by batch, by id."""
    person = apps.get_model("owners", "Person")
    last = 0
    while batch := list(person.objects.filter(pk__gt=last).order_by("pk").only("id", "name")[:BATCH]):
        for each in batch:
            each.initials = initials(each.name)
        person.objects.bulk_update(batch, ["initials"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    """Fills the column, then adds composite foreign keys."""

    dependencies: ClassVar = [("owners", "0003_doubles_and_initials")]
    operations: ClassVar = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        same_community("owners_person", "merged_into_id", "owners_person"),
        same_community("owners_merge", "kept_id", "owners_person"),
        same_community("owners_merge", "double_id", "owners_person"),
    ]
