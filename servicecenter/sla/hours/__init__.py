"""Working hours: the calendar that counts for a community, and the changes of it."""

from __future__ import annotations

from servicecenter.sla.hours.changing import add_exception, drop_exception, may_keep, open_cases, set_week
from servicecenter.sla.hours.reading import Hours, calendar_for, company_hours, hours_of

__all__ = [
    "Hours",
    "add_exception",
    "calendar_for",
    "company_hours",
    "drop_exception",
    "hours_of",
    "may_keep",
    "open_cases",
    "set_week",
]
