"""Who the rows mean: one person per identity paper; without one, per name and phone; with neither, per
row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from owners.roll.rows import Row

# What tells people of one roll apart; the first part says by what.
Key = tuple[str, ...]


@dataclass(slots=True)
class Someone:
    """A person as all of their rows describe them: the first filled cell counts, numbers, plates and notes
    add up.
    """

    key: Key
    name: str
    mobile: str = ""
    id_type: str = ""
    id_number: str = ""
    gender: str = ""
    birthday: date | None = None
    email: str = ""
    workplace: str = ""
    emergency_contact: str = ""
    emergency_phone: str = ""
    needs: str = ""
    spare_phones: dict[str, None] = field(default_factory=dict)
    plates: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Takes over what a further row knows."""
        self.mobile = self.mobile or row.mobile
        self.id_number, self.id_type = self.id_number or row.id_number, self.id_type or row.id_type
        self.gender = self.gender or row.gender
        self.birthday = self.birthday or row.birthday
        self.email = self.email or row.email
        self.workplace = self.workplace or row.workplace
        self.emergency_contact = self.emergency_contact or row.emergency_contact
        self.emergency_phone = self.emergency_phone or row.emergency_phone
        self.needs = self.needs or row.needs
        for number in (row.mobile, *row.spare_phone.split(",")):
            if number and number != self.mobile:
                self.spare_phones[number] = None
        self.plates |= dict.fromkeys(row.plates)
        if row.note:
            self.notes[row.note] = None

    @property
    def spare_phone(self) -> str:
        return ",".join(self.spare_phones)

    @property
    def note(self) -> str:
        return "\n".join(self.notes)

    def facts(self) -> str:
        """All of it in one line, to tell whether a later roll says anything new."""
        parts = (
            self.name, self.mobile, self.id_type, self.id_number, self.gender, str(self.birthday or ""),
            self.email, self.workplace, self.emergency_contact, self.emergency_phone, self.needs,
            self.spare_phone, " ".join(self.plates), self.note,
        )  # fmt: skip
        return "\x1f".join(parts)


def people_of(rows: Iterable[Row]) -> tuple[dict[Key, Someone], dict[int, Key]]:
    """Everybody in these rows, and the key of the person in each row (by the row's place in `rows`)."""
    rows = list(rows)
    papers = {(row.name, row.mobile): row.id_number for row in rows if row.mobile and row.id_number}
    people: dict[Key, Someone] = {}
    keys: dict[int, Key] = {}
    for place, row in enumerate(rows):
        if not row.has_person:
            continue
        key = keys[place] = _key(row, papers)
        someone = people.get(key)
        if someone is None:
            someone = people[key] = Someone(key=key, name=row.name)
        someone.add(row)
    return people, keys


def _key(row: Row, papers: dict[tuple[str, str], str]) -> Key:
    paper = row.id_number or papers.get((row.name, row.mobile))
    if paper:
        return ("paper", paper)
    if row.mobile:
        return ("phone", row.name, row.mobile)
    return ("row", row.name, row.unit_code, row.relation, str(row.birthday or ""))
