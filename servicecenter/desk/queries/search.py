"""The one search box: people, units and repairs, answered while typing (domain §8).

The number of SQL queries is the same whatever is typed and however much there is.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, Q

from owners.models import Occupancy, Person, PersonQuerySet, Unit, Vehicle
from repairs.models import Ticket, TicketQuerySet
from servicecenter.accounts.models import User
from servicecenter.audit import vault
from servicecenter.desk.queries.patterns import NOTHING, Asked, like, literal, read

GROUP_SIZE = 8
# The trigram index answers from three characters on; shorter words are looked for in the latest repairs only,
# so that one rare character never reads the whole history.
INDEXED_FROM = 3
LATEST = 5000


@dataclass(frozen=True)
class Found:
    """What a search found, at most eight of a kind, the newest repair first."""

    asked: str
    people: list[Person]
    units: list[Unit]
    tickets: list[Ticket]

    @property
    def total(self) -> int:
        return len(self.people) + len(self.units) + len(self.tickets)

    @property
    def single(self) -> Person | Unit | Ticket | None:
        """What Enter opens at once: a case by its whole number, or the only person or thing that fits.

        A caller's phone number also stands in their repairs: the one person whose number it is goes first.
        """
        exact = [each for each in self.tickets if each.number == self.asked.strip().upper()]
        if exact:
            return exact[0]
        if len(self.people) == 1 and not self.units:
            return self.people[0]
        everything: list[Person | Unit | Ticket] = [*self.people, *self.units, *self.tickets]
        return everything[0] if len(everything) == 1 else None


def search(user: User, text: str) -> Found:
    """Everything that `user` may see and that fits `text` (cleaned, at most 100 characters)."""
    if not text or not user.community_ids:
        return Found(text, [], [], [])
    asked = read(text)
    return Found(text, _people(user, asked), _units(user, asked), _tickets(user, asked))


def with_homes(people: PersonQuerySet) -> PersonQuerySet:
    """People with their present units in `homes`."""
    current = Occupancy.objects.current().select_related("unit")
    return people.prefetch_related(Prefetch("occupancies", current, to_attr="homes"))


def _people(user: User, asked: Asked) -> list[Person]:
    people = with_homes(Person.objects.visible_to(user).filter(_who(user, asked)))
    return list(people.select_related("community").order_by("name", "id")[:GROUP_SIZE])


def _who(user: User, asked: Asked) -> Q:
    if asked.plate:
        plates = Vehicle.objects.filter(
            community__in=user.community_ids, plate_index=vault.blind_index("plate", asked.plate)
        )
        return Q(pk__in=plates.values("person"))
    if asked.phone:
        return Q(phone=asked.phone) | Q(spare_phone_index=vault.blind_index("spare_phone", asked.phone))
    if asked.digits:
        return Q(phone_last4=asked.digits) if len(asked.digits) == 4 else _beginning(asked.digits)
    return like("name", f"%{literal(asked.text)}%")


def _beginning(digits: str) -> Q:
    """A number that is still being typed; fewer than four digits say nothing."""
    return Q(phone__startswith=digits) if len(digits) > 4 else NOTHING


def _units(user: User, asked: Asked) -> list[Unit]:
    current = Occupancy.objects.current().select_related("person").order_by("-is_primary", "role", "id")
    units = Unit.objects.visible_to(user).filter(like("code", *asked.units))
    units = units.select_related("community").prefetch_related(
        Prefetch("occupancies", current, to_attr="residents")
    )
    return list(units.order_by("code", "id")[:GROUP_SIZE])


def _tickets(user: User, asked: Asked) -> list[Ticket]:
    tickets = Ticket.objects.visible_to(user)
    if len(asked.text) < INDEXED_FROM and not asked.digits:
        latest = tickets.order_by("-id").values("pk")[:LATEST]
        tickets = Ticket.objects.filter(pk__in=latest)
    return list(_filtered(tickets, asked).order_by("-id")[:GROUP_SIZE])


def _filtered(tickets: TicketQuerySet, asked: Asked) -> TicketQuerySet:
    return tickets.filter(_about(asked)).only(
        "number", "status", "urgency", "text", "address", "public_area", "reported_at", "reporter_name"
    )


def _about(asked: Asked) -> Q:
    if asked.number:
        return like("number", literal(asked.number))
    if asked.phone:
        return like("contact_phone", literal(asked.phone))
    condition = like("address", *asked.units)
    if asked.digits:
        if len(asked.digits) >= 4:
            condition |= like("contact_phone", f"%{asked.digits}") | like("number", f"%{asked.digits}")
        return condition
    anywhere = f"%{literal(asked.text)}%"
    return condition | like("text", anywhere) | like("reporter_name", anywhere) | like("number", anywhere)


def words_in(tickets: TicketQuerySet, text: str) -> TicketQuerySet:
    """The repairs of a list that contain `text` (or name that place), for its text filter."""
    return tickets.filter(_about(read(text)))
