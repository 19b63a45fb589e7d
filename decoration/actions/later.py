"""What was seen on a site without signal and is told by the phone afterwards, with the instant at which it was seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from decoration.models import Permit
from servicecenter.audit.events import Actor
from servicecenter.cases.later import SLACK, PhoneTimeRefused, check_phone_time, write_dropped

# What is done on a site, and moves the permit nowhere: it can be told in any order.
LATER = frozenset({"patrol", "report_violation", "recheck"})


def told_time(permit: Permit, happened_at: datetime, *, longest: timedelta, now: datetime) -> datetime:
    """The instant from which it counts. Refuses as `check_phone_time`, and one before the permit was issued."""
    check_phone_time(happened_at, longest=longest, now=now)
    if permit.issued_at is not None and happened_at < permit.issued_at - SLACK:
        raise PhoneTimeRefused(
            _("By this phone it happened before the permit was issued. Please check the clock of the phone.")
        )
    return min(happened_at, now)


def drop_later(permit: Permit, *, what: str, reason: str, by: Actor, at: datetime | None = None) -> None:
    """Something that waited on a phone will not be sent: colleagues read what it was and why."""
    write_dropped(permit, work="permit", what=what, reason=reason, by=by, at=at)
