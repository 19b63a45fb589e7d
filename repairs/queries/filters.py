"""Narrowing a list of repairs: what the API's parameters mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from owners.queries.patterns import like, literal, read
from owners.queries.search import LAST_DIGITS, LEADING_DIGITS
from repairs.models import Ticket, TicketQuerySet, counting
from servicecenter.accounts.models import Role, User

# The trigram index answers from three characters on; shorter words are looked for in the latest repairs only,
# so that one rare character never reads the whole history.
INDEXED_FROM = 3
LATEST = 5000
# Words for `assignee` that are no user name.
ME, NOBODY = "me", "none"


def narrowed(
    tickets: TicketQuerySet, user: User, wanted: Mapping[str, Any], *, at: datetime
) -> TicketQuerySet:
    """`tickets` (already those that `user` may see) with every filter of `wanted` applied; unknown names are left out.

    A community, building or person out of scope simply has no tickets here.
    """
    for name, narrow in FILTERS.items():
        if name in wanted:
            tickets = narrow(tickets, wanted[name])
    if "assignee" in wanted:
        tickets = tickets.filter(_assigned(wanted["assignee"], user))
    if "overdue" in wanted:
        late = counting(next_due_at__lt=at)
        tickets = tickets.filter(late) if wanted["overdue"] else tickets.exclude(late)
    if "search" in wanted:
        tickets = matching(tickets, wanted["search"], people=user.role in (Role.AGENT, Role.SUPERVISOR))
    return tickets


Narrow = Callable[[TicketQuerySet, Any], TicketQuerySet]
FILTERS: Mapping[str, Narrow] = {
    "status": lambda tickets, value: tickets.filter(status__in=value),
    "trade": lambda tickets, value: tickets.filter(trade__in=value),
    "urgency": lambda tickets, value: tickets.filter(urgency=value),
    "community": lambda tickets, value: tickets.filter(community__code=value.upper()),
    "building": lambda tickets, value: tickets.filter(building=value),
    "unit": lambda tickets, value: tickets.filter(unit=value),
    # A promise that is met or paused is not due.
    "due_before": lambda tickets, value: tickets.overdue(value),
    "created_after": lambda tickets, value: tickets.filter(reported_at__gte=value),
    "created_before": lambda tickets, value: tickets.filter(reported_at__lt=value),
}


def _assigned(who: str, user: User) -> Q:
    if who == ME:
        return Q(assignee=user)
    if who == NOBODY:
        return Q(assignee=None)
    named = Q(assignee__username=who)
    return named | Q(assignee=int(who)) if who.isascii() and who.isdigit() and len(who) < 19 else named


def matching(tickets: TicketQuerySet, text: str, *, people: bool = True) -> TicketQuerySet:
    """Those of `tickets` that `text` (cleaned, at most 100 characters) may mean, without their order.

    `people=False`: by number, place and words only. Whoever sees names and numbers masked must not find them out
    by searching.
    """
    asked = read(text)
    if len(text) < INDEXED_FROM and not asked.digits:
        latest = tickets.order_by("-id").values("pk")[:LATEST]
        tickets = Ticket.objects.filter(pk__in=latest)
    return tickets.filter(about(text, people=people))


def about(text: str, *, people: bool = True) -> Q:
    """Repairs that `text` (cleaned, at most 100 characters) may mean: a number, a phone, a place, words."""
    asked = read(text)
    if asked.number:
        return like("number", literal(asked.number))
    if asked.phone and people:
        return like("contact_phone", literal(asked.phone))
    place = like("address", *asked.units)
    if asked.digits:
        ends = like("number", f"%{asked.digits}")
        # More than what a masked number shows would tell whether a guessed digit is right.
        if people and len(asked.digits) == LAST_DIGITS:
            ends |= like("contact_phone", f"%{asked.digits}")
        elif people and len(asked.digits) >= LEADING_DIGITS:
            ends |= like("contact_phone", f"{asked.digits}%")
        return place | ends if len(asked.digits) >= LAST_DIGITS else place
    anywhere = f"%{literal(asked.text)}%"
    words = place | like("text", anywhere) | like("number", anywhere)
    return words | like("reporter_name", anywhere) if people else words
