"""Appointments as the desk reads them: a day's visits, what waits for an answer, what was missed, who is punctual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch

from repairs.models import Appointment, Offers, Ticket, WindowState
from repairs.models.appointments import AppointmentQuerySet
from repairs.queries.punctuality import Punctuality, punctuality
from repairs.queries.said import window_words
from repairs.queries.visits import AGREEABLE
from servicecenter.accounts.models import User
from servicecenter.lib.clock import end_of_day, start_of_day

W = WindowState
# What somebody of the desk may still have to see to.
MISSED_SINCE = timedelta(days=14)
FIGURES_SINCE = timedelta(days=30)
MOST = 200


@dataclass(frozen=True)
class Row:
    """One window in a list: of which repair, in words, and whether it needs somebody."""

    appointment: Appointment
    words: str
    late: bool

    @property
    def ticket(self) -> Ticket:
        """The repair that it belongs to."""
        return self.appointment.ticket

    @property
    def status(self) -> str:
        """How the window stands, for its badge."""
        return self.appointment.state

    def get_status_display(self) -> str:
        """The same in words."""
        return str(WindowState(self.appointment.state).label)


@dataclass(frozen=True)
class Waiting:
    """A repair whose offered times wait for an answer."""

    ticket: Ticket
    windows: list[str]
    ours: bool


def visits_on(user: User, day: date, now: datetime) -> list[Row]:
    """The agreed windows of a day, in their order; one query."""
    rows = _of(user).filter(ends_at__gt=start_of_day(day), starts_at__lt=end_of_day(day))
    kept = rows.filter(state__in=[W.AGREED, W.KEPT, W.MISSED_BY_TECHNICIAN, W.MISSED_BY_RESIDENT])
    return [_row(each, now) for each in kept.order_by("starts_at", "id")[:MOST]]


def missed_lately(user: User, now: datetime) -> list[Row]:
    """Visits that came to nothing in the last fortnight, and those that are over without anybody having come; the
    latest first; one query."""
    rows = _of(user).filter(ends_at__gt=now - MISSED_SINCE, ends_at__lte=now)
    lost = rows.filter(state__in=[W.AGREED, W.MISSED_BY_TECHNICIAN, W.MISSED_BY_RESIDENT])
    return [_row(each, now) for each in lost.order_by("-ends_at", "-id")[:MOST]]


def waiting(user: User, now: datetime) -> list[Waiting]:
    """Repairs whose offered times nobody has answered, ours to answer first, the longest wait first; two queries."""
    offered = Prefetch("appointments", Appointment.objects.offered().filter(ends_at__gt=now), to_attr="open")
    tickets = Ticket.objects.visible_to(user).filter(status__in=AGREEABLE).exclude(windows_from="")
    found = tickets.select_related("assignee", "community").prefetch_related(offered)
    return [
        Waiting(
            ticket,
            [window_words(each.starts_at, each.ends_at) for each in ticket.open],  # type: ignore[attr-defined]
            ticket.windows_from == Offers.RESIDENT,
        )
        for ticket in found.order_by("windows_from", "id")[:MOST]
    ]


def figures(user: User, now: datetime) -> list[Punctuality]:
    """How well the appointments of the last thirty days were kept, by technician."""
    return punctuality(user.community_ids, since=now - FIGURES_SINCE, until=now, now=now)


def _of(user: User) -> AppointmentQuerySet:
    rows = Appointment.objects.filter(community__in=user.community_ids, agreed_at__isnull=False)
    return rows.select_related("ticket__community", "technician")


def _row(row: Appointment, now: datetime) -> Row:
    late = row.state == W.AGREED and row.ends_at <= now
    return Row(row, window_words(row.starts_at, row.ends_at), late or row.state == W.MISSED_BY_TECHNICIAN)
