"""Narrowing a list of complaints or inquiries: what the parameters of the API and of pages mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from complaints.models import Complaint
from complaints.workflow import UNFINISHED
from owners.queries.patterns import like, literal, read
from owners.queries.search import LAST_DIGITS
from servicecenter.accounts.models import Role, User

ME, NOBODY = "me", "none"
# Whoever answers for the resident searches by name and number; others must not find these out.
KNOWS_PEOPLE = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})

Narrow = Callable[[Any, Any], Any]
FILTERS: Mapping[str, Narrow] = {
    "status": lambda rows, value: rows.filter(status__in=value),
    "type": lambda rows, value: rows.filter(type__in=value),
    "level": lambda rows, value: rows.filter(level__in=value),
    "kind": lambda rows, value: rows.filter(kind__in=value),
    "community": lambda rows, value: rows.filter(community__code=value.upper()),
    "building": lambda rows, value: rows.filter(building=value),
    "unit": lambda rows, value: rows.filter(unit=value),
    "created_after": lambda rows, value: rows.filter(received_at__gte=value),
    "created_before": lambda rows, value: rows.filter(received_at__lt=value),
    "public": lambda rows, value: rows.filter(public=value),
}


def narrowed(rows: Any, user: User, wanted: Mapping[str, Any], *, at: datetime) -> Any:
    """`rows` (already those that `user` may see) with every filter of `wanted` applied; unknown names are left out."""
    for name, narrow in FILTERS.items():
        if name in wanted:
            rows = narrow(rows, wanted[name])
    if "handler" in wanted:
        rows = rows.filter(_handled(wanted["handler"], user))
    if "overdue" in wanted:
        late = Q(next_due_at__lt=at)
        if rows.model is Complaint:
            late &= Q(status__in=UNFINISHED)
        rows = rows.filter(late) if wanted["overdue"] else rows.exclude(late)
    if "search" in wanted:
        rows = rows.filter(about(wanted["search"], people=user.role in KNOWS_PEOPLE))
    return rows


def _handled(who: str, user: User) -> Q:
    if who == ME:
        return Q(handler=user)
    return Q(handler=None) if who == NOBODY else Q(handler__username=who)


def about(text: str, *, people: bool) -> Q:
    """Cases that `text` (cleaned, at most 100 characters) may mean: a number, a phone, a place, words."""
    asked = read(text)
    if asked.phone and people:
        return like("contact_phone", literal(asked.phone))
    anywhere = f"%{literal(asked.text)}%"
    found = like("number", anywhere) | like("text", anywhere) | like("place", anywhere)
    if asked.units:
        found |= like("unit__code", *asked.units)
    if people:
        found |= like("reporter_name", anywhere)
        if asked.digits and len(asked.digits) == LAST_DIGITS:
            found |= like("contact_phone", f"%{asked.digits}")
    return found
