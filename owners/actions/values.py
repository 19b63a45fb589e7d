"""Writing a corrected value. Values come by part, normalised and in clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from owners.actions import facts
from owners.models import Person, Vehicle
from owners.models.changes import Value
from owners.workflow.changes import Field
from servicecenter.audit import vault
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.masks import mask_plate

_SETTERS: Mapping[str, Callable[[Person, str], None]] = {
    "name": facts.set_name,
    "phone": facts.set_phone,
    "id_number": facts.set_id_number,
    "spare_phone": facts.set_spare_phone,
    "birthday": lambda person, day: _set_birthday(person, day),
}


def write(person: Person, field: str, *, old: Value, new: Value) -> None:
    """Writes the new value of `field`, and saves exactly what it is kept in."""
    if field == Field.VEHICLE_ADD:
        _add_vehicle(person, new["plate"])
    elif field == Field.VEHICLE_REMOVE:
        person.vehicles.filter(plate_index=vault.blind_index("plate", old["plate"])).delete()
    else:
        columns: list[str] = []
        for part, value in new.items():
            if part in _SETTERS:
                _SETTERS[part](person, value)
            else:
                setattr(person, part, value)
            columns += facts.COLUMNS.get(part, (part,))
        person.save(update_fields=columns)


def _set_birthday(person: Person, day: str) -> None:
    today = local_day(database_now())
    facts.set_birthday(person, date.fromisoformat(day) if day else None, today=today)


def _add_vehicle(person: Person, plate: str) -> None:
    vehicle = Vehicle(
        community_id=person.community_id,
        person=person,
        plate_index=vault.blind_index("plate", plate),
        plate_mask=mask_plate(plate),
    )
    vehicle.reseal(plate)
    vehicle.save(force_insert=True)
