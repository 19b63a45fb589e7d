"""`/admin/`: how long things are kept."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from servicecenter.audit.models import RetentionRule
from servicecenter.lib.administration import HouseAdmin


@admin.register(RetentionRule)
class RetentionRuleAdmin(HouseAdmin):
    """Without a row it is three years."""

    list_display: ClassVar = ["what", "days"]
