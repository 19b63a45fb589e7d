"""Where a job stands that a phone without signal knew otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from repairs.models import Ticket
from repairs.queries.cases import case_for, is_number
from repairs.queries.story import Line, changed_since
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound


@dataclass(frozen=True)
class Present:
    """How a job stands now, for a phone that thought otherwise. `mine`: whether its reader still has it."""

    ticket: Ticket
    mine: bool
    meanwhile: list[Line]


def job_or_former(user: User, number: str) -> tuple[Ticket, bool]:
    """The job with this number that is the user's, or was sent to them once, and whether it still is theirs.

    Refuses `not_found` for every other one.
    """
    try:
        return case_for(user, number), True
    except NotFound:
        if not is_number(number):
            raise
        former = Ticket.objects.filter(community__in=user.community_ids, number=number.upper())
        ticket = former.select_related("assignee").first()
        if ticket is None or not _was_sent(ticket, user):
            raise
        return ticket, False


def _was_sent(ticket: Ticket, user: User) -> bool:
    sent = ticket.events().filter(action__in=("dispatch", "grab", "reassign"), data__technician=user.pk)
    return sent.exists()


def present(ticket: Ticket, user: User, *, mine: bool, seen: int | None) -> Present:
    """What a refused step is shown beside: what others did since the version that the phone had `seen`."""
    return Present(ticket, mine, changed_since(ticket, user, seen) if mine else [])
