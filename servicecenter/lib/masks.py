"""Masked personal data: enough to recognise it, too little to use it (domain.md §2, privacy)."""

from __future__ import annotations

import unicodedata

STAR = "*"


def _phone_digits(number: str) -> str:
    """The digits of a phone number, without a leading +86 or 0086."""
    plain = unicodedata.normalize("NFKC", number).strip()
    digits = "".join(character for character in plain if character.isdigit())
    for prefix in ("0086", "86"):
        if digits.startswith(prefix) and len(digits) == len(prefix) + 11:
            return digits[len(prefix) :]
    return digits


def mask_phone(number: str) -> str:
    """`13800000001` → `138****0001`; a short number keeps its last two digits only."""
    digits = _phone_digits(number)
    if len(digits) < 8:
        return STAR * max(len(digits) - 2, 0) + digits[-2:] if len(digits) > 2 else STAR * len(digits)
    return digits[:3] + STAR * (len(digits) - 7) + digits[-4:]


def group_phone(number: str) -> str:
    """Groups a number, masked or full, for reading aloud: `138 0000 0001`, `138 **** 0001`, `0592-5550110`."""
    plain = number if STAR in number else _phone_digits(number)
    if plain.startswith("0") and len(plain) >= 10:
        # 010 and 02x are the big cities' codes, all others have four digits.
        area = 3 if plain[1] in "12" else 4
        return f"{plain[:area]}-{plain[area:]}"
    return f"{plain[:3]} {plain[3:7]} {plain[7:]}" if len(plain) == 11 else plain


def mask_id_number(number: str) -> str:
    """`350203199001011234` → `3502**********1234`; anything under nine characters is hidden whole."""
    plain = number.strip().upper()
    if len(plain) < 9:
        return STAR * len(plain)
    return plain[:4] + STAR * (len(plain) - 8) + plain[-4:]


def mask_plate(plate: str) -> str:
    """`闽D12123` → `闽D·**123`; province, letter and the last three stay."""
    plain = "".join(character for character in plate.strip().upper() if character.isalnum())
    if len(plain) < 6:
        return STAR * len(plain)
    return f"{plain[:2]}·{STAR * (len(plain) - 5)}{plain[-3:]}"


def mask_name(name: str) -> str:
    """Keeps the first character of each word: `王小明` → `王**`, `Li Wei` → `L* W**`."""
    return " ".join(word[0] + STAR * (len(word) - 1) for word in name.split())
