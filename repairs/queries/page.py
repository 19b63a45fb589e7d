"""Everything that the page of one repair shows, on whichever face."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from owners.queries.warranty import Cover
from repairs.models import Participant, Ticket
from repairs.queries.cases import case_for, participants_of
from repairs.queries.guide import Button, Step, buttons, way
from repairs.queries.money import Money, money_of
from repairs.queries.next_steps import NextStep, next_step
from repairs.queries.pictures import Picture, pictures
from repairs.queries.said import price_words, window_words
from repairs.queries.story import Line, timeline
from repairs.queries.visits import Visit, visit_of
from repairs.queries.warranty import warranty_of
from servicecenter.accounts.models import User


@dataclass(frozen=True)
class CasePage:
    """One repair as `templates/repairs/_*.html` read it (under the name `case`)."""

    ticket: Ticket
    staff: bool
    next: NextStep
    buttons: list[Button]
    way: list[Step]
    lines: list[Line]
    photos: list[Picture]
    windows: list[str]
    appointment: str
    price: str
    warranty: Cover
    visit: Visit | None
    beside: list[Participant]
    money: Money


def case_page(user: User, number: str, next_url: str = "") -> CasePage:
    """The page of the ticket with this number, about fifteen queries whatever its history; refuses `not_found`.

    `next_url`: where an action of this page leads back to; '' means the case page of the reader's own face.
    """
    ticket = case_for(user, number)
    start, end = ticket.appointment_start, ticket.appointment_end
    drawn = buttons(ticket, user, next_url)
    return CasePage(
        ticket=ticket,
        staff=user.is_employee,
        next=next_step(ticket, user),
        buttons=drawn,
        way=way(ticket),
        lines=timeline(ticket, user),
        photos=pictures(ticket),
        windows=list(windows_words(ticket.preferred_windows)),
        appointment=window_words(start, end) if start and end else "",
        price=price_words(ticket.price),
        warranty=warranty_of(ticket),
        visit=visit_of(ticket, timezone.now(), [button.code for button in drawn]),
        beside=participants_of(ticket) if user.is_employee else [],
        money=money_of(ticket),
    )


def windows_words(windows: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """Preferred times in words; an entry that is no pair of instants is left out."""
    for window in windows:
        start, end = _instant(window, "start"), _instant(window, "end")
        if start and end:
            yield window_words(start, end)


def _instant(window: Mapping[str, Any], name: str) -> datetime | None:
    value = window.get(name)
    return parse_datetime(value) if isinstance(value, str) else None
