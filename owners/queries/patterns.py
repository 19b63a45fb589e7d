"""LIKE patterns that PostgreSQL's trigram indexes can answer, and what a person typed into the search box."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import F, Lookup, Q

from servicecenter.lib.normalise.phones import phone_number
from servicecenter.lib.normalise.places import PlaceConflict, read_place
from servicecenter.lib.normalise.plates import plate
from servicecenter.lib.normalise.text import half_width

_NUMBER = re.compile(r"[A-Z]{1,2}\d{6}-[A-Z]{0,3}\d{1,6}")
_DIAL = re.compile(r"\+?[\d\s()\-]+")
_ROOM = re.compile(r"[A-Z]?\d{2,5}")
_PART_OF_BUILDING = re.compile(r"(栋|棟|幢|座|号楼|號樓|#|单元|單元|门洞)$")


class ILike(Lookup):
    """`column ILIKE pattern`: unlike Django's icontains it leaves the column as the trigram index has it."""

    lookup_name = "ilike"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ILIKE {right}", [*left_params, *right_params]


def literal(text: str) -> str:
    """`text` without the wildcards that it may contain."""
    return re.sub(r"([\\%_])", r"\\\1", text)


# No row at all.
NOTHING: Final[Q] = Q(pk__in=())


def like(column: str, *patterns: str) -> Q:
    """Rows whose column matches any of the patterns; no pattern matches nothing."""
    return reduce(or_, (Q(ILike(F(column), pattern)) for pattern in patterns), NOTHING)


@dataclass(frozen=True)
class Asked:
    """What was typed, and everything that it can be."""

    text: str
    # A whole case number, in capitals.
    number: str
    phone: str
    # Only digits were typed: part of a phone number or the end of a case number.
    digits: str
    plate: str
    # Patterns of unit codes.
    units: tuple[str, ...]


def read(text: str) -> Asked:
    """Reads what was typed: `text` has been cleaned and is not longer than the search box."""
    plain = half_width(text).strip()
    upper = plain.upper().replace("–", "-").replace("—", "-")
    dialled = re.sub(r"\D", "", plain) if _DIAL.fullmatch(plain) else ""
    return Asked(
        text=text,
        number=upper if _NUMBER.fullmatch(upper) else "",
        phone=phone_number(plain) or "",
        digits=dialled,
        plate=plate(plain) or "",
        units=tuple(unit_patterns(plain)),
    )


def unit_patterns(text: str) -> Iterable[str]:
    """Patterns of unit codes for 3-2-1201, 3栋2单元1201, 3#1201, 3 2 1201, 2单元1201, 1201, 3栋, 车库…"""
    spaced = re.sub(r"(?<=\d)\s+(?=\d)", "-", text.strip())
    # No code has a NUL, and PostgreSQL takes none.
    if not spaced or "\0" in spaced:
        return []
    # 3栋 or 3栋2单元: the end of it is a building or an entrance, not a room.
    whole = bool(_PART_OF_BUILDING.search(spaced))
    try:
        place = read_place(spaced, "", "") if whole else read_place("", "", spaced)
    except PlaceConflict:
        return []
    building, entrance, room = (literal(each) for each in (place.building, place.entrance, place.room))
    if building and room and not entrance:
        return [f"{building}-{room}%", f"{building}-%-{room}%"]
    if building:
        return ["-".join(part for part in (building, entrance, f"{room}%") if part)]
    if entrance and room:
        return [f"%-{entrance}-{room}%"]
    if _ROOM.fullmatch(room):
        return [f"%-{room}%"]
    return [f"{room}%", f"%-{room}%"] if len(room) > 1 and re.search(r"[\dA-Z库位车]", room) else []
