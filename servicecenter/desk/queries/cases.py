"""Everything that the desk shows of one repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from owners.queries.warranty import Cover
from repairs import queries as repairs
from repairs.models import Ticket
from repairs.queries.guide import Button, Step
from repairs.workflow import CLOSED, Status
from servicecenter.accounts.models import Role, User
from servicecenter.desk.queries.station import calls_about
from servicecenter.lib.clock import database_now
from servicecenter.sla.queries import Missed, missed_of
from surveys.models import FollowUp

# Whoever answers at the desk; managers and administrators read the same page without its buttons.
DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
# Sent from the desk's own list of technicians, which knows their trades and today's load.
CHOOSES_TECHNICIAN = frozenset({"dispatch", "reassign"})


@dataclass(frozen=True)
class Deadline:
    """One promise of a repair, as `{% deadline %}` draws it."""

    label: str
    due_at: datetime | None
    met_at: datetime | None
    paused_at: datetime | None
    started_at: datetime | None


@dataclass(frozen=True)
class Case:
    """A repair for the panel and the page."""

    ticket: Ticket
    next_step: repairs.NextStep
    buttons: list[Button]
    way: list[Step]
    deadlines: list[Deadline]
    timeline: list[repairs.Line]
    pictures: list[repairs.Picture]
    duplicates: list[Ticket]
    repeats: list[Ticket]
    calls: list[FollowUp]
    missed: list[Missed]
    warranty: Cover
    visit: repairs.Visit | None
    money: repairs.Money
    at_desk: bool

    @property
    def unclaimed(self) -> bool:
        """A deadline is missed and nobody has taken it on."""
        return any(each.taken is None for each in self.missed)

    @property
    def closed(self) -> bool:
        return self.ticket.status in CLOSED


def case(user: User, number: str, next_url: str) -> Case:
    """The repair with this number; `next_url` is where its buttons lead back to. Refuses `not_found`.

    The number of SQL queries does not depend on how much happened.
    """
    ticket = repairs.case_for(user, number)
    duplicates = _duplicates(ticket, user)
    drawn = buttons(ticket, user, next_url)
    repeats = repairs.repeats(user, unit=ticket.unit, trade=ticket.trade, at=ticket.reported_at)
    return Case(
        ticket=ticket,
        next_step=repairs.next_step(ticket, user),
        buttons=drawn,
        way=repairs.way(ticket),
        deadlines=deadlines(ticket),
        timeline=list(reversed(repairs.timeline(ticket, user))),
        pictures=repairs.pictures(ticket),
        duplicates=duplicates,
        repeats=[each for each in repeats if each not in duplicates],
        calls=calls_about(user, ticket),
        warranty=repairs.warranty_of(ticket),
        visit=repairs.visit_of(ticket, timezone.now(), [button.code for button in drawn]),
        money=repairs.money_of(ticket),
        missed=missed_of(work="repair", case_id=ticket.pk, at=database_now()),
        at_desk=user.role in DESK,
    )


def buttons(ticket: Ticket, user: User, next_url: str) -> list[Button]:
    """What may be done now; sending somebody leads to the desk's list of technicians."""
    own = f"{reverse('desk:dispatch', args=[ticket.number])}?{urlencode({'next': next_url})}"
    return [
        replace(button, url=own) if button.code in CHOOSES_TECHNICIAN else button
        for button in repairs.buttons(ticket, user, next_url)
    ]


def deadlines(ticket: Ticket) -> list[Deadline]:
    """Response and completion of the present round, with what became of them."""
    # A later round began with the rework, not with the report.
    started_at = ticket.reported_at if ticket.rework_count == 0 else None
    ended = ticket.status in (Status.CANCELLED, Status.DUPLICATE)
    promised: Sequence[tuple[str, datetime | None, datetime | None]] = (
        ("respond", ticket.respond_due_at, ticket.responded_at),
        ("complete", ticket.complete_due_at, ticket.completed_at),
    )
    return [
        Deadline(label, due_at, met_at, ticket.held_at, started_at)
        for label, due_at, met_at in promised
        if not ended or met_at is not None
    ]


def _duplicates(ticket: Ticket, user: User) -> list[Ticket]:
    """Open repairs of the same place and trade; of interest only while this one can still be joined with them."""
    if ticket.TABLE.find("mark_duplicate", ticket.status) is None:
        return []
    found = repairs.duplicates(
        user,
        community_id=ticket.community_id,
        unit=ticket.unit,
        building=None if ticket.unit else ticket.building,
        public_area=ticket.public_area,
        trade=ticket.trade,
    )
    return [each for each in found if each.pk != ticket.pk]
