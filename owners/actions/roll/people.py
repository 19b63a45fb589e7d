"""Storing the people of a roll: who is on record already, what is new about them, everything private
sealed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from owners.actions import facts
from owners.models import Occupancy, Person, Vehicle
from owners.roll.identity import Key, Someone
from servicecenter.accounts.actions import ensure_resident_logins
from servicecenter.accounts.models import Community
from servicecenter.audit import vault
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.copying import copy_in
from servicecenter.lib.masks import mask_plate
from servicecenter.lib.normalise import is_mobile

BATCH = 1000
_CHANGED_BY_ROLL = (
    "user", "name", "initials", "phone", "phone_last4", "email", "gender", "id_type", "id_number_sealed",
    "id_number_index", "id_number_mask", "birthday_sealed", "is_minor", "guardian", "spare_phone_sealed",
    "spare_phone_index", "workplace", "emergency_contact", "emergency_phone", "special_needs", "note", "roll_digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """A person on record, as far as matching needs it."""

    id: int
    name: str
    phone: str
    paper: str  # blind index of the identity number
    digest: str


@dataclass
class Register:
    """Everybody on record in a community, to be found by paper, by name and phone, or by their stay."""

    by_paper: dict[str, Known] = field(default_factory=dict)
    by_phone: dict[tuple[str, str], list[Known]] = field(default_factory=lambda: defaultdict(list))
    by_stay: dict[tuple[str, str, str], list[Known]] = field(default_factory=lambda: defaultdict(list))
    taken: set[int] = field(default_factory=set)

    def find(self, someone: Someone) -> tuple[Known | None, bool]:
        """Whom `someone` means, and whether the record contradicts the roll (same name and phone, another
        paper).
        """
        namesakes = self.by_phone.get((someone.name, someone.mobile), []) if someone.mobile else []
        if someone.id_number:
            known = self.by_paper.get(paper_index(someone.id_number))
            if known is None:
                known = next((one for one in namesakes if not one.paper and one.id not in self.taken), None)
                if known is None and namesakes:
                    return None, True
        elif someone.mobile:
            known = min(namesakes, key=lambda one: (one.paper != "", one.id), default=None)
        else:
            same = self.by_stay.get((someone.name, someone.key[2], someone.key[3]), [])
            known = next((one for one in same if one.id not in self.taken), None)
        if known:
            self.taken.add(known.id)
        return known, False


def paper_index(number: str) -> str:
    """The blind index by which the number of an identity paper is found."""
    return vault.blind_index("id_number", number)


def load_register(community: Community) -> Register:
    """Everybody of the community; a few hundred bytes a person."""
    register = Register()
    plain: dict[int, Known] = {}
    columns = ("id", "name", "phone", "id_number_index", "roll_digest")
    for values in Person.objects.filter(community=community).order_by("id").values_list(*columns).iterator():
        known = Known(*values)
        if known.paper:
            register.by_paper[known.paper] = known
        if known.phone:
            register.by_phone[known.name, known.phone].append(known)
        if not known.paper and not known.phone:
            plain[known.id] = known
    stays = Occupancy.objects.filter(community=community, person__phone="", person__id_number_index="")
    for person_id, code, role in stays.order_by("id").values_list("person_id", "unit__code", "role"):
        known = plain[person_id]
        register.by_stay[known.name, code, role].append(known)
    return register


@dataclass
class Saved:
    """Row ids of everybody in the roll, and who was changed by it."""

    ids: dict[Key, int] = field(default_factory=dict)
    changed: set[Key] = field(default_factory=set)


def save_people(
    community: Community,
    people: dict[Key, Someone],
    matches: dict[Key, Known],
    told: Callable[[int], None],
) -> Saved:
    """Makes or updates everybody. Whoever the roll describes as it did last time is not touched at all.

    A blank cell never erases what is on record, and corrections made since stay until the roll says
    something new.
    """
    saved = Saved({key: known.id for key, known in matches.items()})
    digests = {key: vault.blind_index("roll", someone.facts()) for key, someone in people.items()}
    new = [someone for key, someone in people.items() if key not in matches]
    stale = [
        someone for key, someone in people.items() if key in matches and matches[key].digest != digests[key]
    ]
    logins = ensure_resident_logins(one.mobile for one in (*new, *stale) if is_mobile(one.mobile))
    today = local_day(database_now())
    made = _new(community, new, digests, logins, today, told)
    saved.ids |= zip((one.key for one in new), copy_in(Person, made, count=len(new)), strict=True)
    for batch in _batches(stale):
        _update(batch, saved, digests, logins, today)
        told(len(batch))
    _save_plates(community, people, saved, {one.key for one in (*new, *stale)})
    return saved


def _new(
    community: Community,
    new: Sequence[Someone],
    digests: dict[Key, str],
    logins: dict[str, int],
    today: date,
    told: Callable[[int], None],
) -> Iterator[Person]:
    """Made one by one while the database stores those before, so nothing here may ask it."""
    for batch in _batches(new):
        for one in batch:
            yield _fill(Person(community=community), one, digests[one.key], logins, today)
        told(len(batch))


def _batches(everybody: Sequence[Someone]) -> Iterator[Sequence[Someone]]:
    return (everybody[start : start + BATCH] for start in range(0, len(everybody), BATCH))


def _update(
    batch: Sequence[Someone], saved: Saved, digests: dict[Key, str], logins: dict[str, int], today: date
) -> None:
    rows = Person.objects.in_bulk([saved.ids[one.key] for one in batch])
    for one in batch:
        person = rows[saved.ids[one.key]]
        before = _visible(person)
        _fill(person, one, digests[one.key], logins, today)
        if _visible(person) != before:
            saved.changed.add(one.key)
    # An upsert by id: one statement for a thousand rows, where bulk_update would build a CASE for each cell.
    Person.objects.bulk_create(
        rows.values(), update_conflicts=True, unique_fields=["id"], update_fields=_CHANGED_BY_ROLL
    )


def _visible(person: Person) -> tuple[object, ...]:
    """What makes a difference to people: sealing the same value again does not."""
    opened = tuple(person.unseal(name) for name in ("birthday", "spare_phone"))
    same = tuple(
        getattr(person, name) for name in _CHANGED_BY_ROLL if not name.endswith(("_sealed", "roll_digest"))
    )
    return opened + same


def _fill(person: Person, one: Someone, digest: str, logins: dict[str, int], today: date) -> Person:
    plain = {
        "email": one.email,
        "gender": one.gender,
        "workplace": one.workplace,
        "emergency_contact": one.emergency_contact,
        "emergency_phone": one.emergency_phone,
        "special_needs": one.needs,
        "note": one.note,
        "id_type": one.id_type,
    }
    for name, value in plain.items():
        if value:
            setattr(person, name, value)
    if one.name:
        facts.set_name(person, one.name)
    if one.mobile:
        facts.set_phone(person, one.mobile)
        # Whoever has the former number must not sign in as this person any more.
        person.user_id = logins.get(one.mobile)
    if one.id_number:
        facts.set_id_number(person, one.id_number)
    if one.birthday:
        facts.set_birthday(person, one.birthday, today=today)
    if one.spare_phone:
        facts.set_spare_phone(person, one.spare_phone)
    if person.is_minor:
        person.user_id = None
    person.roll_digest = digest
    return person


def _save_plates(community: Community, people: dict[Key, Someone], saved: Saved, keys: Iterable[Key]) -> None:
    known = set(Vehicle.objects.filter(community=community).values_list("person_id", "plate_index"))
    wanted = []
    for key in keys:
        for plate in people[key].plates:
            index = vault.blind_index("plate", plate)
            if (saved.ids[key], index) not in known:
                wanted.append((saved.ids[key], plate, index))
                saved.changed.add(key)
    copy_in(Vehicle, (_vehicle(community, *one) for one in wanted), count=len(wanted))


def _vehicle(community: Community, person_id: int, plate: str, index: str) -> Vehicle:
    vehicle = Vehicle(
        community=community, person_id=person_id, plate_index=index, plate_mask=mask_plate(plate)
    )
    vehicle.plate_sealed = vault.seal(plate, vehicle.vault_place())
    return vehicle
