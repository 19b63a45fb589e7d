"""A ticket's unit, building, reporter and original stand in the ticket's own community."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from servicecenter.lib.tenancy import anchor, same_community


class Migration(migrations.Migration):
    """Composite foreign keys beside Django's own."""

    dependencies: ClassVar = [
        ("repairs", "0001_initial"),
        ("owners", "0002_tenancy"),
        ("surveys", "0002_tenancy"),
    ]
    operations: ClassVar = [
        anchor("repairs_ticket"),
        same_community("repairs_ticket", "unit_id", "owners_unit"),
        same_community("repairs_ticket", "building_id", "owners_building"),
        same_community("repairs_ticket", "reporter_id", "owners_person"),
        same_community("repairs_ticket", "duplicate_of_id", "repairs_ticket"),
    ]
