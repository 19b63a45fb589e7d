"""Children under fourteen and who speaks for them. Asked anew at every look: who moves out speaks for nobody here."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from owners.models import Occupancy, Person, PersonQuerySet
from servicecenter.accounts.models import User


def with_guardian_at_home(people: PersonQuerySet) -> PersonQuerySet:
    """The children whose guardian lives in, or owns, a home of theirs now."""
    stays = Occupancy.objects.current().filter(person=OuterRef("pk"))
    shared = Occupancy.objects.current().filter(unit=OuterRef("unit"), person=OuterRef(OuterRef("guardian")))
    return people.filter(Exists(stays.filter(Exists(shared))), is_minor=True, erased_at=None)


def wards_of(user: User, community_id: int) -> PersonQuerySet:
    """The children whom the resident speaks for in a community."""
    children = Person.objects.filter(
        community=community_id, guardian__user=user, guardian__merged_into=None, merged_into=None
    )
    return with_guardian_at_home(children).order_by("id")


def may_guard(child: Person) -> PersonQuerySet:
    """Grown-ups who live in a home of the child, or own it."""
    homes = Occupancy.objects.current().filter(person=child).values("unit")
    together = Occupancy.objects.current().filter(unit__in=homes, person=OuterRef("pk"))
    people = Person.objects.filter(
        Exists(together), community=child.community_id, is_minor=False, merged_into=None, erased_at=None
    )
    return people.exclude(pk=child.pk).order_by("name", "id")


def guardian_of(child: Person) -> Person | None:
    """Who speaks for the child now; None while nobody does, or whoever did lives elsewhere."""
    at_home = with_guardian_at_home(Person.objects.filter(pk=child.pk)).exists()
    if child.guardian_id is None or not at_home:
        return None
    return Person.objects.filter(pk=child.guardian_id, merged_into=None).first()
