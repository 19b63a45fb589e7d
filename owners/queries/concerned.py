"""Whom news about a unit concern: its owners; where none of them signs in, whoever is called first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from owners.models import Occupancy, OccupancyRole, Unit
from owners.queries.places import primary_contact

OWNERS = frozenset({OccupancyRole.OWNER.value, OccupancyRole.CO_OWNER.value})


def owners_of(unit_ids: Iterable[int]) -> dict[int, list[int]]:
    """The logins of each unit's present owners, or else of its primary contact; one query for any number of units.

    A unit that nobody with a login belongs to is not in the answer.
    """
    stays = Occupancy.objects.current().filter(
        unit__in=list(unit_ids), person__user__is_active=True, person__merged_into=None
    )
    rows = stays.order_by("unit", "id").values_list("unit", "role", "is_primary", "person__user")
    owners, others = defaultdict(list), defaultdict(list)
    for unit_id, role, is_primary, user_id in rows:
        if role in OWNERS:
            owners[unit_id].append(user_id)
        elif is_primary:
            others[unit_id].append(user_id)
    return {**others, **owners}


def residents_of(unit_ids: Iterable[int]) -> dict[int, list[int]]:
    """The logins of everybody who lives in or owns each unit now; one query."""
    stays = Occupancy.objects.current().filter(unit__in=list(unit_ids), person__user__is_active=True)
    found = defaultdict(list)
    for unit_id, user_id in stays.order_by("unit", "id").values_list("unit", "person__user"):
        found[unit_id].append(user_id)
    return dict(found)


def phone_of(unit: Unit) -> str:
    """The number of the unit's primary contact, for somebody who has no login; looked up when it is sent."""
    person = primary_contact(unit)
    return person.phone if person else ""
