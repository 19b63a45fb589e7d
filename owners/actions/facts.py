"""Writing one fact about a person: normalised, sealed where it is private, findable by what it implies.

Each function changes the instance only; whoever calls saves. Values come normalised (servicecenter.lib.normalise).
"""

from __future__ import annotations

from datetime import date

from owners.models import Person
from servicecenter.audit import vault
from servicecenter.lib.masks import mask_id_number
from servicecenter.lib.normalise import initials

# From this age on somebody consents themselves (个人信息保护法 第31条).
OF_AGE = 14
# The columns that each fact is kept in.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "initials"),
    "phone": ("phone", "phone_last4"),
    "id_number": ("id_number_sealed", "id_number_index", "id_number_mask"),
    "birthday": ("birthday_sealed", "is_minor", "guardian", "user"),
    "spare_phone": ("spare_phone_sealed", "spare_phone_index"),
}


def set_name(person: Person, name: str) -> None:
    """The name, and the initials by which it is found."""
    person.name = name
    person.initials = initials(name)


def set_phone(person: Person, number: str) -> None:
    """The number, and its last four digits, an extension left out."""
    person.phone = number
    person.phone_last4 = number.partition("-")[0][-4:]


def set_id_number(person: Person, number: str) -> None:
    """The number of an identity paper, sealed; '' takes it away."""
    person.id_number_index = vault.blind_index("id_number", number)
    person.id_number_mask = mask_id_number(number)[:40]
    person.id_number_sealed = vault.seal(number, person.vault_place("id_number"))


def set_birthday(person: Person, day: date | None, *, today: date) -> None:
    """The birthday, sealed; None takes it away. A child under fourteen has no login, a grown-up no guardian."""
    person.birthday_sealed = vault.seal(day.isoformat() if day else "", person.vault_place("birthday"))
    set_minor(person, minor=day is not None and is_minor(day, today))


def set_minor(person: Person, *, minor: bool) -> None:
    """What follows from being younger than fourteen, or not."""
    person.is_minor = minor
    if minor:
        person.user = None
    else:
        person.guardian = None


def is_minor(birthday: date, today: date) -> bool:
    """Whether somebody born on that day is younger than fourteen; who was born on 29 February waits for 1 March."""
    return (today.year - birthday.year) - ((today.month, today.day) < (birthday.month, birthday.day)) < OF_AGE


def set_spare_phone(person: Person, numbers: str) -> None:
    """One number or several with commas between, sealed. It is found by the first: an index holds one number."""
    person.spare_phone_index = vault.blind_index("spare_phone", numbers.partition(",")[0])
    person.spare_phone_sealed = vault.seal(numbers, person.vault_place("spare_phone"))


def copy_birthday(source: Person, target: Person) -> None:
    """The same birthday, sealed for another record; it is never seen on the way."""
    target.birthday_sealed = vault.seal(source.unseal("birthday"), target.vault_place("birthday"))
    set_minor(target, minor=source.is_minor)
