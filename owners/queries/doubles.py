"""Records that may be one person: the same number, or the same name in the same unit."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from owners.models import Occupancy, Person
from owners.queries.search import with_homes
from servicecenter.accounts.models import User

GROUPS_SHOWN = 50
CANDIDATES_SHOWN = 8


@dataclass(frozen=True)
class Group:
    """Records with one phone number."""

    people: list[Person]


def doubles_of(person: Person) -> list[Person]:
    """Other records that may be the same person: same phone, or same name and a home in common; at most eight."""
    homes = Occupancy.objects.filter(person=person).values("unit")
    same = Q(name=person.name, occupancies__unit__in=homes)
    if person.phone:
        same |= Q(phone=person.phone, name=person.name)
        same |= Q(phone=person.phone, id_number_index="")
    people = Person.objects.filter(community=person.community_id, merged_into=None).filter(same)
    if person.id_number_index:
        # Two papers are two people.
        people = people.filter(id_number_index="")
    return list(with_homes(people.exclude(pk=person.pk).distinct().order_by("id"))[:CANDIDATES_SHOWN])


def groups(user: User) -> list[Group]:
    """People of one community who share name and phone, at most fifty groups; two queries."""
    same = (
        Person.objects.visible_to(user)
        .exclude(phone="")
        .values("community", "phone", "name")
        .annotate(n=Count("id"))
        .filter(n__gt=1)
        .order_by("community", "phone")[:GROUPS_SHOWN]
    )
    wanted = {(row["community"], row["phone"], row["name"]): list[Person]() for row in same}
    phones = {phone for _community, phone, _name in wanted}
    for person in with_homes(Person.objects.visible_to(user).filter(phone__in=phones).order_by("id")):
        key = (person.community_id, person.phone, person.name)
        if key in wanted:
            wanted[key].append(person)
    return [Group(people) for people in wanted.values()]
