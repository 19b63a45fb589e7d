"""Taking deliveries, and writing down what came of them. Every function here is one short transaction.

A delivery is taken under a claim with a lease; what is reported under an older claim is not taken. A sender that dies
between sending and reporting leaves the lease to run out, and the next sender repeats the message: once per crash.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction

from servicecenter.notifications.models import Attempt, Delivery, State
from servicecenter.notifications.planning import WINDOW

# A sender gives a gateway up after LIMIT (see outbox) and has the rest to report.
LEASE = timedelta(seconds=20)
LONGEST_WAIT = timedelta(minutes=15)
# First wait, and most attempts: somebody waits for a code in front of the screen.
PATIENCE = {"code": (timedelta(seconds=3), 4)}
USUAL_PATIENCE = (timedelta(seconds=5), 8)
MOST_TOGETHER = 500

# While messages are held nothing is ready, and nothing is taken by a sender that was just looking.
RELEASED = "NOT EXISTS (SELECT 1 FROM notifications_messagehold WHERE released_at IS NULL)"
READY = f"""
SELECT DISTINCT lane FROM notifications_delivery WHERE state = 'waiting' AND not_before <= %s AND {RELEASED}
"""
# The first of its group leads: who holds its row holds the group, so that two senders never split one.
LEADER = f"""
SELECT id, group_key FROM notifications_delivery d
WHERE lane = %(lane)s AND state = 'waiting' AND not_before <= %(now)s AND (group_key = '' OR NOT EXISTS (
    SELECT 1 FROM notifications_delivery e WHERE e.group_key = d.group_key AND e.state = 'waiting'
        AND e.not_before <= %(now)s AND e.id < d.id)) AND {RELEASED}
ORDER BY priority, not_before, id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
TOGETHER = """
SELECT id FROM notifications_delivery
WHERE group_key = %(group)s AND state = 'waiting' AND not_before <= %(soon)s
ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True)
class Parcel:
    """Deliveries that were taken together, under one claim."""

    claim: UUID
    lane: str
    rows: list[Delivery]


def ready_lanes(now: datetime) -> list[str]:
    """Lanes in which something waits to be sent now."""
    with connection.cursor() as cursor:
        cursor.execute(READY, [now])
        return [row[0] for row in cursor.fetchall()]


def free_expired(now: datetime) -> int:
    """Gives back what a sender took and never reported; returns how many."""
    with transaction.atomic():
        lost = Delivery.objects.filter(state=State.SENDING, lease_until__lt=now)
        ids = list(lost.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1000])
        freed = Delivery.objects.filter(pk__in=ids).update(state=State.WAITING, lease_until=None)
        _log(ids, now, "later", "lease_ran_out")
    return freed


def take(lane: str, now: datetime) -> Parcel | None:
    """The most urgent delivery of a lane that nobody holds, with everything that may leave with it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LEADER, {"lane": lane, "now": now})
        leader = cursor.fetchone()
        if leader is None:
            return None
        ids = [leader[0]]
        if leader[1]:
            cursor.execute(TOGETHER, {"group": leader[1], "soon": now + WINDOW, "most": MOST_TOGETHER})
            ids = sorted({leader[0], *(row[0] for row in cursor.fetchall())})
        claim = uuid4()
        cursor.execute(
            "UPDATE notifications_delivery SET state = 'sending', claim = %s, lease_until = %s,"
            " attempts = attempts + 1 WHERE id = ANY(%s)",
            [claim, now + LEASE, ids],
        )
    rows = Delivery.objects.filter(claim=claim).select_related(
        "message", "code", "recipient", "robot", "community"
    )
    return Parcel(claim, lane, list(rows.order_by("id")))


def report_sent(parcel: Parcel, rows: Sequence[Delivery], now: datetime, text: str = "") -> int:
    """The rows left as one message, carried by the first. Returns how many are still this claim's."""
    leader = rows[0]
    with transaction.atomic():
        ids = _held(parcel, rows)
        Delivery.objects.filter(pk__in=ids).update(state=State.SENT, lease_until=None, sent_at=now, reason="")
        Delivery.objects.filter(pk=leader.pk, pk__in=ids).update(text=text)
        if len(rows) > 1:
            Delivery.objects.filter(pk__in=ids).exclude(pk=leader.pk).update(sent_with=leader)
        _log(ids, now, "sent")
    return len(ids)


def report_end(parcel: Parcel, rows: Sequence[Delivery], now: datetime, state: State, reason: str) -> int:
    """The rows will not be sent: `failed` or `skipped`, and why."""
    with transaction.atomic():
        ids = _held(parcel, rows)
        Delivery.objects.filter(pk__in=ids).update(state=state, lease_until=None, reason=reason[:60])
        _log(ids, now, state, reason)
    return len(ids)


def report_later(parcel: Parcel, rows: Sequence[Delivery], now: datetime, reason: str) -> bool:
    """The gateway did not take them: another try after a growing, jittered wait. False: that was the last one."""
    wait, most = PATIENCE.get(parcel.lane, USUAL_PATIENCE)
    attempts = max(row.attempts for row in rows)
    if attempts >= most:
        report_end(parcel, rows, now, State.FAILED, reason)
        return False
    # Jitter: those that failed together do not all come back in the same moment.
    pause = min(LONGEST_WAIT, wait * 2**attempts) * random.uniform(0.5, 1.5)
    with transaction.atomic():
        ids = _held(parcel, rows)
        Delivery.objects.filter(pk__in=ids).update(
            state=State.WAITING, lease_until=None, reason=reason[:60], not_before=now + pause
        )
        _log(ids, now, "later", reason)
    return True


def put_off(parcel: Parcel, rows: Sequence[Delivery], now: datetime, until: datetime) -> None:
    """The reader rests: not an attempt, and the message may be read that much later."""
    with transaction.atomic():
        for row in Delivery.objects.filter(pk__in=_held(parcel, rows)):
            row.state, row.lease_until, row.not_before = State.WAITING, None, until
            row.attempts -= 1
            row.expires_at += max(timedelta(0), until - now)
            row.save(update_fields=["state", "lease_until", "not_before", "attempts", "expires_at"])
        _log([row.pk for row in rows], now, "quiet")


def _held(parcel: Parcel, rows: Iterable[Delivery]) -> list[int]:
    """Locks the rows that nobody has taken since; a lease that ran out unnoticed still counts."""
    mine = Delivery.objects.filter(
        pk__in=[row.pk for row in rows], claim=parcel.claim, state__in=[State.SENDING, State.WAITING]
    )
    return list(mine.select_for_update().order_by("id").values_list("pk", flat=True))


def _log(ids: Iterable[int], now: datetime, outcome: str, reason: str = "") -> None:
    Attempt.objects.bulk_create(
        Attempt(delivery_id=pk, at=now, outcome=outcome, reason=reason[:60]) for pk in ids
    )
