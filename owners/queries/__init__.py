"""Reads about the roll: searching it, and finding what somebody names."""

from __future__ import annotations

from owners.queries.places import (
    Ref,
    building_named,
    communities_of,
    community_named,
    homes_of,
    own_person,
    person_named,
    primary_contact,
    unit_named,
)
from owners.queries.search import people_like, units_like, with_homes, with_residents

__all__ = [
    "Ref",
    "building_named",
    "communities_of",
    "community_named",
    "homes_of",
    "own_person",
    "people_like",
    "person_named",
    "primary_contact",
    "unit_named",
    "units_like",
    "with_homes",
    "with_residents",
]
