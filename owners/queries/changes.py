"""Corrections as people compare them: what the record said, says now, and should say. Private values are masked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from owners.models import IdType, Person, ProfileChange
from owners.models.changes import Value, digest
from owners.queries.values import plate_of, present
from owners.workflow.changes import PARTS, ChangeStatus, Field
from servicecenter.accounts.models import User
from servicecenter.lib.masks import STAR, mask_id_number, mask_phone, mask_plate
from servicecenter.lib.refusals import NotFound
from servicecenter.workflow.run import allowed

LATEST = 20


def _choice(choices: Iterable[tuple[str, str | Promise]]) -> Callable[[str], str]:
    return lambda value: str(dict(choices).get(value, value))


def _masked_phones(numbers: str) -> str:
    return ", ".join(mask_phone(number) for number in numbers.split(",") if number)


# How a part is shown to whoever has not asked to see it in full.
MASKS: Mapping[str, Callable[[str], str]] = {
    "phone": mask_phone,
    "spare_phone": _masked_phones,
    "emergency_phone": _masked_phones,
    "id_number": mask_id_number,
    "birthday": lambda day: f"{day[:4]}-{STAR * 2}-{STAR * 2}" if day else "",
    "plate": mask_plate,
}
WORDS: Mapping[str, Callable[[str], str]] = {
    "id_type": _choice(IdType.choices),
    "gender": _choice([("m", _("male")), ("f", _("female"))]),
    "language": _choice(settings.LANGUAGES),
}


def said(value: Value, field: str, *, full: bool = False) -> str:
    """A value in one line, masked unless `full`; a dash for none."""
    parts = []
    for part in PARTS[field]:
        text = value.get(part, "")
        shown = MASKS.get(part, str)(text) if not full else text
        parts.append(WORDS.get(part, str)(shown))
    return " · ".join(part for part in parts if part) or "—"


@dataclass(frozen=True)
class Compared:
    """A correction side by side. `stale`: the record says something else by now; `seen` is what the page saw."""

    change: ProfileChange
    old: str
    new: str
    now: str
    stale: bool
    seen: str
    erased: bool
    masked: bool
    actions: frozenset[str]


def compared(change: ProfileChange, user: User, *, full: bool = False) -> Compared:
    """One correction for `user`, with what they may do to it."""
    field, old, new = change.field, change.old(), change.new()
    waits = change.status == ChangeStatus.PROPOSED
    now = present(change.person, field, plate_of(field, old, new)) if waits else old
    seen = digest(field, now)
    return Compared(
        change=change,
        old=said(old, field, full=full),
        new=said(new, field, full=full),
        now=said(now, field, full=full),
        stale=waits and seen != change.old_index,
        seen=seen,
        erased=not change.new_sealed,
        masked=any(part in MASKS for part in PARTS[field]),
        actions=frozenset(row.action for row in allowed(change, user)),
    )


def changes_for(user: User) -> Any:
    """Every correction that `user` may see, with what a page shows of it."""
    return ProfileChange.objects.visible_to(user).select_related(
        "community", "person", "proposed_by", "decided_by"
    )


def change_for(user: User, change_id: int) -> ProfileChange:
    """One of them; refuses `not_found`."""
    found: ProfileChange | None = changes_for(user).filter(pk=change_id).first()
    if found is None:
        raise NotFound
    return found


def latest_of(person: Person, user: User) -> list[Compared]:
    """The corrections of one record, those that wait first."""
    rows = changes_for(user).filter(person=person).order_by("-id")[:LATEST]
    return sorted((compared(row, user) for row in rows), key=lambda each: each.change.status != "proposed")


@dataclass(frozen=True)
class Correctable:
    """A line of the record with the button that corrects it."""

    field: str
    label: str
    value: str


def correctable(person: Person) -> list[Correctable]:
    """Every value of a record that can be corrected, masked."""
    plates = person.vehicles.order_by("id").values_list("plate_mask", flat=True)
    lines = []
    for field in Field:
        if field == Field.VEHICLE_REMOVE and not plates:
            continue
        if field == Field.VEHICLE_ADD:
            value = __("none") if not plates else ", ".join(plates)
        elif field == Field.VEHICLE_REMOVE:
            value = ", ".join(plates)
        else:
            value = said(present(person, field), field)
        lines.append(Correctable(field.value, str(field.label), value))
    return lines
