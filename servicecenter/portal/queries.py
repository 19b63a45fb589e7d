"""What a resident sees: present homes, what is open there, own record, and who looked at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from owners.models import Occupancy, Person, Unit, Vehicle
from owners.queries.wards import wards_of
from owners.workflow import Field
from repairs.models import Offers, Ticket, TicketQuerySet
from repairs.queries import NextStep, next_step
from repairs.workflow import CLOSED, Status
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.models import AccessLog
from servicecenter.lib.pages import Page, page_of

MOST_OPEN = 20
# The resident's own turn: nothing goes on before they answer.
YOUR_TURN = (Status.PLAN_PROPOSED, Status.COMPLETED)
# Here a time that we offered can be accepted.
CHOOSING = (Status.DISPATCHED, Status.CONTACTED, Status.SCHEDULED)
# Nothing is left to do for the resident; the follow-up call comes by itself.
DONE = (Status.CONFIRMED, Status.FOLLOWED_UP, *CLOSED)


@dataclass(frozen=True)
class Dwelling:
    """A unit that the resident lives in or owns now, and as what."""

    unit: Unit
    role: str
    since: datetime


@dataclass(frozen=True)
class Home:
    """The resident's units in one community: what a page of the portal is about."""

    community: Community
    dwellings: list[Dwelling]

    @property
    def units(self) -> list[Unit]:
        """The units, in the order of their codes."""
        return [dwelling.unit for dwelling in self.dwellings]

    @property
    def name(self) -> str:
        """The unit codes in one line."""
        return " · ".join(unit.code for unit in self.units)


def homes_of(user: User) -> list[Home]:
    """The homes of current occupancies, one per community; one query. A past resident has none."""
    rows = (
        Occupancy.objects.current()
        .filter(person__user=user, community__is_active=True)
        .select_related("community", "unit__building")
        .order_by("community__code", "unit__code", "id")
    )
    homes: dict[int, Home] = {}
    for row in rows:
        home = homes.setdefault(row.community_id, Home(row.community, []))
        if row.unit not in home.units:
            home.dwellings.append(Dwelling(row.unit, row.get_role_display(), row.since))
    return list(homes.values())


@dataclass(frozen=True)
class Open:
    """An open repair on the first page, with its next step."""

    ticket: Ticket
    next: NextStep
    your_turn: bool


def tickets_of(user: User, home: Home) -> TicketQuerySet:
    """The repairs of a home that this resident may see."""
    return (
        Ticket.objects.visible_to(user)
        .filter(community=home.community)
        .select_related("assignee", "duplicate_of")
    )


def open_now(user: User, home: Home) -> list[Open]:
    """What is open, what waits for the resident first, then the newest; one query."""
    theirs = Q(status__in=YOUR_TURN) | Q(windows_from=Offers.US, status__in=CHOOSING)
    mine = Case(When(theirs, then=Value(0)), default=Value(1), output_field=IntegerField())
    tickets = tickets_of(user, home).exclude(status__in=DONE).order_by(mine, "-id")[:MOST_OPEN]
    return [Open(ticket, next_step(ticket, user), waits_for_resident(ticket)) for ticket in tickets]


def waits_for_resident(ticket: Ticket) -> bool:
    """Whether it is the resident's turn: a plan, finished work, or times that we offer."""
    return ticket.status in YOUR_TURN or (ticket.is_offered_times_by_us and ticket.status in CHOOSING)


def ticket_page(user: User, home: Home, *, done: bool, cursor: str) -> Page[Ticket]:
    """A page of the resident's repairs, open ones or those that are done; newest first."""
    finished = Q(status__in=DONE)
    rows = tickets_of(user, home).filter(finished if done else ~finished)
    return page_of(rows, order=["-id"], cursor=cursor, size=20)


@dataclass(frozen=True)
class Record:
    """The resident's record in one community, masked as everybody sees it."""

    person: Person
    plates: list[str]


def record_of(user: User, home: Home) -> Record | None:
    """Who the resident is in the community's roll."""
    person = Person.objects.visible_to(user).filter(community=home.community).order_by("id").first()
    if person is None:
        return None
    plates = Vehicle.objects.filter(person=person).order_by("id").values_list("plate_mask", flat=True)
    return Record(person, list(plates))


@dataclass(frozen=True)
class Look:
    """One time that somebody saw a personal value in full."""

    at: datetime
    who: str
    role: str
    field: str
    reason: str


FIELDS: Mapping[str, str | Promise] = {field.value: field.label for field in Field} | {
    "phone": _("Phone number"),
    "contact_phone": _("Phone number"),
    "spare_phone": _("Spare phone number"),
    "id_number": _("Identity number"),
    "birthday": _("Birthday"),
    "plate": _("Number plate"),
    "emergency_phone": _("Emergency contact"),
    "emergency_contact": _("Emergency contact"),
    "email": _("E-mail"),
    "everything": _("Everything"),
}


def looks_at(
    user: User, home: Home, cursor: str = "", *, ward: Person | None = None
) -> tuple[list[Look], Page[AccessLog]]:
    """谁查看过我的信息: who saw which of the resident's values (or of the child `ward` that they speak for), when and
    why, newest first; with the page's cursors."""
    people = Person.objects.visible_to(user).filter(community=home.community)
    if ward is not None:
        people = wards_of(user, home.community.pk).filter(pk=ward.pk)
    lines = AccessLog.objects.filter(community=home.community, person_id__in=people.values("id"))
    page = page_of(lines, order=["-id"], cursor=cursor, size=20)
    return [_look(line) for line in page.rows], page


def _look(line: AccessLog) -> Look:
    role = str(Role(line.by_role).label) if line.by_role in Role.values else line.by_role
    return Look(line.at, line.by_name, role, str(FIELDS.get(line.field, line.field)), line.reason)
