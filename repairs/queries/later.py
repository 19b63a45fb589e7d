"""Which steps were reported later than they happened, and what the timeline says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from repairs.models import Ticket
from repairs.workflow import TABLE
from servicecenter.audit.models import Event
from servicecenter.lib import words

REPORTED_LATER = "reported_later"
# They move no job: what an engineer did before a colleague corrected the trade may come after it.
BESIDE = TABLE.asides | {"classify"}


@dataclass(frozen=True)
class Later:
    """A step that was heard of at `heard_at`, although it had happened at `happened_at`."""

    happened_at: datetime
    heard_at: datetime


def later_steps(events: Iterable[Event]) -> Mapping[int, Later]:
    """Those among the events of a case that were reported later, by the id of the step's event."""
    found = {}
    for event in events:
        if event.action != REPORTED_LATER:
            continue
        happened_at = parse_datetime(event.data["happened_at"])
        if happened_at is not None:
            found[int(event.data["event"])] = Later(happened_at, event.at)
    return found


def later_words(event: Event, later: Later) -> str:
    """Under a step of the timeline, for colleagues."""
    now = timezone.now()
    if event.at == later.happened_at:
        return gettext("Reported later: %(when)s") % {"when": words.moment_words(later.heard_at, now)}
    return gettext("Done on the phone: %(when)s") % {"when": words.moment_words(later.happened_at, now)}


def step_before(ticket: Ticket) -> datetime:
    """When the latest step of the ticket happened; what moves no job (notes, corrections) does not count. Two
    queries."""
    steps = ticket.events().exclude(to_status="").exclude(action__in=BESIDE)
    last = steps.last()
    if last is None:
        return ticket.reported_at
    told = ticket.events().filter(action=REPORTED_LATER, id__gt=last.pk)
    later = later_steps(told).get(last.pk)
    return later.happened_at if later else last.at
