"""Holding everything that would leave the house, and letting it go again."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from servicecenter.accounts.models import Role
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotPermitted, Stale
from servicecenter.notifications.models import MessageHold
from servicecenter.notifications.queries.holds import held

# Messages leave for the whole installation; administrators and supervisors answer for what they say.
HOLDERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
WRITE_OFF = """
WITH old AS (
    UPDATE notifications_delivery SET state = 'skipped', reason = 'held'
    WHERE state = 'waiting' AND created_at <= %(since)s RETURNING id
)
INSERT INTO notifications_attempt (delivery_id, at, outcome, reason, by_id)
SELECT id, %(now)s, 'skipped', 'held', %(by)s FROM old
"""


def hold(*, reason: str, by: Actor, at: datetime | None = None) -> MessageHold:
    """From now on nothing leaves by SMS, e-mail or robot, sign-in codes included; what is being sent still arrives.

    In the app everybody reads their messages as ever. A hold that is open stays as it is. `by=None` is the command
    line. Refuses `not_permitted` to other roles than supervisors and administrators.
    """
    _check(by)
    with transaction.atomic():
        _one_at_a_time()
        return held() or MessageHold.objects.create(since=instant(at), by=by, reason=reason)


def release(*, drop: bool, by: Actor, at: datetime | None = None) -> MessageHold:
    """What waited may leave from now on. With `drop` what was waiting already when the hold began is written off: the
    center that the backup is of has sent it. What came too late meanwhile is not sent either, as ever.

    Refuses `not_permitted` as `hold` does, and `stale` where nothing is held (any more).
    """
    _check(by)
    with transaction.atomic(), connection.cursor() as cursor:
        _one_at_a_time()
        found = held()
        if found is None:
            raise Stale
        now = max(instant(at), found.since)
        if drop:
            cursor.execute(WRITE_OFF, {"since": found.since, "now": now, "by": by.pk if by else None})
            found.dropped = cursor.rowcount
        # It is due from now on: nobody was late with it.
        cursor.execute(
            "UPDATE notifications_delivery SET not_before = %(now)s WHERE state = 'waiting' AND not_before < %(now)s",
            {"now": now},
        )
        found.released_at, found.released_by = now, by
        found.save(update_fields=["released_at", "released_by", "dropped"])
    return found


def _check(by: Actor) -> None:
    if by is not None and by.role not in HOLDERS:
        raise NotPermitted


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('notifications.hold'))")
