"""Showing a personal value in full is an act with a reason: it is recorded before the value is opened."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.audit.models import AccessLog
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, TooMany

REVEALS_PER_HOUR = 60
# The person of a line about somebody who is not in the roll: a caller who left a name and a number.
NOT_IN_ROLL = 0


def record_access(
    *, by: User, community_id: int, person_id: int, field: str, reason: str, at: datetime | None = None
) -> AccessLog:
    """Appends one line to the community's chain of the day.

    Refuses `reason_needed` for an empty reason and `too_many` after 60 lines by one person in an hour.
    """
    at = instant(at)
    if not reason.strip():
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why you need to see this.")]})
    if AccessLog.objects.filter(by=by, at__gt=at - timedelta(hours=1)).count() >= REVEALS_PER_HOUR:
        raise TooMany
    day = local_day(at)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # One writer at a time per community: the chain needs its predecessor.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accesslog'), %s)", [community_id])
        last = AccessLog.objects.filter(community_id=community_id, day=day).order_by("-id").first()
        line = AccessLog(
            community_id=community_id,
            person_id=person_id,
            field=field,
            reason=reason.strip()[:200],
            by=by,
            by_name=str(by),
            by_role=by.role,
            at=at,
            day=day,
            previous=last.digest if last else "",
        )
        line.digest = line.expected_digest()
        line.save(force_insert=True)
    return line
