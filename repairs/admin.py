"""`/admin/`: how late a step may come from a phone."""

from __future__ import annotations

from django.contrib import admin

from repairs.models import PhoneTimeRule
from servicecenter.lib.administration import HouseAdmin


@admin.register(PhoneTimeRule)
class PhoneTimeRuleAdmin(HouseAdmin):
    """Without a row it is 12 hours."""

    list_display = ("community", "hours")
