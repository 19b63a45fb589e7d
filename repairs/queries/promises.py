"""What was promised for a repair, and why its deadlines are what they are, in words."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from repairs.models import Ticket
from repairs.queries.later import REPORTED_LATER, later_steps, later_words
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.cases.clocks import ClockStory
from servicecenter.cases.clocks import clock_stories as stories_of
from servicecenter.lib import words


def clock_stories(ticket: Ticket, user: User, at: datetime) -> list[ClockStory]:
    """The explanation of every deadline of a ticket, with what was reported later from a phone, for colleagues."""
    told = later_steps(ticket.events().filter(action=REPORTED_LATER)) if user.is_employee else {}
    later = {each.happened_at: each for each in told.values()}

    def also(event: Event) -> str:
        return later_words(event, later[event.at]) if event.at in later else ""

    return stories_of(ticket, user, at, also)


def resolution_words(ticket: Ticket) -> list[tuple[str, str]]:
    """How long it took until it was first done and, after a rework, until it was done for good."""
    if ticket.first_completed_at is None:
        return []
    first = (ticket.first_completed_at - ticket.reported_at).total_seconds()
    found = [(gettext("First completed after"), words.duration_words(first))]
    if ticket.rework_count and ticket.completed_at is not None:
        total = (ticket.completed_at - ticket.reported_at).total_seconds()
        found.append((gettext("Completed for good after"), words.duration_words(total)))
    return found


def promise_words(ticket: Ticket) -> str:
    """What the reporter is promised right after the report: by when somebody contacts them."""
    if ticket.respond_due_at is None:
        return gettext("We will contact you.")
    when = words.moment_words(ticket.respond_due_at, timezone.now())
    if ticket.is_emergency:
        return gettext("This is urgent: we will call you by %(when)s.") % {"when": when}
    return gettext("We will contact you by %(when)s.") % {"when": when}
