"""What a cashier booked on a day, by method; which days wait to be closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Sum

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.models import METHODS, CashUp, Entry, EntryKind, Line
from servicecenter.lib.clock import local_day


def book_of(community_id: int, agent: User, day: date) -> dict[str, Decimal]:
    """What the book says of each method that `agent` moved money by on `day`; empty for a day without money."""
    lines = Line.objects.filter(
        entry__in=Entry.objects.of_day(community_id=community_id, agent=agent, day=day).exclude(
            kind=EntryKind.DIFFERENCE
        ),
        account__in=METHODS,
    )
    return dict(lines.values_list("account").annotate(sum=Sum("amount")))


@dataclass(frozen=True)
class OpenDay:
    """A day of a community on which money moved and that its cashier has not closed."""

    community: Community
    day: date
    entries: int
    amount: Decimal


def open_days(user: User, at: datetime) -> list[OpenDay]:
    """One's own days that wait to be closed, the oldest first; three queries."""
    closed = set(CashUp.objects.filter(agent=user).values_list("community", "day"))
    rows = (
        Line.objects.filter(
            entry__cashier=user,
            entry__day__lte=local_day(at),
            entry__community__in=user.community_ids,
            account__in=METHODS,
        )
        .exclude(entry__kind=EntryKind.DIFFERENCE)
        .values_list("entry__community", "entry__day")
        .annotate(entries=Count("entry", distinct=True), amount=Sum("amount"))
        .order_by("entry__day", "entry__community")
    )
    known = Community.objects.in_bulk(user.community_ids)
    return [
        OpenDay(known[community_id], day, entries, amount)
        for community_id, day, entries, amount in rows
        if (community_id, day) not in closed
    ]
