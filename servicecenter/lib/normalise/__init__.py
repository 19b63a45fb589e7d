"""One form for what people write in many: phones, names, papers, plates, days, places. Pure functions, no
models.

Every reader takes text as it was typed and returns the stored form, or None where it cannot be what it
claims.
"""

from __future__ import annotations

from servicecenter.lib.normalise.days import read_day
from servicecenter.lib.normalise.initials import initials
from servicecenter.lib.normalise.papers import company_number, digits_lost, id_card, paper_number
from servicecenter.lib.normalise.phones import is_mobile, phone_number, phone_numbers
from servicecenter.lib.normalise.places import (
    Place,
    PlaceConflict,
    building_code,
    read_place,
    starts_with_entrance,
    unit_code,
)
from servicecenter.lib.normalise.plates import plate, plates
from servicecenter.lib.normalise.text import (
    clean_text,
    half_width,
    is_empty_word,
    person_name,
    simplified,
    squeeze,
)

__all__ = [
    "Place",
    "PlaceConflict",
    "building_code",
    "clean_text",
    "company_number",
    "digits_lost",
    "half_width",
    "id_card",
    "initials",
    "is_empty_word",
    "is_mobile",
    "paper_number",
    "person_name",
    "phone_number",
    "phone_numbers",
    "plate",
    "plates",
    "read_day",
    "read_place",
    "simplified",
    "squeeze",
    "starts_with_entrance",
    "unit_code",
]
