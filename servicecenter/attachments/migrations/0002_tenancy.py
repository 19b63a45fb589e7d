"""A row that names a picture names one of its own community."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from servicecenter.lib.tenancy import anchor


class Migration(migrations.Migration):
    """The key that composite foreign keys point at."""

    dependencies: ClassVar = [("attachments", "0001_initial")]
    operations: ClassVar = [anchor("attachments_photo")]
