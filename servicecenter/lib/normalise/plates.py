"""Vehicle plates (GA 36): ordinary, new-energy with eight characters, and the special endings."""

from __future__ import annotations

import re

from servicecenter.lib.normalise.text import clean_text, half_width, simplified

_PROVINCES = "京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新蒙"
# Serials never hold I or O.
_SIGN = "A-HJ-NP-Z0-9"
_PLATE = re.compile(
    rf"[{_PROVINCES}][A-Z][{_SIGN}]{{4}}[{_SIGN}挂学警港澳试超领]"
    rf"|[{_PROVINCES}][A-Z](?:[A-HJK][{_SIGN}]\d{{4}}|\d{{5}}[A-HJK])"
    rf"|WJ[{_PROVINCES}]?\d{{4}}[\dA-Z]|使\d{{6}}|\d{{6}}使"
)
_PARTS = re.compile(r"[、,;/|&+\n]|和|及")
_NOISE = re.compile(r"[\s·•・‧.\-_'*]")
_REMARK = re.compile(r"\([^()]*\)")


def plate(text: str) -> str | None:
    """One plate in upper case without separators: 闽D12345, 闽DD12345. None where no such plate can exist."""
    plain = simplified(_NOISE.sub("", _REMARK.sub("", half_width(clean_text(text)))).upper())
    return plain if _PLATE.fullmatch(plain) else None


def plates(text: str) -> tuple[list[str], bool]:
    """Every plate in a field, in order and once, and whether all of the field could be read."""
    plain = _REMARK.sub("", half_width(clean_text(text)))
    parts = [part for part in _PARTS.split(plain) if part.strip()]
    found: list[str | None] = []
    for part in parts:
        whole = plate(part)
        found += [whole] if whole else [plate(word) for word in part.split()]
    numbers = [number for number in found if number is not None]
    return list(dict.fromkeys(numbers)), bool(found) and len(numbers) == len(found)
