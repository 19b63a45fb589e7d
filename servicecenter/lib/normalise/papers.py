"""Numbers of identity papers and companies, with their check digits."""

from __future__ import annotations

import re
from datetime import date

from servicecenter.lib.normalise.text import squeeze

# GB 11643: weights of the first 17 digits and the check character for each remainder.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
# GB 32100: no I, O, S, V, Z.
_COMPANY_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_COMPANY = re.compile(rf"[{_COMPANY_SIGNS}]{{18}}")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?1[4-9]")


def paper_number(text: str) -> str:
    """Upper case, half-width, without spaces, hyphens and Excel's leading apostrophe."""
    return re.sub(r"[\-'‘’`·.]", "", squeeze(text)).upper()


def _check(first17: str) -> str:
    return _ID_CHECKS[sum(int(sign) * weight for sign, weight in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def _has_birthday(number: str) -> bool:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return born.year >= 1900


def id_card(text: str) -> str | None:
    """A valid 18-character identity card number; an old one of 15 digits is brought to 18. None if it
    cannot be right.
    """
    number = paper_number(text)
    if re.fullmatch(r"\d{15}", number):
        number = f"{number[:6]}19{number[6:]}"
        number += _check(number)
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number) or not _has_birthday(number):
        return None
    return number if _check(number[:17]) == number[17] else None


def company_number(text: str) -> str | None:
    """A valid unified social credit code 统一社会信用代码, or an old licence number of 13 or 15 digits."""
    number = paper_number(text)
    if re.fullmatch(r"\d{13}|\d{15}", number):
        return number
    if not _COMPANY.fullmatch(number):
        return None
    total = sum(_COMPANY_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(number[:17]))
    return number if _COMPANY_SIGNS[-total % 31] == number[17] else None


def digits_lost(text: str) -> bool:
    """Whether Excel made a number of an identity number: 3.50212E+17, or 18 digits that end in invented
    zeros.
    """
    number = squeeze(text).upper()
    if _SCIENTIFIC.fullmatch(number):
        return True
    return re.fullmatch(r"\d{15}000", number) is not None and id_card(number) is None
