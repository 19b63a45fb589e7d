"""The caller card: who is calling, where they live, what is open, what was said last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from owners.models import Occupancy, Person, Unit, Vehicle
from owners.queries import with_homes
from owners.queries.logins import resident_names
from repairs.models import Ticket
from repairs.workflow import CLOSED, TABLE
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.desk.queries.histories import who_acted
from servicecenter.lib.refusals import NotFound
from surveys.workflow import AttemptOutcome

OPEN_SHOWN = 10
CONTACTS_SHOWN = 6
# How far back last contacts are looked for, counted in repairs.
CASES_READ = 20

# Steps in which somebody and the resident spoke to or wrote to each other.
CONTACTS: dict[str, str | Promise] = {"report": _("Reported a repair"), "call": _("Follow-up call")} | {
    action: TABLE.rows_of(action)[0].label
    for action in ("contact", "urge", "note", "cancel", "rework", "decline_plan")
}


@dataclass(frozen=True)
class Contact:
    """One time that somebody spoke to them: when, about what, who, what was said."""

    at: datetime
    label: str
    who: str
    text: str
    number: str
    internal: bool


@dataclass(frozen=True)
class Card:
    """Everything the desk needs in the first seconds of a call."""

    person: Person | None
    unit: Unit | None
    homes: list[Occupancy]
    residents: list[Occupancy]
    plates: list[str]
    open: list[Ticket]
    closed_count: int
    contacts: list[Contact]


def person_for(user: User, person_id: int) -> Person:
    """The person with their present units, if `user` may see them; refuses `not_found` otherwise."""
    person = (
        with_homes(Person.objects.visible_to(user)).select_related("community").filter(pk=person_id).first()
    )
    if person is None:
        raise NotFound
    return person


def unit_for(user: User, unit_id: int) -> Unit:
    """The unit with those who live there now (`residents`, primary contact first); refuses `not_found`."""
    current = Occupancy.objects.current().select_related("person").order_by("-is_primary", "role", "id")
    units = Unit.objects.visible_to(user).select_related("community", "building")
    unit = (
        units.prefetch_related(Prefetch("occupancies", current, to_attr="residents"))
        .filter(pk=unit_id)
        .first()
    )
    if unit is None:
        raise NotFound
    return unit


def person_card(user: User, person_id: int) -> Card:
    """The card of a person: their units, what is open there or was reported by them."""
    person = person_for(user, person_id)
    homes: list[Occupancy] = person.homes  # type: ignore[attr-defined]
    tickets = _latest(user, Q(reporter=person) | Q(unit__in=[home.unit_id for home in homes]))
    plates = Vehicle.objects.filter(person=person).order_by("id").values_list("plate_mask", flat=True)
    return _card(tickets, person=person, homes=homes, plates=list(plates))


def unit_card(user: User, unit_id: int) -> Card:
    """The card of a unit: who lives there, what is open."""
    unit = unit_for(user, unit_id)
    residents: list[Occupancy] = unit.residents  # type: ignore[attr-defined]
    return _card(_latest(user, Q(unit=unit)), unit=unit, residents=residents)


def _latest(user: User, where: Q) -> list[Ticket]:
    """What is open first, however old it is, then the newest."""
    tickets = Ticket.objects.visible_to(user).filter(where).select_related("assignee")
    return list(tickets.order_by(F("closed_at").desc(nulls_first=True), "-id")[:CASES_READ])


def _card(
    tickets: list[Ticket],
    *,
    person: Person | None = None,
    unit: Unit | None = None,
    homes: Iterable[Occupancy] = (),
    residents: Iterable[Occupancy] = (),
    plates: Iterable[str] = (),
) -> Card:
    still_open = [ticket for ticket in tickets if ticket.status not in CLOSED]
    return Card(
        person=person,
        unit=unit,
        homes=list(homes),
        residents=list(residents),
        plates=list(plates),
        open=still_open[:OPEN_SHOWN],
        closed_count=len(tickets) - len(still_open),
        contacts=_contacts(tickets),
    )


def _contacts(tickets: list[Ticket]) -> list[Contact]:
    """The latest conversations about these repairs, newest first; two queries."""
    numbers = {ticket.pk: ticket.number for ticket in tickets}
    found = Event.objects.filter(work="repair", case_id__in=numbers, action__in=CONTACTS).order_by("-id")
    events = list(found[:CONTACTS_SHOWN])
    names = resident_names(events)
    return [
        Contact(
            at=event.at,
            label=_label(event),
            who=who_acted(event, names),
            text=event.text,
            number=numbers[event.case_id],
            internal=event.internal and event.action != "call",
        )
        for event in events
    ]


def _label(event: Event) -> str:
    label = str(CONTACTS[event.action])
    outcome = event.data.get("outcome")
    if event.action == "call" and outcome in AttemptOutcome.values:
        return f"{label}: {AttemptOutcome(outcome).label}"
    return label
