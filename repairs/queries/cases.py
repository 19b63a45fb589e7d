"""One ticket for a page, and the tickets beside it: possible duplicates and repeats."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from owners.models import Building, Unit
from repairs.models import Participant, Place, Ticket
from repairs.triage import similar
from repairs.workflow import Status
from servicecenter.accounts.models import Role, User
from servicecenter.lib.refusals import NotFound

REPEAT_WITHIN = timedelta(days=90)
MOST_HINTS = 5
# Reading alike is weighed in the process, while somebody types: a place has few repairs open at a time.
COMPARED = 20
ALIKE = 0.35
_NUMBER = re.compile(r"[A-Z]{1,2}[0-9]{6}-[A-Z]{0,3}[0-9]{1,9}")
SHOWN = (
    "community",
    "unit",
    "building",
    "reporter",
    "registered_by",
    "agent",
    "assignee",
    "dispatched_by",
    "duplicate_of",
    "outage",
)


def is_number(text: str) -> bool:
    """Whether it may be the number of a repair: not every string may be asked of PostgreSQL (NUL)."""
    return bool(_NUMBER.fullmatch(text.upper()))


def case_for(user: User, number: str) -> Ticket:
    """The ticket with this number and everything its page shows, in one query.

    Refuses `not_found` for a number that does not exist or lies outside the user's scope, alike.
    """
    if not is_number(number):
        raise NotFound
    ticket = Ticket.objects.visible_to(user).select_related(*SHOWN).filter(number=number.upper()).first()
    if ticket is None:
        raise NotFound
    return ticket


def job_to_grab(user: User, number: str) -> Ticket:
    """A job that a technician may take, took, or came too late for: one that a rule opened in a community of theirs.

    Refuses `not_found` for every other, and for everybody else.
    """
    number = number.upper()
    if not _NUMBER.fullmatch(number) or user.role != Role.TECHNICIAN:
        raise NotFound
    opened = Ticket.objects.filter(community__in=user.community_ids, grab_rule__isnull=False)
    ticket = opened.select_related(*SHOWN).filter(number=number).first()
    if ticket is None:
        raise NotFound
    return ticket


def participants_of(ticket: Ticket) -> list[Participant]:
    """Helpers, then observers. Whoever answers for it now stands elsewhere, whatever they were before."""
    return list(ticket.participants.exclude(user=ticket.assignee_id).select_related("user"))


def duplicates(
    user: User,
    *,
    community_id: int,
    unit: Unit | None = None,
    building: Building | None = None,
    public_area: str = "",
    trade: str = "",
    text: str = "",
) -> list[Ticket]:
    """Unfinished repairs of the same place and trade that `user` may see, newest first; five at most, one query.

    With a `text` those that read alike come first, also where somebody took them for another trade: the same wet
    ceiling is plumbing to one and waterproofing to the other. A public area counts as the same place when it has the
    same words, or lies in the same building.
    """
    if unit is None and building is None and not public_area:
        return []
    tickets = Ticket.objects.visible_to(user).unfinished().filter(community_id=community_id)
    if trade and not text:
        tickets = tickets.filter(trade=trade)
    if unit is not None:
        return _alike(tickets.filter(unit=unit), trade, text)
    same = Q(building=building) if building is not None else Q()
    if public_area:
        same |= Q(public_area__icontains=public_area)
    return _alike(tickets.filter(same, place=Place.PUBLIC), trade, text)


def _alike(tickets: QuerySet[Ticket], trade: str, text: str) -> list[Ticket]:
    """The newest of the trade, or that read like the text; the most alike first."""
    if not text:
        return _few(tickets)
    newest = list(tickets.select_related("assignee").order_by("-id")[:COMPARED])
    likeness = dict(similar(text, ((ticket.pk, ticket.text) for ticket in newest), ALIKE))
    found = [ticket for ticket in newest if not trade or ticket.trade == trade or ticket.pk in likeness]
    return sorted(found, key=lambda ticket: (-likeness.get(ticket.pk, 0.0), -ticket.pk))[:MOST_HINTS]


def repeats(user: User, *, unit: Unit | None, trade: str, at: datetime) -> list[Ticket]:
    """重复报修: repairs of the same unit and trade reported within 90 days before `at`; five at most."""
    if unit is None or not trade:
        return []
    earlier = Ticket.objects.visible_to(user).filter(
        unit=unit, trade=trade, reported_at__lt=at, reported_at__gte=at - REPEAT_WITHIN
    )
    return _few(earlier.exclude(status__in=[Status.CANCELLED, Status.DUPLICATE]))


def _few(tickets: QuerySet[Ticket]) -> list[Ticket]:
    return list(tickets.select_related("assignee").order_by("-id")[:MOST_HINTS])
