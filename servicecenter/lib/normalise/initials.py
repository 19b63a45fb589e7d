"""Pinyin initials of a name, as an agent types them with a phone at the ear: 王小明 → wxm."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Any

from servicecenter.lib.normalise.text import half_width

LONGEST = 20
_LATIN = re.compile(r"\b[A-Za-z]")
_LETTER = re.compile(r"[a-z]")
# Surnames that are read otherwise than the same character elsewhere.
_SURNAMES = {
    "单": "s", "單": "s", "仇": "q", "解": "x", "查": "z", "曾": "z", "翟": "z", "朴": "p", "区": "o", "區": "o",
    "覃": "q", "乐": "y", "樂": "y", "任": "r", "缪": "m", "繆": "m", "万俟": "mq", "尉迟": "yc", "尉遲": "yc",
}  # fmt: skip


@cache
def _pinyin() -> Any:
    """Its dictionaries take a second to load, which most processes never need: names change seldom."""
    return import_module("pypinyin")


def initials(name: str) -> str:
    """`王小明` → `wxm`, `单雄信` → `sxx`, `Li Wei` → `lw`; '' where nothing can be read. At most 20 letters."""
    plain = half_width(name).strip()
    head = next((_SURNAMES[plain[:n]] for n in (2, 1) if plain[:n] in _SURNAMES), "")
    rest = plain[len(head) :]
    # Text that is not Chinese comes back as it is: the first letter of each word counts.
    pinyin = _pinyin()
    words = pinyin.lazy_pinyin(rest, style=pinyin.Style.FIRST_LETTER)
    letters = "".join(word if len(word) == 1 else "".join(_LATIN.findall(word)) for word in words)
    return "".join(_LETTER.findall((head + letters).lower()))[:LONGEST]
