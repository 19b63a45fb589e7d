"""`/admin/`: how long things are kept."""

from __future__ import annotations

from django.contrib import admin

from servicecenter.audit.models import RetentionRule
from servicecenter.lib.administration import HouseAdmin


@admin.register(RetentionRule)
class RetentionRuleAdmin(HouseAdmin):
    """Without a row it is three years."""

    list_display = ("what", "days")
