"""Turn what somebody writes into the numbers that the models weigh.

Three small linear models (kind, type, level) share one reading of the text: which words of the tables it has, which
signs of something serious, how it ends, and which pairs of characters and words occur.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from complaints.models.kinds import Kind, Level, Type
from complaints.triage.tables import STRONG, Word, signs, words
from servicecenter.triage.fitting import Vector
from servicecenter.triage.text import normalise
from servicecenter.triage.wording import wording

# Something is broken, and nobody is blamed: a repair in disguise.
REPAIR = "repair"
KINDS = (*Kind.values, REPAIR)
TYPES = tuple(Type.values)
# Urgent is what happens at this moment (`data/signs.txt`), not how serious it is: nobody labels it.
LEVELS = (Level.ORDINARY.value, Level.COMPLEX.value, Level.MAJOR.value)

# A pair of characters says less than a word of the tables, and there are many more of them.
PAIR, CHAR, WORD, END = 0.5, 0.3, 0.7, 0.7
# How the last so many characters run tells a question from a complaint.
TAIL = 6
LONG = (20, 40, 70)

_ENGLISH = re.compile(r"[a-z][a-z']+")
_CLAUSE = re.compile(r"[,.!?;:。、\n]+")
_MARKS = ("?", "!", "…", ":", '"')
# Nobody was hurt, nothing burned: the word is there, the thing is not.
_DENIED = re.compile(
    r"(没有?人?|未|并未|幸好没|还好没|无人|不会|防止|避免|以免|否则|担心|怕|差点|险些|万一|不想|别让)[^,。!?]{0,4}"
    r"(受伤|摔伤|伤到|伤人|砸到|砸中|着火|起火|火灾|起诉|曝光|伤亡|骨折)"
    r"|(nobody|no one|not|never|nearly|almost) (was |is |got |were )?(hurt|injur\w*|hit|fell)|no injur\w*"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the models see it; `signs`: code → whether it is sure."""

    text: str
    scores: Mapping[str, Mapping[str, float]]
    hits: tuple[str, ...]
    signs: Mapping[str, bool]
    wording: Vector


def read(message: str) -> Reading:
    """Normalise a message, find its words and its signs."""
    text = normalise(message)
    found = {
        group: {code: _found(text, listed) for code, listed in classes.items()}
        for group, classes in words().items()
    }
    scores = {
        group: {code: sum(word.weight for word in hits) for code, hits in classes.items() if hits}
        for group, classes in found.items()
    }
    hits = tuple(
        f"{code}:{word.pattern.pattern}"
        for classes in found.values()
        for code, hits in classes.items()
        for word in hits
    )
    return Reading(text, scores, hits, _signs(text), wording(text))


def _signs(text: str) -> dict[str, bool]:
    plain = _DENIED.sub("", text)
    found = {code: _found(plain, listed) for code, listed in signs().items()}
    return {code: any(word.weight == STRONG for word in hits) for code, hits in found.items() if hits}


def _found(text: str, listed: tuple[Word, ...]) -> list[Word]:
    return [word for word in listed if word.pattern.search(text)]


def kind_features(reading: Reading) -> Vector:
    """Words of the kinds, its tone, signs, how it ends, its marks, its pairs."""
    vector = _scored(reading, "kind", "repair", "tone") | {f"sign:{code}": 1.0 for code in reading.signs}
    return vector | _tone(reading) | _shape(reading.text) | _wording(reading.text)


def type_features(reading: Reading) -> Vector:
    """Words of the types and its pairs."""
    return _scored(reading, "type") | _wording(reading.text)


def level_features(reading: Reading) -> Vector:
    """Signs and how sure they are, words of how often and with whom, its length, its pairs."""
    vector = {f"sign:{code}:{'sure' if sure else 'pale'}": 1.0 for code, sure in reading.signs.items()}
    if len([code for code in reading.signs if code != "now"]) > 1:
        vector["several"] = 1.0
    return vector | _shape(reading.text) | _wording(reading.text)


def _tone(reading: Reading) -> dict[str, float]:
    """Which tones are heard together, and which in the last words: praise of somebody angry is none."""
    heard = sorted(reading.scores.get("tone", {}))
    last = [part for part in _CLAUSE.split(reading.text) if part][-1:]
    ends = [code for part in last for code, listed in words()["tone"].items() if _found(part, listed)]
    return {f"tones:{'+'.join(heard)}": 1.0} | {f"last:{code}": 1.0 for code in ends}


def _scored(reading: Reading, *groups: str) -> dict[str, float]:
    vector = {
        f"score:{code}": min(score, 9.0) / STRONG
        for group in groups
        for code, score in reading.scores.get(group, {}).items()
    }
    return vector | {f"word:{hit}": 1.0 for hit in reading.hits}


def _shape(text: str) -> dict[str, float]:
    vector = {f"mark:{mark}": 1.0 for mark in _MARKS if mark in text}
    tail = [char for char in text if "\u3400" <= char <= "\u9fff"][-TAIL:]
    vector |= {f"end:{left}{right}": END for left, right in pairwise(tail)}
    vector |= {f"end:{char}": END for char in tail[-1:]}
    vector |= {f"start:{text[:length]}": END for length in (1, 2)}
    return vector | {f"longer:{length}": 1.0 for length in LONG if len(text) >= length}


def _wording(text: str) -> dict[str, float]:
    english = _ENGLISH.findall(text)
    pairs = (f"{one} {two}" for one, two in pairwise(english))
    vector = {f"pair:{each}": PAIR for each in _pairs(text)}
    vector |= {f"char:{char}": CHAR for char in text if "\u3400" <= char <= "\u9fff"}
    return vector | {f"word:{each}": WORD for each in (*english, *pairs)}


def _pairs(text: str) -> Iterator[str]:
    return (a + b for a, b in pairwise(text) if "\u3400" <= a <= "\u9fff" and "\u3400" <= b <= "\u9fff")
