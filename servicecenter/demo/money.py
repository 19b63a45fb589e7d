"""Money at the desk: what was paid a day after the work, a deposit, and a refund that waits for a second person."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from owners.models import OccupancyRole, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.ledger.actions import About, Counted, ask_refund, bill, close_day, countersign, take
from servicecenter.ledger.models import Charge
from servicecenter.ledger.queries.days import book_of, open_days
from servicecenter.lib.clock import local_day, start_of_day

# Weighted as people pay.
METHODS = ("wechat", "wechat", "alipay", "cash")
# The last ones are not paid yet.
UNPAID = 3
# The last days that no second person has looked at.
UNSIGNED = 2
HOME = "1-1-202"


def build(community: Community, *, at: datetime) -> None:
    """What owners of paid repairs owe is taken the next day, but for the last few; earlier days are closed."""
    agent, supervisor = (User.objects.get(username=name) for name in ("agent", "supervisor"))
    rng = Random(community.code)
    owed = list(Charge.objects.filter(community=community).select_related("community").order_by("raised_at"))
    for charge in owed[:-UNPAID]:
        morning = start_of_day(local_day(charge.raised_at) + timedelta(days=1)) + timedelta(hours=8)
        when = min(morning + timedelta(minutes=rng.randint(0, 540)), at)
        take(charge, method=rng.choice(METHODS), by=agent, at=when)
    _deposit(community, agent, at)
    past = [day.day for day in open_days(agent, at) if day.day < local_day(at) - timedelta(days=1)]
    for position, day in enumerate(sorted(past)):
        counted = {method: Counted(amount) for method, amount in book_of(community.pk, agent, day).items()}
        closed = close_day(community, day=day, counted=counted, by=agent, at=at)
        if position < len(past) - UNSIGNED:
            countersign(closed, by=supervisor, at=at)


def _deposit(community: Community, agent: User, at: datetime) -> None:
    """Of the home of the first demo resident."""
    unit = Unit.objects.get(community=community, code=HOME)
    payer = unit.occupancies.get(role=OccupancyRole.OWNER, until=None).person.name
    about = About(community, "unit", unit.pk, "", unit.code, payer)
    deposit = bill(
        about,
        kind="deposit",
        item="装修押金",
        amount=Decimal(2000),
        key="demo",
        by=agent,
        at=at - timedelta(days=30),
    )
    take(deposit, method="cash", by=agent, at=at - timedelta(days=30))
    ask_refund(
        deposit, amount=Decimal(1800), kept=Decimal(200), reason="垃圾未清运，扣 200 元", by=agent, at=at
    )
