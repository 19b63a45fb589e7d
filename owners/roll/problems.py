"""What can be wrong with a row, each with a stable kind and a sentence that says what to do.

A sentence never repeats a name, a phone, a paper number or a plate: reports are printed, mailed and kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from owners.roll.columns import Column


class Kind(StrEnum):
    """Stable names of problems; scripts match on them."""

    ID_CHECKSUM = "id_checksum"
    ID_PRECISION_LOST = "id_precision_lost"
    PHONE_LENGTH = "phone_length"
    DATE_IMPOSSIBLE = "date_impossible"
    OWNER_CONFLICT = "owner_conflict"
    USE_UNKNOWN = "use_unknown"
    RELATION_UNKNOWN = "relation_unknown"
    AREA_INVALID = "area_invalid"
    MOVEOUT_BEFORE_MOVEIN = "moveout_before_movein"
    UNIT_MISSING = "unit_missing"
    NAME_MISSING = "name_missing"
    DUPLICATE_ROW = "duplicate_row"
    IDENTITY_CONFLICT = "identity_conflict"
    FORMULA_ERROR = "formula_error"
    HTML_MARKUP = "html_markup"
    FORMULA_INJECTION = "formula_injection"
    CONTROL_CHAR = "control_char"
    TEXT_TOO_LONG = "text_too_long"
    COMMUNITY_UNKNOWN = "community_unknown"
    PLATE_INVALID = "plate_invalid"
    TENANT_WITHOUT_OWNER = "tenant_without_owner"


WARNINGS = frozenset({Kind.TENANT_WITHOUT_OWNER})

SENTENCES: dict[str, str] = {
    "id_checksum": _(
        "The number of the paper cannot be right: its check digit or date of birth does not fit."
    ),
    "id_precision_lost": _(
        "Excel turned the identity number into a figure and lost its last digits. Format the column as "
        "text and type the number again."
    ),
    "phone_length": _("This is not a phone number: a mobile number has 11 digits."),
    "date_impossible": _(
        "There is no such date, or it can be read in two ways. Please write it like 2018-06-30."
    ),
    "owner_conflict": _(
        "The unit has another owner for the same time, and both are marked as primary contact. Enter a "
        "move-out date for the former owner, or make one of them a co-owner."
    ),
    "owner_conflict_on_file": _(
        "Our records show another current owner of this unit as primary contact. Add a row with "
        "that owner's move-out date, or make one of them a co-owner."
    ),
    "use_unknown": _("“%(value)s” is none of the uses residence, shop, parking and storage."),
    "relation_unknown": _("“%(value)s” is none of the relations owner, co-owner, tenant and family."),
    "relation_missing": _("Please say whether this person is owner, co-owner, tenant or family."),
    "area_invalid": _("“%(value)s” is not an area: a number of square metres is needed."),
    "moveout_before_movein": _("The move-out date lies before the move-in date."),
    "unit_missing": _("The room number is missing."),
    "building_missing": _("The building is missing."),
    "place_conflict": _("The room number names another building or entrance than the columns beside it."),
    "room_is_date": _(
        "Excel turned the room number into a date. Format the column as text and type it again."
    ),
    "name_missing": _("There are details of a person, but no name."),
    "duplicate_row": _(
        "The same person stands in the same unit in row %(row)s already. Delete one of the rows."
    ),
    "duplicate_unit": _("The same unit stands in row %(row)s already, also without a person."),
    "identity_conflict": _(
        "Row %(row)s has the same name and mobile number but another identity number. "
        "Please find out which one is right."
    ),
    "identity_conflict_name": _(
        "Row %(row)s has the same identity number but another name. Please find out which one is right."
    ),
    "identity_conflict_on_file": _(
        "Our records know this name and mobile number with another identity number. Please find out "
        "which one is right."
    ),
    "formula_error": _("The formula in this cell has no result. Type the value instead."),
    "html_markup": _("The cell holds HTML or script code. Please remove it."),
    "formula_injection": _("The cell begins like a formula or command. Please type plain text."),
    "control_char": _("The cell holds invisible control characters. Please type the text again."),
    "text_too_long": _("The text has %(length)s characters; at most %(limit)s are possible here."),
    "community_unknown": _("“%(value)s” is not the community of this import."),
    "plate_invalid": _("There can be no such number plate."),
    "tenant_without_owner": _("The unit has a tenant but no owner in this roll."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one row; `column` is None where the whole row is meant. `row` is the 1-based file
    row.
    """

    row: int
    column: Column | None
    kind: Kind
    severity: str
    message: str
    sheet: str = ""


def problem(
    row: int,
    column: Column | None,
    kind: Kind,
    /,
    *,
    sheet: str = "",
    sentence: str = "",
    **values: object,
) -> Problem:
    """A problem with its sentence in the active language; `sentence` picks a closer one than the kind's
    own.
    """
    short = {name: value[:30] if isinstance(value, str) else value for name, value in values.items()}
    return Problem(
        row,
        column,
        kind,
        "warning" if kind in WARNINGS else "error",
        gettext(SENTENCES[sentence or kind.value]) % short,
        sheet,
    )
