"""No owner record may refer to another community's."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from servicecenter.lib.tenancy import anchor, same_community


class Migration(migrations.Migration):
    """Composite foreign keys beside Django's own."""

    dependencies: ClassVar = [("owners", "0001_initial")]
    operations: ClassVar = [
        anchor("owners_building"),
        anchor("owners_unit"),
        anchor("owners_person"),
        same_community("owners_unit", "building_id", "owners_building"),
        same_community("owners_occupancy", "unit_id", "owners_unit"),
        same_community("owners_occupancy", "person_id", "owners_person"),
        same_community("owners_vehicle", "person_id", "owners_person"),
    ]
