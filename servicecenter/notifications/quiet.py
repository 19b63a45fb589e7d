"""Quiet hours: when only an emergency may ring somebody's phone. Pure arithmetic."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from servicecenter.lib.clock import LOCAL
from servicecenter.notifications.models import Reach

QUIET_FROM, QUIET_UNTIL = time(22), time(7)


def quiet_until(at: datetime, start: time, end: time) -> datetime | None:
    """When the quiet hours that `at` lies in are over; None outside of them. Equal times mean none at all."""
    local = at.astimezone(LOCAL)
    over_midnight = start > end
    within = local.time() >= start or local.time() < end if over_midnight else start <= local.time() < end
    if not within:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and local.time() >= start else local.date()
    return datetime.combine(day, end, tzinfo=LOCAL)


def rests_until(reach: Reach | None, *, resident: bool, at: datetime) -> datetime | None:
    """When somebody with these wishes may be reached again; None: now. By default residents rest, staff do not."""
    chosen = reach.quiet if reach else None
    if not (resident if chosen is None else chosen):
        return None
    start = (reach.quiet_from if reach else None) or QUIET_FROM
    end = (reach.quiet_until if reach else None) or QUIET_UNTIL
    return quiet_until(at, start, end)
