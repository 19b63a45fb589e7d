"""What the roll calls the people behind residents' logins, and which logins live where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from owners.models import Occupancy, Person
from servicecenter.accounts.models import Role
from servicecenter.audit.models import Event

Names = Mapping[tuple[int, int | None], str]


def resident_names(events: Iterable[Event]) -> Names:
    """Names from the roll of the residents who acted, by community and login. One query, none without residents.

    The name of a resident's login itself is made of the phone number.
    """
    acted = {(event.community_id, event.by_id) for event in events if event.by_role == Role.RESIDENT}
    if not acted:
        return {}
    places, logins = zip(*acted, strict=True)
    people = Person.objects.filter(community__in=places, user__in=logins).order_by("-id")
    return {(place, login): name for place, login, name in people.values_list("community", "user", "name")}


def logins_near(community_id: int, buildings: Any = None) -> list[int]:
    """The logins of those who live in or own a unit of the community now, or of some of its buildings (ids, or a query
    of them); one query."""
    stays = Occupancy.objects.current().filter(
        community=community_id, person__user__is_active=True, person__merged_into=None
    )
    if buildings is not None:
        stays = stays.filter(unit__building__in=buildings)
    people = stays.order_by("person__user").values_list("person__user", flat=True)
    return list(people.distinct())
