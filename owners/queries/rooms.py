"""The map of a building 房态图: floors from the top, entrances and rooms side by side."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from owners.models import Building, Unit, UnitState, UnitUse
from servicecenter.accounts.models import User

_ROOM = re.compile(r"(-?\d{1,2}?)(\d{2})\D*")
# A row of shops or a garage is a list; more cells than this in one building are shown page by page.
MOST_UNITS = 1500


LOOKS = {
    UnitState.VACANT: "circle-dotted",
    UnitState.OCCUPIED: "home",
    UnitState.RENTED: "key",
    UnitState.DECORATING: "paint",
}


@dataclass(frozen=True)
class Room:
    """One unit on the map: as little as its cell shows."""

    pk: int
    room: str
    state: str
    open_repairs: int

    @property
    def look(self) -> str:
        return LOOKS[UnitState(self.state)]

    def get_state_display(self) -> str:
        return str(UnitState(self.state).label)


@dataclass(frozen=True)
class Floor:
    """One floor of one entrance; `name` is '' for rooms whose number does not tell the floor."""

    name: str
    units: list[Room]


@dataclass(frozen=True)
class Entrance:
    """One entrance of a building with its floors, the top one first."""

    name: str
    floors: list[Floor]


@dataclass(frozen=True)
class Standing:
    """How many units of a building are in each state."""

    building: Building
    total: int
    vacant: int
    occupied: int
    rented: int
    decorating: int


def floor_of(room: str) -> int | None:
    """1201 → 12, 101 → 1, -102 → -1; None where the room's name does not tell."""
    match = _ROOM.fullmatch(room)
    return int(match[1]) if match else None


def map_of(building: Building, open_repairs: Mapping[int, int]) -> list[Entrance]:
    """Every unit of the building in its place, with how many of its repairs are open; one query."""
    floors: dict[str, dict[int | None, list[Room]]] = defaultdict(lambda: defaultdict(list))
    rows = building.units.order_by("entrance", "room", "id")
    for pk, entrance, room, state, use in rows.values_list("pk", "entrance", "room", "state", "use")[
        :MOST_UNITS
    ]:
        floor = floor_of(room) if use == UnitUse.RESIDENCE else None
        floors[entrance][floor].append(Room(pk, room, state, open_repairs.get(pk, 0)))
    return [Entrance(name, _floors(floors[name])) for name in sorted(floors, key=_entrance_order)]


def _entrance_order(name: str) -> tuple[int, str]:
    return (int(name) if name.isdigit() and len(name) < 6 else 10**6, name)


def _floors(floors: dict[int | None, list[Room]]) -> list[Floor]:
    known = sorted((number for number in floors if number is not None), reverse=True)
    named = [Floor(str(number), floors[number]) for number in known]
    return [*named, Floor("", floors[None])] if None in floors else named


def buildings_of(user: User) -> list[Standing]:
    """The buildings of the user's communities with what state their units are in; two queries."""
    buildings = Building.objects.visible_to(user).select_related("community")
    counted = (
        Unit.objects.filter(community__in=user.community_ids)
        .values_list("building", "state")
        .annotate(n=Count("id"))
    )
    states: dict[int, dict[str, int]] = defaultdict(dict)
    for building_id, state, number in counted:
        states[building_id][state] = number
    return [
        Standing(
            building=building,
            total=sum(states[building.pk].values()),
            **{state.value: states[building.pk].get(state.value, 0) for state in UnitState},
        )
        for building in buildings.order_by("community__code", "position", "code")
    ]
