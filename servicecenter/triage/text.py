"""Bring what residents type into one form: width, case, script, dialect and slips, then clauses.

The tables are data/traditional.txt and data/variants.txt; see their heads for the form.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

# A message is a few lines. Of a longer one the beginning and the end are read, so that a pasted book costs no more.
HEAD, TAIL = 400, 200

_SENTENCE_END = frozenset("。.!?\n;")
_CLAUSE_END = _SENTENCE_END | frozenset(",、:…~")
_BLANKS = re.compile(r"[^\S\n]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\x00-\x08\x0b-\x1f\ud800-\udfff]")


def lines_of(path: Path) -> list[str]:
    """Give the lines of a table without comments and empty ones."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def normalise(text: str) -> str:
    """Return the text in NFKC, lower case, Simplified characters and standard words; never refuses anything."""
    if len(text) > HEAD + TAIL:
        text = text[:HEAD] + "\n" + text[-TAIL:]
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub(" ", text)).lower().replace("’", "'")
    text = _BLANKS.sub(" ", text.translate(_simplified())).strip()
    return _in_standard_words(text)


def clauses(text: str) -> list[tuple[int, int]]:
    """Return for every character of a normalised text the number of its clause and of its sentence."""
    marks: list[tuple[int, int]] = []
    clause = sentence = 0
    for at, char in enumerate(text):
        marks.append((clause, sentence))
        following = text[at + 1 : at + 2]
        if char == "." and following.isalnum():  # 16.5, v.2
            continue
        if char in _CLAUSE_END or (char == " " and _cjk(following) and _cjk(text[at - 1 : at])):
            clause += 1
            sentence += char in _SENTENCE_END
    return marks


def _cjk(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


@cache
def _simplified() -> dict[int, str]:
    pairs = " ".join(lines_of(DATA / "traditional.txt")).split()
    return {ord(pair[0]): pair[1] for pair in pairs}


def _in_standard_words(text: str) -> str:
    """Each place tries only the variants that begin with its character: one pattern of all of them takes ten times as
    long."""
    starts, variants = _variants()
    parts: list[str] = []
    done = 0
    for place in starts.finditer(text):
        at = place.start()
        known = (
            each for each in variants[text[at]] if text.startswith(each[0], at) and _whole(text, at, each[0])
        )
        variant, word = next(known, ("", "")) if at >= done else ("", "")
        if variant:
            parts += text[done:at], word
            done = at + len(variant)
    return "".join([*parts, text[done:]])


@cache
def _variants() -> tuple[re.Pattern[str], dict[str, list[tuple[str, str]]]]:
    """The characters with which a variant begins, and for each of them the variants and their words, the longest
    first."""
    standard: dict[str, str] = {}
    for line in lines_of(DATA / "variants.txt"):
        word, _, variants = line.partition(": ")
        standard |= {variant.replace("_", " "): word.replace("_", " ") for variant in variants.split()}
    starts: dict[str, list[tuple[str, str]]] = {}
    for variant in sorted(standard, key=lambda variant: (-len(variant), variant)):
        starts.setdefault(variant[0], []).append((variant, standard[variant]))
    return re.compile(f"[{re.escape(''.join(starts))}]"), starts


def _whole(text: str, at: int, variant: str) -> bool:
    """An English variant matches as a whole word only; a Chinese one wherever it stands."""
    before, after = text[at - 1 : at] if at else "", text[at + len(variant) : at + len(variant) + 1]
    inside = variant[0].isascii() and _latin(before)
    return not inside and not (variant[-1].isascii() and (_latin(after) or after == "'"))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
