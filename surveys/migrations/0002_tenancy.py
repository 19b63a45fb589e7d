"""An attempt belongs to the community of its follow-up."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from servicecenter.lib.tenancy import anchor, same_community


class Migration(migrations.Migration):
    """Composite foreign keys beside Django's own."""

    dependencies: ClassVar = [("surveys", "0001_initial")]
    operations: ClassVar = [
        anchor("surveys_followup"),
        same_community("surveys_attempt", "follow_up_id", "surveys_followup"),
    ]
