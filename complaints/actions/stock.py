"""每日盘点: at half past five each supervisor is told what stands open, once a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from complaints.queries.stock import taken
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import instant, local_day, start_of_day
from servicecenter.notifications.actions import compose, post
from servicecenter.notifications.models import Message

TAKEN_AT = timedelta(hours=17, minutes=30)
EVENT = "complaint.stock"
# Where its message leads.
WORK = "stock_taking"


def take_stock(*, at: datetime | None = None) -> int:
    """Tells every supervisor what stands open, from 17:30 on, once for each day; returns how many were told now.

    Safe to run twice, or at once: the message itself is the row that says it was told. Whoever was away at 17:30 (a
    worker, the broker) makes it up until midnight. Nobody is told of a complaint about themselves, not even as one of
    a number; who has nothing open is left alone.
    """
    when = instant(at)
    day = local_day(when)
    if when < start_of_day(day) + TAKEN_AT:
        return 0
    told = set(
        Message.objects.filter(event=EVENT, created_at__gte=start_of_day(day)).values_list("recipient")
    )
    supervisors = User.objects.filter(role=Role.SUPERVISOR, is_active=True)
    return sum(_tell(user, day, when) for user in supervisors if (user.pk,) not in told)


def _tell(user: User, day: date, at: datetime) -> bool:
    """One message for all communities of a supervisor, under the first that has something open."""
    stock = taken(user, at)
    if not stock.lines:
        return False
    post(
        compose(
            recipients=[user.pk],
            event=EVENT,
            key=day.isoformat(),
            at=at,
            community_id=stock.lines[0].case.community_id,
            work=WORK,
            params={"count": len(stock.lines), "red_count": stock.red, "late_count": stock.late},
        )
    )
    return True
