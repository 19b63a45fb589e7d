"""Phone numbers: digits only, however they were typed."""

from __future__ import annotations

import re

from servicecenter.lib.normalise.text import clean_text, half_width

_MOBILE = re.compile(r"1[3-9]\d{9}")
# Area code and number, a local number, or a service number; an extension may follow.
_LANDLINE = re.compile(r"(?:0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}|[2-9]\d{6,7}|[48]00\d{7})")
_FOREIGN = re.compile(r"(?:\+|00)(?!86)[1-9]\d{6,13}")
_CHINA = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$|0?[1-9]\d{8,10}$)")
_EXTENSION = re.compile(r"(?:转|轉|分机|分機|ext\.?|x|#)\s*(\d{1,6})$|(?<=\d{7})-(\d{1,5})$", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"(\d)\.?(\d*)[eE]\+?(\d{1,2})")
_REMARK = re.compile(r"\([^()]*[^\d()+\- ][^()]*\)|[^\d+\-() .#]+")
_PARTS = re.compile(r"[、,;/|\n]|或|和|及")


def is_mobile(number: str) -> bool:
    """Whether a normalised number is a mobile phone of mainland China, the only kind that gets sign-in
    codes.
    """
    return _MOBILE.fullmatch(number) is not None


def _expanded(text: str) -> str:
    """`1.8796265095E+10` as digits, if Excel kept them all."""
    match = _SCIENTIFIC.fullmatch(text)
    if match is None or len(match[2]) > int(match[3]):
        return text
    zeros = int(match[3]) - len(match[2])
    # A rounded number would end in invented zeros.
    return match[1] + match[2] + "0" * zeros if zeros <= 2 else text


def phone_number(text: str) -> str | None:
    """One number as digits: 13800000001, 05921234567, 0592123456-8001 (extension), 0085291234567 (abroad).

    Takes full-width digits, +86, 0086, spaces, hyphens, brackets and remarks such as 13800000001（王先生）.
    None where the digits cannot be a phone number (10 or 12 digits for a mobile).
    """
    plain = _expanded(half_width(clean_text(text)).lstrip("'"))
    plain, extension = _split_extension(plain)
    plain = re.sub(r"[\s\-().]", "", _REMARK.sub("", plain))
    number = _CHINA.sub("", plain)
    if len(number) == len(plain) and _FOREIGN.fullmatch(number):
        return number.replace("+", "00", 1) + extension
    if _MOBILE.fullmatch(number):
        return number
    if number != plain and not number.startswith("0"):
        number = "0" + number
    return number + extension if _LANDLINE.fullmatch(number) else None


def _split_extension(text: str) -> tuple[str, str]:
    match = _EXTENSION.search(text)
    # 138-0000-0001 ends like an extension: the digits before it decide.
    if match is None or _MOBILE.fullmatch(_CHINA.sub("", re.sub(r"\D", "", text))):
        return text, ""
    head = re.sub(r"\D", "", text[: match.start()])
    if not _LANDLINE.fullmatch(head):
        return text, ""
    return text[: match.start()], f"-{match[1] or match[2]}"


def phone_numbers(text: str) -> tuple[list[str], bool]:
    """Every number in a field, in order and once, and whether all of the field could be read."""
    whole = phone_number(text)
    if whole is not None:
        return [whole], True
    plain = half_width(clean_text(text))
    parts = [part for part in _PARTS.split(plain) if part.strip()]
    if len(parts) == 1:
        parts = plain.split()
    found = [phone_number(part) for part in parts if re.search(r"\d", part)]
    numbers = [number for number in found if number is not None]
    return list(dict.fromkeys(numbers)), bool(found) and len(numbers) == len(found)
