"""The one search box: people, units, repairs and permits, answered while typing (domain §8).

The number of SQL queries is the same whatever is typed and however much there is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from decoration.models import Permit
from decoration.queries.lists import KNOWS_PEOPLE
from decoration.queries.lists import about as about_permit
from owners.models import Person, Unit
from owners.queries import people_like, units_like, with_homes, with_residents
from repairs.models import Ticket, TicketQuerySet
from repairs.queries.filters import about, matching
from servicecenter.accounts.models import User

GROUP_SIZE = 8
# What a hit shows.
SHOWN = ("number", "status", "urgency", "text", "address", "public_area", "reported_at", "reporter_name")


@dataclass(frozen=True)
class Found:
    """What a search found, at most eight of a kind, the newest repair first."""

    asked: str
    people: list[Person]
    units: list[Unit]
    tickets: list[Ticket]
    permits: list[Permit] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.people) + len(self.units) + len(self.tickets) + len(self.permits)

    @property
    def single(self) -> Person | Unit | Ticket | Permit | None:
        """What Enter opens at once: a case by its whole number, or the only person or thing that fits.

        A caller's phone number also stands in their repairs: the one person whose number it is goes first.
        """
        cases: list[Ticket | Permit] = [*self.tickets, *self.permits]
        exact = [each for each in cases if each.number == self.asked.strip().upper()]
        if exact:
            return exact[0]
        if len(self.people) == 1 and not self.units:
            return self.people[0]
        everything: list[Person | Unit | Ticket | Permit] = [*self.people, *self.units, *cases]
        return everything[0] if len(everything) == 1 else None


def search(user: User, text: str) -> Found:
    """Everything that `user` may see and that fits `text` (cleaned, at most 100 characters)."""
    if not text or not user.community_ids:
        return Found(text, [], [], [])
    return Found(text, _people(user, text), _units(user, text), _tickets(user, text), _permits(user, text))


def _people(user: User, text: str) -> list[Person]:
    people = with_homes(Person.objects.visible_to(user).filter(people_like(text, numbers=True)))
    return list(people.select_related("community").order_by("name", "id")[:GROUP_SIZE])


def _units(user: User, text: str) -> list[Unit]:
    units = with_residents(Unit.objects.visible_to(user).filter(units_like(text)))
    return list(units.select_related("community").order_by("code", "id")[:GROUP_SIZE])


def _tickets(user: User, text: str) -> list[Ticket]:
    found = matching(Ticket.objects.visible_to(user), text).only(*SHOWN)
    return list(found.order_by("-id")[:GROUP_SIZE])


def _permits(user: User, text: str) -> list[Permit]:
    found = Permit.objects.visible_to(user).filter(about_permit(text, people=user.role in KNOWS_PEOPLE))
    return list(found.select_related("unit").order_by("-id")[:GROUP_SIZE])


def words_in(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """The repairs of a list that contain `text` (or name that place), for its text filter."""
    return tickets.filter(about(text))
