"""The present value of what can be corrected, in clear by part: mask it before it is shown."""

from __future__ import annotations

from owners.models import Person
from owners.models.changes import Value
from owners.workflow.changes import PARTS, VEHICLES, Field
from servicecenter.audit import vault

_SEALED = frozenset({"id_number", "birthday", "spare_phone"})


def present(person: Person, field: str, plate: str = "") -> Value:
    """What the record says now. For a vehicle: its plate if it is there, else ''."""
    if field in VEHICLES:
        known = plate and person.vehicles.filter(plate_index=vault.blind_index("plate", plate)).exists()
        return {"plate": plate if known else ""}
    return {
        part: person.unseal(part) if part in _SEALED else str(getattr(person, part)) for part in PARTS[field]
    }


def plate_of(field: str, old: Value, new: Value) -> str:
    """The plate that a correction of the vehicles is about."""
    return (old if field == Field.VEHICLE_REMOVE else new).get("plate", "")
