"""Who has how much on which day: technicians down, days across."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import formats

from repairs.models import Ticket, TicketQuerySet
from repairs.workflow import WITH_WORKER, Status
from servicecenter.accounts.models import Community, Role, User
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.lib.clock import LOCAL, local_day, start_of_day

DAYS = 5
# A column is looked at, not read to the end.
MOST = 60


@dataclass(frozen=True)
class Card:
    """One job on the board."""

    ticket: Ticket
    window: str
    overdue: bool


@dataclass(frozen=True)
class Cell:
    """One day of one technician: the visits that begin on it, the hours they take, and the roster's word."""

    day: date
    cards: Sequence[Card]
    hours: float
    duty: str

    @property
    def away(self) -> bool:
        return self.duty == DutyKind.AWAY


@dataclass(frozen=True)
class Row:
    """One technician. `unplanned`: open jobs without a visit on one of the days shown or later."""

    user: User
    cells: Sequence[Cell]
    unplanned: Sequence[Card]
    later: int
    open: int
    overdue: int


@dataclass(frozen=True)
class Board:
    """The workload of a community over a few days; `waiting`: what nobody has yet."""

    community: Community
    days: Sequence[date]
    rows: Sequence[Row]
    waiting: Sequence[Card]

    @property
    def before(self) -> date:
        return self.days[0] - timedelta(days=DAYS)

    @property
    def after(self) -> date:
        return self.days[0] + timedelta(days=DAYS)


def workload(community: Community, first: date, at: datetime) -> Board:
    """Technicians of a community with their open jobs from `first` on; four queries for any number of both."""
    days = [first + timedelta(days=number) for number in range(DAYS)]
    people = list(User.objects.staff_of([community.pk], Role.TECHNICIAN).order_by("name", "id"))
    here = Ticket.objects.filter(community=community)
    jobs: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in _open_jobs(here, people):
        jobs[ticket.assignee_id or 0].append(ticket)
    duties = _duties(people, days)
    waiting = here.waiting_for_dispatch().order_by("next_due_at", "id")[:MOST]
    return Board(
        community=community,
        days=days,
        rows=[_row(person, jobs[person.pk], days, duties, at) for person in people],
        waiting=[_card(ticket, at) for ticket in waiting],
    )


def _open_jobs(here: TicketQuerySet, people: Iterable[User]) -> Iterable[Ticket]:
    statuses = [*WITH_WORKER, Status.ON_HOLD]
    return here.filter(assignee__in=people, status__in=statuses).order_by(
        "appointment_start", "next_due_at", "id"
    )


def _duties(people: Sequence[User], days: Sequence[date]) -> Mapping[tuple[int, date], str]:
    """Engineering shifts and absences, by person and day on which they begin or into which they reach."""
    start, end = start_of_day(days[0]), start_of_day(days[-1] + timedelta(days=1))
    shifts = DutyShift.objects.filter(
        user__in=people, kind__in=[DutyKind.ENGINEERING, DutyKind.AWAY], starts_at__lt=end, ends_at__gt=start
    )
    found: dict[tuple[int, date], str] = {}
    for shift in shifts.order_by("starts_at"):
        for day in days:
            if shift.starts_at < start_of_day(day + timedelta(days=1)) and shift.ends_at > start_of_day(day):
                found.setdefault((shift.user_id, day), shift.kind)
    return found


def _row(
    person: User,
    tickets: Sequence[Ticket],
    days: Sequence[date],
    duties: Mapping[tuple[int, date], str],
    at: datetime,
) -> Row:
    by_day: dict[date, list[Ticket]] = defaultdict(list)
    unplanned, later = [], 0
    for ticket in tickets:
        day = local_day(ticket.appointment_start) if ticket.appointment_start else None
        if day is None or day < days[0]:
            unplanned.append(ticket)
        elif day > days[-1]:
            later += 1
        else:
            by_day[day].append(ticket)
    cells = [_cell(day, by_day[day], duties.get((person.pk, day), ""), at) for day in days]
    return Row(
        user=person,
        cells=cells,
        unplanned=[_card(ticket, at) for ticket in unplanned],
        later=later,
        open=len(tickets),
        overdue=sum(ticket.is_overdue(at) for ticket in tickets),
    )


def _cell(day: date, tickets: Sequence[Ticket], duty: str, at: datetime) -> Cell:
    spans = [
        ticket.appointment_end - ticket.appointment_start
        for ticket in tickets
        if ticket.appointment_start and ticket.appointment_end
    ]
    hours = round(sum(spans, timedelta()).total_seconds() / 3600, 1)
    return Cell(day, [_card(ticket, at) for ticket in tickets], hours, duty)


def _card(ticket: Ticket, at: datetime) -> Card:
    start, end = ticket.appointment_start, ticket.appointment_end
    window = ""
    if start and end:
        window = "–".join(formats.date_format(each.astimezone(LOCAL), "H:i") for each in (start, end))
    return Card(ticket, window, ticket.is_overdue(at))
