"""The tables of words and signs in data/, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from servicecenter.triage.text import lines_of

DATA = Path(__file__).parent / "data"
STRONG = 3.0
PLAIN = 1.0


@dataclass(frozen=True, slots=True)
class Word:
    """One word, or a pattern of one, and how much it says for its class."""

    pattern: re.Pattern[str]
    weight: float


@cache
def words() -> Mapping[str, Mapping[str, tuple[Word, ...]]]:
    """Group (kind, type, repair) → class → its words."""
    found: dict[str, dict[str, tuple[Word, ...]]] = {}
    for line in lines_of(DATA / "words.txt"):
        group, code, *listed = line.split()
        known = found.setdefault(group, {})
        known[code] = (*known.get(code, ()), *(_word(each) for each in listed))
    return found


@cache
def signs() -> Mapping[str, tuple[Word, ...]]:
    """What makes a complaint serious: code → its patterns; a strong one is sure."""
    found: dict[str, tuple[Word, ...]] = {}
    for line in lines_of(DATA / "signs.txt"):
        code, *listed = line.split()
        found[code] = (*found.get(code, ()), *(_word(each) for each in listed))
    return found


def _word(written: str) -> Word:
    """A word with ! is strong; _ stands for a blank."""
    strong = written.endswith("!")
    pattern = written.removesuffix("!").replace("_", " ")
    if pattern[0].isascii() and pattern[0].isalpha():
        pattern = rf"\b{pattern}"
    return Word(re.compile(pattern), STRONG if strong else PLAIN)
