"""When somebody comes: what is agreed and offered, as pages show it, and when a technician is free."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import formats
from django.utils.translation import gettext

from repairs.models import Appointment, Offers, Ticket, WindowState
from repairs.queries.said import window_words
from repairs.workflow import BEFORE_WORK, Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import LOCAL

Span = tuple[datetime, datetime]

# While one of these holds, there may be something to agree.
AGREEABLE = (*BEFORE_WORK, Status.ON_HOLD, Status.REWORK)
# A long window that the resident offered is chosen by the hour: one visit need not take a whole morning.
PART = timedelta(hours=1)
WHOLE = timedelta(minutes=90)
# Who says “on my way” earlier than this means another appointment.
EARLIEST_START = timedelta(hours=4)
# Somebody may still be in the shower: nobody is noted absent at the first ring.
PATIENCE = timedelta(minutes=10)
_CHOICE = re.compile(r"([0-9]{1,18})(?::([0-9T:-]{16})/([0-9T:-]{16}))?")


@dataclass(frozen=True)
class Option:
    """One thing to choose: what the form sends, and what the button says."""

    value: str
    label: str


@dataclass(frozen=True)
class Offer:
    """An offered window with what can be chosen of it; nothing where the engineer is elsewhere all the time."""

    words: str
    options: list[Option]


@dataclass(frozen=True)
class Visit:
    """The part of a page about the appointment."""

    agreed: str
    on_way: str
    offers: list[Offer]
    from_us: bool
    # The action that answers the offers, for whoever may ('' for whoever waits).
    answer: str
    may_set_out: bool
    version: int

    @property
    def is_empty(self) -> bool:
        """Nothing to show and nothing to do."""
        return not (self.agreed or self.offers or self.may_set_out)


def visit_of(ticket: Ticket, now: datetime, codes: Sequence[str]) -> Visit | None:
    """What is agreed and offered, and what a reader with the buttons `codes` may answer; two queries at most, none
    where the work has begun."""
    if ticket.status not in AGREEABLE:
        return None
    rows = list(ticket.appointments.live().select_related("technician"))
    agreed = next((row for row in rows if row.state == WindowState.AGREED), None)
    answer = next((code for code in ("choose-window", "accept-window") if code in codes), "")
    taken = _taken(ticket, rows, now) if answer == "choose-window" else ()
    start, end = ticket.appointment_start, ticket.appointment_end
    return Visit(
        agreed=window_words(start, end) if start and end else "",
        on_way=_on_way(agreed, now),
        offers=[_offer(row, now, taken, by_hour=answer == "choose-window") for row in _open(rows, now)],
        from_us=ticket.windows_from == Offers.US,
        answer=answer,
        may_set_out="on-way" in codes,
        version=ticket.version,
    )


def opens_at(ticket: Ticket, action: str) -> datetime | None:
    """From when a step about the agreed time makes sense; None where there is nothing to wait for."""
    start, end = ticket.appointment_start, ticket.appointment_end
    if start is None or end is None:
        return None
    return {"on_way": start - EARLIEST_START, "nobody_home": start + PATIENCE, "nobody_came": end}.get(action)


def choices_for(ticket: Ticket, now: datetime) -> list[tuple[str, str]]:
    """What can be chosen of the offered times, as choices of a form."""
    ours = ticket.windows_from == Offers.RESIDENT
    rows = list(ticket.appointments.offered())
    taken = _taken(ticket, rows, now) if ours else ()
    offers = [_offer(row, now, taken, by_hour=ours) for row in _open(rows, now)]
    return [
        (
            option.value,
            offer.words if number == 0 and ":" not in option.value else f"{offer.words} · {option.label}",
        )
        for offer in offers
        for number, option in enumerate(offer.options)
    ]


def read_choice(value: str) -> tuple[int, Span | None] | None:
    """What an option stands for: a window and, for a part of it, from when until when; None for anything else."""
    found = _CHOICE.fullmatch(value)
    if found is None:
        return None
    if not found[2]:
        return int(found[1]), None
    try:
        start, end = (datetime.fromisoformat(each).replace(tzinfo=LOCAL) for each in (found[2], found[3]))
    except ValueError:
        return None
    return int(found[1]), (start, end)


def busy_spans(technician_id: int | None, now: datetime) -> list[Span]:
    """When somebody is agreed to be somewhere, from now on."""
    rows = Appointment.objects.agreed().filter(technician=technician_id, ends_at__gt=now)
    return list(rows.values_list("starts_at", "ends_at"))


def free_start(technician: User, start: datetime, length: timedelta, until: datetime) -> datetime | None:
    """The first instant from `start` on, before `until`, from which the technician is free for `length`."""
    for begins, ends in sorted(busy_spans(technician.pk, start)):
        if begins < start + length and ends > start:
            start = ends
    return start if start < until else None


def _open(rows: Sequence[Appointment], now: datetime) -> Iterator[Appointment]:
    return (row for row in rows if row.state == WindowState.OFFERED and row.ends_at > now)


def _taken(ticket: Ticket, rows: Sequence[Appointment], now: datetime) -> list[Span]:
    """When the engineer is with somebody else; not asked where nothing is offered."""
    if not any(_open(rows, now)):
        return []
    elsewhere = Appointment.objects.agreed().filter(~Q(ticket=ticket), technician=ticket.assignee_id)
    return list(elsewhere.filter(ends_at__gt=now).values_list("starts_at", "ends_at"))


def _offer(row: Appointment, now: datetime, taken: Sequence[Span], *, by_hour: bool) -> Offer:
    whole = (row.starts_at, row.ends_at)
    options = []
    if not by_hour or _free(whole, taken):
        label = gettext("This time") if not by_hour else gettext("The whole time")
        options.append(Option(str(row.pk), label))
    if by_hour and row.ends_at - row.starts_at > WHOLE:
        options += [_part(row, span) for span in _hours(row, now) if _free(span, taken)]
    return Offer(window_words(*whole), options)


def _hours(row: Appointment, now: datetime) -> Iterator[Span]:
    start = row.starts_at
    while start + PART <= row.ends_at:
        if start > now:
            yield start, start + PART
        start += PART


def _part(row: Appointment, span: Span) -> Option:
    start, end = (each.astimezone(LOCAL) for each in span)
    value = f"{row.pk}:{start:%Y-%m-%dT%H:%M}/{end:%Y-%m-%dT%H:%M}"
    return Option(value, f"{formats.date_format(start, 'H:i')}–\u2060{formats.date_format(end, 'H:i')}")


def _free(span: Span, taken: Sequence[Span]) -> bool:
    return not any(start < span[1] and end > span[0] for start, end in taken)


def _on_way(agreed: Appointment | None, now: datetime) -> str:
    if agreed is None or agreed.expected_at is None:
        return ""
    clock = formats.date_format(agreed.expected_at.astimezone(LOCAL), "H:i")
    return gettext("%(engineer)s is on the way, there at about %(clock)s.") % {
        "engineer": agreed.technician,
        "clock": clock,
    }
