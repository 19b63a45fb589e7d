"""Money at the desk: what was paid a day after the work, a deposit, and a refund that waits for a second person."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from owners.models import Unit
from servicecenter.accounts.models import Community, User
from servicecenter.ledger.actions import About, Counted, ask_refund, bill, close_day, take
from servicecenter.ledger.models import Charge
from servicecenter.ledger.queries.days import book_of, open_days
from servicecenter.lib.clock import local_day

# Weighted as people pay.
METHODS = ("wechat", "wechat", "alipay", "cash")
# The last ones are not paid yet.
UNPAID = 3
HOME = "1-1-202"


def build(community: Community, *, at: datetime) -> None:
    """What owners of paid repairs owe is taken, but for the last few; earlier days are closed."""
    agent, rng = User.objects.get(username="agent"), Random(community.code)
    owed = list(Charge.objects.filter(community=community).select_related("community").order_by("raised_at"))
    for charge in owed[:-UNPAID]:
        when = min(charge.raised_at + timedelta(hours=rng.randint(1, 20)), at)
        take(charge, method=rng.choice(METHODS), by=agent, at=when)
    _deposit(community, agent, at)
    for day in open_days(agent, at):
        if day.day < local_day(at) - timedelta(days=1):
            book = book_of(community.pk, agent, day.day)
            counted = {method: Counted(amount) for method, amount in book.items()}
            close_day(community, day=day.day, counted=counted, by=agent, at=at)


def _deposit(community: Community, agent: User, at: datetime) -> None:
    """Of the home of the first demo resident."""
    unit = Unit.objects.get(community=community, code=HOME)
    about = About(community, "unit", unit.pk, "", unit.code, "")
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
