"""Buildings, entrances and rooms, and the unit code building-entrance-room (domain.md §2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from servicecenter.lib.normalise.text import is_empty_word, simplified, squeeze

_NUMERALS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL_WORD = re.compile(r"[零〇一二两三四五六七八九十]+")
_BUILDING_END = re.compile(r"(号楼|号栋|号幢|#楼|#栋|#|栋楼|栋|幢|座|号|楼)$")
_BUILDING_START = re.compile(r"^(?:第|BUILDING|BLDG|BLOCK|BLK|TOWER)[.:]?(?=.)|^NO[.:]?(?=\d)")
_ENTRANCE_END = re.compile(r"(单元门?|门洞|梯位?|门|层)$")
_ENTRANCE_START = re.compile(r"^(?:第|ENTRANCE|STAIRWELL|STAIRCASE|STAIR|UNIT)[.:]?(?=.)")
_BASEMENT = re.compile(r"^(?:负|地下|-)(\d+)[层楼]?$")
_ROOM_END = re.compile(r"(号房间?|号室|号车位|号铺位?|号|房间|房|室|户)$")
_ROOM_START = re.compile(r"^(?:ROOM|RM|FLAT|UNIT|APT|NO)[.:]?(?=[A-Z]?\d)|^(?:车位|房间)(?=[A-Z]?\d)|^#")

_HEAD = r"(?P<building>[^\-]{1,20}?(?:号楼|号栋|号幢|#楼|#|栋|幢|座))"
_ENTRANCE = r"(?:第?(?P<entrance>[^\-]{1,8}?)(?:单元|门洞|梯))"
_WRITTEN_OUT = re.compile(rf"{_HEAD}-?{_ENTRANCE}?-?(?P<room>.+)")
_ENTRANCE_ROOM = re.compile(rf"{_ENTRANCE}-?(?P<room>.+)")
_BUILDING_ENTRANCE = re.compile(rf"{_HEAD}-?{_ENTRANCE}")
_GARAGE = re.compile(
    r"(?P<building>地下车库|地下停车场|地下室|停车场|车库)-?(?P<entrance>(?:B|负|地下)[\d一二三四五](?:层|(?=-)))?-?(?P<room>.+)"
)
_HYPHENS = re.compile(r"[—–―‐‑－_~/\\|.]")


class PlaceConflict(ValueError):
    """The columns of a row name two different places."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit is; the entrance may be empty."""

    building: str
    entrance: str
    room: str

    @property
    def code(self) -> str:
        return unit_code(self.building, self.entrance, self.room)


def unit_code(building: str, entrance: str, room: str) -> str:
    """`3-2-1201`; without an entrance `1-S05`; a garage `地下车库-B1-023`."""
    return "-".join(part for part in (building, entrance, room) if part)


def _number_word(word: str) -> str:
    """三 → 3, 十二 → 12, 二十 → 20."""
    if "十" not in word:
        return "".join(str(_NUMERALS[sign]) for sign in word)
    tens, _, ones = word.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return word
    return str((_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0))


def _plain(text: str) -> str:
    return "" if is_empty_word(text) else simplified(squeeze(text)).upper()


def _short(text: str) -> str:
    """Numerals as digits, and no leading zeros in a plain number."""
    if _NUMERAL_WORD.fullmatch(text):
        text = _number_word(text)
    text = re.sub(r"^([一二三四五六七八九十]+)(?=期)", lambda match: _number_word(match[1]), text)
    return text.lstrip("0") or "0" if text.isdigit() else text


@lru_cache(maxsize=4096)
def building_code(text: str) -> str:
    """3栋, 3幢, 3#, 3号楼, 第三栋, 03, Building 3 → 3; A座 → A; words such as 地下车库 or 综合楼 stay."""
    plain = _BUILDING_START.sub("", _plain(text))
    core = _short(_BUILDING_END.sub("", plain))
    return core if re.fullmatch(r"[\dA-Z期\-]+", core) else plain


@lru_cache(maxsize=4096)
def _entrance_code(text: str) -> str:
    plain = _ENTRANCE_START.sub("", _plain(text))
    if match := _BASEMENT.match(re.sub(r"[一二三四五]", lambda m: _number_word(m[0]), plain)):
        return f"B{match[1]}"
    return _short(_ENTRANCE_END.sub("", plain))


def _room_code(text: str) -> str:
    plain = _ROOM_START.sub("", _plain(text))
    return (_ROOM_END.sub("", plain) or plain).strip("-")


def read_place(
    building: str,
    entrance: str,
    room: str,
    *,
    code: str = "",
    community: str = "",
    entrance_first: bool = False,
) -> Place:
    """The place that a row names, whether in three columns, in one (3-2-1201, 3栋2单元1201室) or in both
    ways.

    `code` is used where the other columns leave the room open; `community` may stand in front of an
    address. With `entrance_first` the 1 of 1-602 is an entrance even in building 1 (see
    `starts_with_entrance`). A part that nobody names stays empty. Refuses with PlaceConflict where the
    columns contradict each other.
    """
    head = _plain(building)
    known_building, known_entrance = building_code(building), _entrance_code(entrance)
    if match := _BUILDING_ENTRANCE.fullmatch(head):
        known_building = building_code(match["building"])
        known_entrance = known_entrance or _entrance_code(match["entrance"])
    text = _plain(room) or _plain(code)
    prefix = _plain(community)
    if prefix and text.startswith(prefix) and len(text) > len(prefix):
        text = text[len(prefix) :]
    found = _written(text, known_building) or _hyphened(text, known_building, known_entrance, entrance_first)
    for known, read in ((known_building, found.building), (known_entrance, found.entrance)):
        if known and read and known != read:
            raise PlaceConflict
    return Place(found.building or known_building, found.entrance or known_entrance, found.room)


def starts_with_entrance(building: str, entrance: str, room: str) -> bool:
    """Whether a room such as 2-602 in building 1 shows that this roll writes entrance-room, not
    building-room.
    """
    parts = _HYPHENS.sub("-", _plain(room)).split("-")
    return (
        len(parts) == 2
        and not _plain(entrance)
        and building_code(building) not in ("", building_code(parts[0]))
    )


def _written(text: str, building: str) -> Place | None:
    for pattern in (_GARAGE, _WRITTEN_OUT, _ENTRANCE_ROOM):
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            if pattern is _GARAGE and building not in ("", parts["building"]):
                continue  # 车库12 under building 3 is a room of that building
            entrance, room = parts["entrance"] or "", parts["room"]
            if not entrance and room.count("-") == 1:
                entrance, _, room = room.partition("-")  # 5#-2-301
            return Place(
                building_code(parts.get("building") or ""), _entrance_code(entrance), _room_code(room)
            )
    return None


def _hyphened(text: str, building: str, entrance: str, entrance_first: bool) -> Place:
    """3-2-1201, 1-3-2-1201 with a phase in front, 2-1201 where the other part has its own column, or a
    bare room.
    """
    parts = [part for part in _HYPHENS.sub("-", text).split("-") if part]
    if len(parts) in (3, 4):
        head = "-".join(building_code(part) for part in parts[:-2])
        return Place(head, _entrance_code(parts[-2]), _room_code(parts[-1]))
    if len(parts) == 2:
        first, room = parts[0], _room_code(parts[1])
        if not building:
            return Place(building_code(first), "", room)
        if entrance and _entrance_code(first) == entrance:
            return Place("", entrance, room)
        if building_code(first) == building and not (entrance_first and not entrance):
            return Place(building, "", room)
        if not entrance:
            return Place("", _entrance_code(first), room)
    return Place("", "", _room_code("-".join(parts)))
