"""The roll as a list to take away: the columns of the roll that was imported, personal values masked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from owners.models import Building, Occupancy, Person, Unit
from owners.roll.columns import Column
from servicecenter.accounts.models import Community
from servicecenter.lib.clock import local_day
from servicecenter.lib.masks import STAR, mask_phone

HIDDEN = STAR * 4
HEAD = tuple(column.value for column in Column)
_CHUNK = 1000


class RollList:
    """Who lives where now, and the units where nobody does, of a community or of one building."""

    def __init__(self, community: Community, building: Building | None) -> None:
        self.community = community
        units = Unit.objects.filter(community=community)
        self.units = units.filter(building=building) if building else units

    @property
    def stays(self) -> QuerySet[Occupancy]:
        return Occupancy.objects.current().filter(unit__in=self.units)

    def count(self) -> int:
        """How many rows there are."""
        return self.stays.count() + self._empty().count()

    def rows(self) -> Iterator[tuple[str, ...]]:
        """The rows in the order of buildings and units; call it in a transaction."""
        stays = self.stays.select_related("unit__building", "person").prefetch_related("person__vehicles")
        order = ("unit__building__position", "unit__code", "-is_primary", "id")
        for stay in stays.order_by(*order).iterator(chunk_size=_CHUNK):
            yield self._row(stay.unit, stay)
        empty = self._empty().select_related("building").order_by("building__position", "code")
        for unit in empty.iterator(chunk_size=_CHUNK):
            yield self._row(unit, None)

    def _empty(self) -> QuerySet[Unit]:
        return self.units.exclude(pk__in=Occupancy.objects.current().values("unit"))

    def _row(self, unit: Unit, stay: Occupancy | None) -> tuple[str, ...]:
        values = self._place(unit)
        if stay is not None:
            values |= _who(stay.person) | _stay(stay)
        return tuple(values.get(column, "") for column in Column)

    def _place(self, unit: Unit) -> dict[Column, str]:
        return {
            Column.COMMUNITY: self.community.name,
            Column.BUILDING: unit.building.code,
            Column.ENTRANCE: unit.entrance,
            Column.ROOM: unit.room,
            Column.CODE: unit.code,
            Column.AREA: str(unit.area or ""),
            Column.USE: unit.get_use_display(),
            Column.DELIVERED: str(unit.delivered_on or ""),
        }


def _stay(stay: Occupancy) -> dict[Column, str]:
    return {
        Column.RELATION: stay.get_role_display(),
        Column.MOVED_IN: _day(stay.since),
        Column.MOVED_OUT: _day(stay.until),
        Column.PRIMARY: "是" if stay.is_primary else "",
    }


def _who(person: Person) -> dict[Column, str]:
    """Workplace, needs and notes are free text that may hold anything: they stay in the house."""
    return {
        Column.NAME: person.name,
        Column.MOBILE: mask_phone(person.phone),
        Column.SPARE_PHONE: HIDDEN if person.spare_phone_sealed else "",
        Column.ID_TYPE: person.get_id_type_display(),
        Column.ID_NUMBER: person.id_number_mask,
        Column.GENDER: person.get_gender_display(),
        Column.BIRTHDAY: HIDDEN if person.birthday_sealed else "",
        Column.EMAIL: HIDDEN if person.email else "",
        Column.EMERGENCY_CONTACT: person.emergency_contact,
        Column.EMERGENCY_PHONE: mask_phone(person.emergency_phone),
        Column.PLATES: " ".join(vehicle.plate_mask for vehicle in person.vehicles.all()),
    }


def _day(at: datetime | None) -> str:
    return local_day(at).isoformat() if at else ""
