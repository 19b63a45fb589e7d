"""Storing the buildings and units of a roll."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Case, Exists, OuterRef, Q, Value, When

from owners.models import Building, Occupancy, Unit, UnitState
from owners.roll.rows import Row
from servicecenter.accounts.models import Community
from servicecenter.lib.copying import copy_in

BATCH = 1000
# Names that are words come after all numbers.
_LAST = 1_000_000


@dataclass(slots=True)
class Described:
    """A unit as all of its rows describe it: the first filled cell counts."""

    building: str
    entrance: str
    room: str
    use: str = ""
    usual_use: str = ""
    area: Decimal | None = None
    delivered: date | None = None
    note: str = ""

    def add(self, row: Row) -> None:
        self.use = self.use or row.use
        self.usual_use = self.usual_use or row.usual_use
        self.area = self.area or row.area
        self.delivered = self.delivered or row.delivered
        if not row.has_person:
            self.note = self.note or row.note


@dataclass
class Saved:
    """Row ids of all units in the roll by code, and which of them it made or changed."""

    ids: dict[str, int] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)


def units_of(rows: Iterable[Row]) -> dict[str, Described]:
    """Every unit in these rows by its code."""
    units: dict[str, Described] = {}
    for row in rows:
        unit = units.get(row.unit_code)
        if unit is None:
            unit = units[row.unit_code] = Described(row.building, row.entrance, row.room)
        unit.add(row)
    return units


def save_units(community: Community, units: dict[str, Described]) -> Saved:
    """Makes missing buildings and units and corrects area, use, delivery date and note; a blank cell
    erases nothing.
    """
    buildings = _save_buildings(community, {unit.building for unit in units.values()})
    saved = Saved()
    known = {unit.code.upper(): unit for unit in Unit.objects.filter(community=community).iterator()}
    new: list[str] = []
    stale: list[Unit] = []
    for code, described in units.items():
        unit = known.get(code.upper())
        if unit is None:
            new.append(code)
        else:
            saved.ids[code] = unit.pk
            if _correct(unit, described):
                stale.append(unit)
                saved.changed.add(code)
    del known
    made = (_new(community, code, units[code], buildings) for code in new)
    saved.ids |= zip(new, copy_in(Unit, made, count=len(new)), strict=True)
    saved.made |= set(new)
    Unit.objects.bulk_create(
        stale,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["area", "use", "delivered_on", "note"],
    )
    return saved


def _save_buildings(community: Community, codes: set[str]) -> dict[str, Building]:
    known = set(Building.objects.filter(community=community).values_list("code", flat=True))
    Building.objects.bulk_create(
        Building(community=community, code=code, position=building_position(code))
        for code in sorted(codes - known)
    )
    return {building.code: building for building in Building.objects.filter(community=community)}


def building_position(code: str) -> int:
    """Order of a building: 2 before 10, S1 and 地下车库 behind all numbers."""
    number = re.match(r"\d{1,6}", code)
    return int(number[0]) if number else _LAST


def _new(community: Community, code: str, described: Described, buildings: dict[str, Building]) -> Unit:
    return Unit(
        community=community,
        building=buildings[described.building],
        code=code,
        entrance=described.entrance,
        room=described.room,
        area=described.area,
        use=described.use or described.usual_use,
        delivered_on=described.delivered,
        note=described.note,
    )


def _correct(unit: Unit, described: Described) -> bool:
    """Takes over what the roll says; whether anything changed."""
    before = (unit.area, unit.use, unit.delivered_on, unit.note)
    unit.area = described.area or unit.area
    unit.use = described.use or unit.use
    unit.delivered_on = described.delivered or unit.delivered_on
    unit.note = described.note or unit.note
    return (unit.area, unit.use, unit.delivered_on, unit.note) != before


def refresh_states(unit_ids: Iterable[int], at: datetime) -> None:
    """Vacant, occupied or rented by who lives there at `at`; a unit under decoration stays so until that
    ends.
    """
    ids = sorted(unit_ids)
    current = Occupancy.objects.filter(unit=OuterRef("pk"), since__lte=at).filter(
        Q(until=None) | Q(until__gt=at)
    )
    state = Case(
        When(Exists(current.filter(role="tenant")), then=Value(UnitState.RENTED)),
        When(Exists(current), then=Value(UnitState.OCCUPIED)),
        default=Value(UnitState.VACANT),
    )
    for start in range(0, len(ids), 5000):
        units = Unit.objects.filter(pk__in=ids[start : start + 5000])
        units.exclude(state=UnitState.DECORATING).update(state=state)
