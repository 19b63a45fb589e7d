"""Searching the roll: people by name, phone, end of a phone or plate, units by code in any spelling.

Only `Q`s are made here, so that each caller keeps its own scope, order and page size.
"""

from __future__ import annotations

from django.db.models import Prefetch, Q

from owners.models import Occupancy, PersonQuerySet, UnitQuerySet, Vehicle
from owners.queries.patterns import NOTHING, like, literal, read
from servicecenter.audit import vault

# As many digits as a masked number shows at its end.
LAST_DIGITS = 4
# With fewer leading digits the hidden ones could be found out one after the other: each takes ten tries at most. With
# so many they have to be guessed all at once.
LEADING_DIGITS = 7
TRIGRAM = 3


def people_like(text: str, *, numbers: bool) -> Q:
    """People who fit `text` (cleaned, at most 100 characters).

    A plate, a whole phone number, its last four digits or its first seven and more, else part of the name or its pinyin
    initials.
    `numbers=False`: names and last four digits only, for readers whom nobody calls. A search that says whether a
    number fits would show, digit by digit and without a line in the access log, what is masked for them.
    """
    asked = read(text)
    if (asked.plate or asked.phone or len(asked.digits) > LAST_DIGITS) and not numbers:
        return NOTHING
    if asked.plate:
        plates = Vehicle.objects.filter(plate_index=vault.blind_index("plate", asked.plate))
        return Q(pk__in=plates.values("person"))
    if asked.phone:
        return Q(phone=asked.phone) | Q(spare_phone_index=vault.blind_index("spare_phone", asked.phone))
    if not asked.digits:
        return _named(asked.text)
    if len(asked.digits) == LAST_DIGITS:
        return Q(phone_last4=asked.digits)
    return Q(phone__startswith=asked.digits) if len(asked.digits) >= LEADING_DIGITS else NOTHING


def _named(text: str) -> Q:
    """A name or part of one. An index sees three characters in a row, an end of a word counting as one: a whole word
    of two, its beginning or its end, but nothing within a longer one. So three characters are looked for anywhere, two
    at both ends (surname with generation name, given name), and one where names begin."""
    letters = text.replace(" ", "").lower()
    part = literal(text)
    if letters.isascii() and letters.isalpha():
        return like("name", f"%{part}%" if len(text) >= TRIGRAM else f"{part}%") | Q(
            initials__startswith=letters
        )
    if len(text) >= TRIGRAM:
        return like("name", f"%{part}%")
    return like("name", f"{part}%", f"%{part}") if len(text) > 1 else like("name", f"{part}%")


def units_like(text: str) -> Q:
    """Units whose code fits `text`: 3-2-1201, 3栋2单元1201, 1201, 3栋."""
    return like("code", *read(text).units)


def with_homes(people: PersonQuerySet) -> PersonQuerySet:
    """People with their present occupancies in `homes` (one more query for any number of people)."""
    current = Occupancy.objects.current().select_related("unit", "community")
    return people.prefetch_related(Prefetch("occupancies", current, to_attr="homes"))


def with_residents(units: UnitQuerySet) -> UnitQuerySet:
    """Units with those who live there now in `residents`, the primary contact first (one more query)."""
    current = Occupancy.objects.current().select_related("person").order_by("-is_primary", "role", "id")
    return units.prefetch_related(Prefetch("occupancies", current, to_attr="residents"))
