"""One data row: every cell normalised and checked by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from owners.roll import vocabulary
from owners.roll.cells import CellValue, cell_text, defect, unwrap
from owners.roll.columns import Column
from owners.roll.problems import Kind, Problem, problem
from servicecenter.lib import normalise

# The longest move-in or delivery date that makes sense: ten years ahead also decides what 35/1/1 means.
YEARS_AHEAD = 10
_OPEN_END = frozenset(["至今", "长期", "永久", "未迁出", "在住", "present", "now", "current"])
_AREA_UNIT = re.compile(r"(?:㎡|m²|m2|平方米|平方|平米|平|sqm|sq\.?m\.?)$", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s,;<>()]+@[^@\s,;<>()]+\.[^@\s,;<>().]{2,}")
# What the columns of a unit hold at most (`owners.models`).
PART_LIMITS = {Column.BUILDING: 30, Column.ENTRANCE: 20, Column.ROOM: 28}


@dataclass(frozen=True, slots=True)
class Row:
    """A data row after normalisation. A cell that was refused is empty here and named in `refused`.

    Days are local calendar days; `relation`, `use`, `id_type` and `gender` hold the values of
    `owners.models`.
    """

    number: int
    sheet: str
    building: str = ""
    entrance: str = ""
    room: str = ""
    area: Decimal | None = None
    use: str = ""
    usual_use: str = "residence"  # what the names of building and room suggest, for a row that does not say
    delivered: date | None = None
    name: str = ""
    relation: str = ""
    mobile: str = ""
    spare_phone: str = ""
    id_type: str = ""
    id_number: str = ""
    gender: str = ""
    birthday: date | None = None
    email: str = ""
    workplace: str = ""
    emergency_contact: str = ""
    emergency_phone: str = ""
    plates: tuple[str, ...] = ()
    needs: str = ""
    moved_in: date | None = None
    moved_out: date | None = None
    primary: bool = False
    note: str = ""
    refused: frozenset[Column] = frozenset()

    @property
    def unit_code(self) -> str:
        return normalise.unit_code(self.building, self.entrance, self.room)

    @property
    def has_person(self) -> bool:
        return bool(self.name)


@dataclass(frozen=True)
class Sheet:
    """What the cells of one sheet mean: where its columns are, and which community and day they are read
    for.
    """

    name: str
    columns: Mapping[Column, int]
    community: str
    community_code: str
    today: date
    building: str = ""  # a sheet called 3栋 without a building column
    entrance_first: bool = False

    @property
    def has_building(self) -> bool:
        return Column.BUILDING in self.columns or bool(self.building)


@dataclass
class Draft:
    """A row being read: its texts, and what was found wrong so far."""

    sheet: Sheet
    number: int
    raw: dict[Column, CellValue]
    texts: dict[Column, str]
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: Column, kind: Kind, *, sentence: str = "", **values: object) -> None:
        self.problems.append(
            problem(self.number, column, kind, sheet=self.sheet.name, sentence=sentence, **values)
        )

    def text(self, column: Column) -> str:
        """The text of a cell; empty where it says nothing or was refused."""
        return self.texts.get(column, "")


def read_row(sheet: Sheet, number: int, cells: Sequence[CellValue]) -> tuple[Row, list[Problem]]:
    """The row and everything wrong with it by itself; `number` is the 1-based file row."""
    draft = _draft(sheet, number, cells)
    values: dict[str, Any] = _place(draft)
    _check_community(draft)
    for read in (_unit, _person, _contact, _stay):
        values |= read(draft)
    _check_person(draft, values)
    refused = frozenset(found.column for found in draft.problems if found.column)
    return Row(number=number, sheet=sheet.name, refused=refused, **values), draft.problems


def _draft(sheet: Sheet, number: int, cells: Sequence[CellValue]) -> Draft:
    draft = Draft(sheet, number, {}, {})
    width = len(cells)
    for column, position in sheet.columns.items():
        value = cells[position] if position < width else ""
        if value == "" or value is None:
            continue
        text = unwrap(cell_text(value)) if type(value) is not str or '"' in value else value
        if type(value) is str and text is value and text.isspace():
            continue
        found = defect(column, text)
        if found:
            draft.refuse(column, found[0], **found[1])
        elif not normalise.is_empty_word(text):
            draft.raw[column] = value
            draft.texts[column] = normalise.clean_text(text)
    return draft


def _check_community(draft: Draft) -> None:
    text = draft.text(Column.COMMUNITY)
    wanted = (draft.sheet.community, draft.sheet.community_code)
    if text and _same(text) not in {_same(name) for name in wanted}:
        draft.refuse(Column.COMMUNITY, Kind.COMMUNITY_UNKNOWN, value=text)


@lru_cache(maxsize=1024)
def _same(text: str) -> str:
    return normalise.simplified(normalise.squeeze(text)).casefold()


def _place(draft: Draft) -> dict[str, Any]:
    for column in (Column.BUILDING, Column.ENTRANCE, Column.ROOM):
        if isinstance(draft.raw.get(column), date):
            draft.refuse(column, Kind.UNIT_MISSING, sentence="room_is_date")
            return {}
    texts = [draft.text(column) for column in (Column.BUILDING, Column.ENTRANCE, Column.ROOM)]
    broken = {found.column for found in draft.problems}
    try:
        place = normalise.read_place(
            texts[0] or draft.sheet.building,
            texts[1],
            texts[2],
            code=draft.text(Column.CODE),
            community=draft.sheet.community,
            entrance_first=draft.sheet.entrance_first,
        )
    except normalise.PlaceConflict:
        draft.refuse(Column.ROOM, Kind.UNIT_MISSING, sentence="place_conflict")
        return {}
    if not place.room and Column.ROOM not in broken:
        draft.refuse(Column.ROOM, Kind.UNIT_MISSING)
    elif not place.building and Column.BUILDING not in broken and place.room:
        draft.refuse(Column.BUILDING, Kind.UNIT_MISSING, sentence="building_missing")
    parts = {Column.BUILDING: place.building, Column.ENTRANCE: place.entrance, Column.ROOM: place.room}
    for column, part in parts.items():
        if len(part) > PART_LIMITS[column]:
            draft.refuse(column, Kind.TEXT_TOO_LONG, length=len(part), limit=PART_LIMITS[column])
            return {}
    return {"building": place.building, "entrance": place.entrance, "room": place.room}


def _unit(draft: Draft) -> dict[str, Any]:
    text = draft.text(Column.USE)
    use = vocabulary.use(text) if text else ""
    if use is None:
        draft.refuse(Column.USE, Kind.USE_UNKNOWN, value=text)
    return {
        "area": _area(draft),
        "use": use or "",
        "usual_use": _usual_use(draft),
        "delivered": _day(draft, Column.DELIVERED),
    }


def _usual_use(draft: Draft) -> str:
    """Without a word for it: what the names of building and room say, else a residence."""
    words = draft.text(Column.BUILDING) + draft.text(Column.ROOM) + draft.sheet.building
    for part, use in (("车", "parking"), ("储", "storage"), ("商", "shop"), ("铺", "shop"), ("店", "shop")):
        if part in normalise.simplified(words):
            return use
    return "residence"


def _area(draft: Draft) -> Decimal | None:
    text = draft.text(Column.AREA)
    if not text:
        return None
    plain = _AREA_UNIT.sub("", normalise.squeeze(text))
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    try:
        area = Decimal(plain) if re.fullmatch(r"\d+(\.\d+)?|\.\d+", plain) else Decimal(-1)
    except InvalidOperation:  # pragma: no cover - the pattern admits numbers only
        area = Decimal(-1)
    rounded = area.quantize(Decimal("0.01")) if area < 10_000_000 else Decimal(-1)
    if rounded == 0:
        return None  # nobody measured it
    if rounded < 0:
        draft.refuse(Column.AREA, Kind.AREA_INVALID, value=text)
        return None
    return rounded


def _day(draft: Draft, column: Column, *, ahead: int = YEARS_AHEAD) -> date | None:
    text = draft.text(column)
    if not text:
        return None
    value = draft.raw[column]
    latest = date(draft.sheet.today.year + ahead, 12, 31) if ahead else draft.sheet.today
    source = value if isinstance(value, date | int | float) and not isinstance(value, bool) else text
    found = _known_day(source, latest)
    if found is None:
        draft.refuse(column, Kind.DATE_IMPOSSIBLE)
    return found


@lru_cache(maxsize=4096)
def _known_day(value: str | float | date, latest: date) -> date | None:
    return normalise.read_day(value, latest=latest)


def _person(draft: Draft) -> dict[str, Any]:
    name = normalise.person_name(draft.text(Column.NAME))
    number = _id_number(draft)
    birthday = _day(draft, Column.BIRTHDAY, ahead=0)
    if birthday and birthday > draft.sheet.today:
        draft.refuse(Column.BIRTHDAY, Kind.DATE_IMPOSSIBLE)
        birthday = None
    kind = vocabulary.id_type(draft.text(Column.ID_TYPE), number)
    return {
        "name": name,
        "id_type": kind if number else "",
        "id_number": number,
        "gender": vocabulary.gender(draft.text(Column.GENDER)),
        "birthday": birthday,
        "workplace": draft.text(Column.WORKPLACE),
        "needs": draft.text(Column.NEEDS),
    }


def _id_number(draft: Draft) -> str:
    text = draft.text(Column.ID_NUMBER)
    if not text:
        return ""
    if normalise.digits_lost(text):
        draft.refuse(Column.ID_NUMBER, Kind.ID_PRECISION_LOST)
        return ""
    number = normalise.paper_number(text)
    checks: dict[str, Callable[[str], str | None]] = {
        "id_card": normalise.id_card,
        "licence": normalise.company_number,
    }
    check = checks.get(vocabulary.id_type(draft.text(Column.ID_TYPE), number))
    valid = check(number) if check else number
    if valid is None:
        draft.refuse(Column.ID_NUMBER, Kind.ID_CHECKSUM)
    return valid or ""


def _contact(draft: Draft) -> dict[str, Any]:
    numbers = _phones(draft, Column.MOBILE) + _phones(draft, Column.SPARE_PHONE)
    # A landline in the mobile column is somebody's only phone: it stays findable, but gets no sign-in codes.
    mobile = next((number for number in numbers if normalise.is_mobile(number)), "") or next(
        iter(numbers), ""
    )
    spare = dict.fromkeys(number for number in numbers if number != mobile)
    email = normalise.half_width(draft.text(Column.EMAIL)).lower()
    note = draft.text(Column.NOTE)
    if email and not _EMAIL.fullmatch(email):
        # Not an address, but nothing of a roll is dropped silently.
        note = "\n".join(part for part in (note, f"{Column.EMAIL}: {email}") if part)
        email = ""
    return {
        "mobile": mobile,
        "spare_phone": ",".join(spare),
        "email": email,
        "emergency_contact": normalise.person_name(draft.text(Column.EMERGENCY_CONTACT)),
        "emergency_phone": ",".join(_phones(draft, Column.EMERGENCY_PHONE))[:60],
        "note": note,
    }


def _phones(draft: Draft, column: Column) -> list[str]:
    text = draft.text(column)
    if not text:
        return []
    numbers, complete = normalise.phone_numbers(text)
    if not complete:
        draft.refuse(column, Kind.PHONE_LENGTH)
        return []
    return numbers


def _stay(draft: Draft) -> dict[str, Any]:
    if normalise.squeeze(draft.text(Column.MOVED_OUT)).casefold() in _OPEN_END:
        draft.texts.pop(Column.MOVED_OUT, None)
    moved_in, moved_out = _day(draft, Column.MOVED_IN), _day(draft, Column.MOVED_OUT)
    if moved_in and moved_out and moved_out < moved_in:
        draft.refuse(Column.MOVED_OUT, Kind.MOVEOUT_BEFORE_MOVEIN)
    plates, complete = normalise.plates(text) if (text := draft.text(Column.PLATES)) else ([], True)
    if not complete:
        draft.refuse(Column.PLATES, Kind.PLATE_INVALID)
    text = draft.text(Column.RELATION)
    relation = vocabulary.relation(text) if text else ""
    if relation is None:
        draft.refuse(Column.RELATION, Kind.RELATION_UNKNOWN, value=text)
    return {
        "relation": relation or "",
        "moved_in": moved_in,
        "moved_out": moved_out,
        "primary": vocabulary.yes(draft.text(Column.PRIMARY)),
        "plates": tuple(plates),
    }


# Filled, one of these says that there is a person.
_PERSONAL = (
    Column.MOBILE,
    Column.SPARE_PHONE,
    Column.ID_NUMBER,
    Column.BIRTHDAY,
    Column.EMAIL,
    Column.PLATES,
)


def _check_person(draft: Draft, values: dict[str, Any]) -> None:
    refused = {found.column for found in draft.problems}
    if not values["name"]:
        if Column.NAME not in refused and any(draft.text(column) for column in _PERSONAL):
            draft.refuse(Column.NAME, Kind.NAME_MISSING)
    elif not values["relation"] and Column.RELATION not in refused and Column.RELATION in draft.sheet.columns:
        draft.refuse(Column.RELATION, Kind.RELATION_UNKNOWN, sentence="relation_missing")
