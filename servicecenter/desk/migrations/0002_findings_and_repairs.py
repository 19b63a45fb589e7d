"""A finding names a repair of its own community: the key stands here, above both apps."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from servicecenter.lib.tenancy import same_community


class Migration(migrations.Migration):
    """One composite foreign key."""

    dependencies: ClassVar = [
        ("desk", "0001_promises"),
        ("owners", "0011_inspections"),
        ("repairs", "0002_tenancy"),
    ]
    operations: ClassVar = [same_community("owners_inspectionfinding", "ticket_id", "repairs_ticket")]
