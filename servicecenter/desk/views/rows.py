"""The rows of a list, computed once: a template that only writes them down is what makes long lists quick."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from owners.queries.warranty import Cover, Standing
from repairs.models import Ticket, Trade
from repairs.queries import warranties_of
from servicecenter.lib import marks, words
from servicecenter.lib.clock import LOCAL

EXCERPT = 60
TRADES = dict(Trade.choices)


@dataclass(frozen=True)
class Row:
    """One repair in a list; marks are ready-made HTML."""

    number: str
    url: str
    text: str
    place: str
    trade: str
    technician: str
    status: SafeString
    urgency: SafeString
    deadline: SafeString
    reported: SafeString | str
    flags: str
    warranty: SafeString


def rows(tickets: Iterable[Ticket], *, prefix: str, several: bool) -> list[Row]:
    """`prefix` + number is a row's address; `several`: name the community too."""
    listed = list(tickets)
    covers = warranties_of(listed)
    return [_row(ticket, prefix, several, covers[ticket.pk]) for ticket in listed]


def _row(ticket: Ticket, prefix: str, several: bool, cover: Cover) -> Row:
    place = ticket.where()
    return Row(
        number=ticket.number,
        url=f"{prefix}{ticket.number}",
        text=excerpt(ticket.text),
        place=f"{ticket.community.name} {place}" if several else place,
        trade=str(TRADES.get(ticket.trade, ticket.trade)),
        technician=str(ticket.assignee) if ticket.assignee else "",
        status=marks.status_badge(ticket),
        urgency=marks.urgency_badge(ticket, quiet=True),
        deadline=_deadline(ticket),
        reported=marks.moment(ticket.reported_at),
        flags=_flags(ticket),
        # A list marks what is not the owner's to pay; the reason stands on the case, and in the title.
        warranty=marks.warranty_badge(cover) if cover.state == Standing.IN else marks.NOTHING,
    )


def excerpt(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[: EXCERPT - 1]}…"


def _deadline(ticket: Ticket) -> SafeString:
    """The nearest open promise; how long a hold lasts; nothing for what is done."""
    if ticket.held_at is not None and not ticket.missed_before_hold:
        return marks.deadline(ticket.hold_until, paused_at=ticket.held_at)
    if ticket.next_due_at is None:
        return marks.NOTHING
    return marks.deadline(ticket.next_due_at)


def _flags(ticket: Ticket) -> str:
    said = []
    if ticket.urge_count:
        said.append(
            ngettext("urged once", "urged %(count)s times", ticket.urge_count) % {"count": ticket.urge_count}
        )
    if ticket.rework_count:
        count = ticket.rework_count
        said.append(ngettext("reworked once", "reworked %(count)s times", count) % {"count": count})
    return " · ".join(said)


def clock_words(at: datetime) -> str:
    """A time that is offered on a button: tomorrow 09:30."""
    return words.moment_words(at.astimezone(LOCAL), datetime.now(LOCAL))
