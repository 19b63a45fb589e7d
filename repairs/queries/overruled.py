"""How often people overruled what the program proposed, and the repairs where they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from repairs.models import Ticket, Trade, TriageExample, Urgency
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.lib.pages import Page, page_of

OTHER_TRADE = ~Q(trade=F("proposed_trade"))
OTHER_URGENCY = ~Q(urgency=F("proposed_urgency"))
RAISED = Q(proposed_urgency=Urgency.NORMAL, urgency=Urgency.EMERGENCY)
LOWERED = Q(proposed_urgency=Urgency.EMERGENCY, urgency=Urgency.NORMAL)
ORDER = ("-id",)
SHOWN = 25


@dataclass(frozen=True)
class Share:
    """Proposals of one trade ('' for all together): how many, and how many of them people overruled."""

    trade: str
    proposed: int
    other_trade: int
    raised: int
    lowered: int

    @property
    def label(self) -> str:
        return str(Trade(self.trade).label) if self.trade else ""

    @property
    def percent(self) -> float:
        """Other trades ÷ proposals, in percent."""
        return 100 * self.other_trade / self.proposed if self.proposed else 0.0


@dataclass(frozen=True)
class Wrong:
    """A repair whose proposal somebody overruled, who that was, and whether it is an example already."""

    ticket: Ticket
    who: str
    at: datetime
    taught: bool


def shares(user: User, *, since: datetime) -> list[Share]:
    """The proposals for repairs reported since then, all together first, then by proposed trade; one query."""
    rows = (
        _proposed(user, since)
        .values("proposed_trade")
        .annotate(
            proposed=Count("id"),
            other_trade=Count("id", filter=OTHER_TRADE),
            raised=Count("id", filter=RAISED),
            lowered=Count("id", filter=LOWERED),
        )
        .order_by("-proposed", "proposed_trade")
    )
    found = [
        Share(row["proposed_trade"], row["proposed"], row["other_trade"], row["raised"], row["lowered"])
        for row in rows
    ]
    sums = (
        sum(getattr(each, name) for each in found)
        for name in ("proposed", "other_trade", "raised", "lowered")
    )
    return [Share("", *sums), *found]


def wrong(user: User, *, since: datetime, trade: str = "", cursor: str = "") -> Page[Ticket]:
    """Repairs with an overruled proposal, newest first, of one proposed trade if it is named."""
    tickets = _proposed(user, since).filter(OTHER_TRADE | OTHER_URGENCY)
    if trade in Trade.values:
        tickets = tickets.filter(proposed_trade=trade)
    return page_of(tickets.select_related("registered_by"), order=ORDER, cursor=cursor, size=SHOWN)


def told(tickets: list[Ticket]) -> list[Wrong]:
    """Who decided otherwise: whoever corrected it last, or else whoever reported it so; two queries for any number."""
    ids = [ticket.pk for ticket in tickets]
    events = Event.objects.filter(work="repair", case_id__in=ids, action="classify").order_by("id")
    corrected = {event.case_id: event for event in events}
    taught = set(TriageExample.objects.filter(ticket__in=ids).values_list("ticket_id", flat=True))
    lines = []
    for ticket in tickets:
        event = corrected.get(ticket.pk)
        who = event.by_name if event else str(ticket.registered_by or "")
        at = event.at if event else ticket.reported_at
        lines.append(Wrong(ticket, who, at, ticket.pk in taught))
    return lines


def _proposed(user: User, since: datetime) -> QuerySet[Ticket]:
    return Ticket.objects.visible_to(user).filter(reported_at__gte=since).exclude(proposed_trade="")
