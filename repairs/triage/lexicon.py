"""Find the words that a dispatcher would listen for (data/lexicon.txt, data/cues.txt) in a normalised text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from repairs.triage.tables import data_lines
from servicecenter.triage.text import clauses

FILES = ("lexicon.txt", "cues.txt")

# 没闻到味, 不是漏水: the word after it does not hold. 还没, 不敢, 没人 … say something else.
_NEGATED = re.compile(
    r"(?:没有?(?!人|办|法|完|用|停|关|事|处|地)[^\W\d_a-z]{0,3}|(?<!是)不是[^\W\d_a-z]{0,2}|并非|不再|[不无未]|别)$"
    r"|(?:\bno|\bnot|n't|\bnever|\bwithout|\bnor)\s(?:\w+\s){0,2}$"
)
# 电梯里, 厨房水管旁边: the word tells where, not what.
_WHERE = re.compile(
    r"(?:的)?(?:里面?|里头|里边|内|旁边?|边上|附近|门口|上面|下面|底下|那边|那头|外面|厅|对面|前面|后面|隔壁|顶上|中间)"
)
_WHERE_BEFORE = re.compile(
    r"\b(?:in|near|by|beside|outside|opposite|behind|at|next to|inside) (?:the |our |my )?$"
)
_REACH = 24
# What a thing is follows from the last word of its name: 燃气热水器 is a 热水器.
HEAD_CUES = frozenset(
    {"glass", "window", "elec", "panel", "lamp", "wire", "pipe", "device", "tree", "door", "lift"}
)
WHERE_FACTOR = 0.4
NEGATED_FACTOR = 0.6


@dataclass(frozen=True, slots=True)
class Entry:
    """What a term stands for: weights by trade or place, and cues of the hazard rules."""

    weights: Mapping[str, float]
    cues: frozenset[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found in a text, with its clause and sentence, and whether the text denies it."""

    term: str
    entry: Entry
    clause: int
    sentence: int
    negated: bool
    factor: float


@dataclass(frozen=True, slots=True)
class _Index:
    entries: dict[str, Entry]
    stems: dict[str, list[str]]
    lengths: dict[str, list[int]]


def scan(text: str) -> list[Hit]:
    """Return the terms of a normalised text from left to right, the longest at each place, without overlap."""
    marks = clauses(text)
    begins: dict[int, int] = {}
    for at, (clause, _sentence) in enumerate(marks):
        begins.setdefault(clause, at)

    def hit(at: int, end: int, entry: Entry, term: str) -> Hit:
        clause, sentence = marks[at]
        before = text[max(begins[clause], at - _REACH) : at]
        negated = bool(_NEGATED.search(before))
        return Hit(term, entry, clause, sentence, negated, _factor(text, end, before, entry, negated))

    words = [hit(at, end, index().entries[term], term) for at, end, term in _matches(text)]
    phrases = [
        hit(found.start(), found.end(), entry, name)
        for name, pattern, entry in patterns()
        for found in pattern.finditer(text)
    ]
    return words + phrases


def terms(text: str) -> list[str]:
    """What a normalised text is about: the words themselves, cheaper than a scan. A phrase with a gap is about what it
    means, not about what was said, and is left out."""
    return [term for _at, _end, term in _matches(text) if index().entries[term].weights]


def _factor(text: str, end: int, before: str, entry: Entry, negated: bool) -> float:
    factor = NEGATED_FACTOR if negated else 1.0
    aside = _WHERE.match(text, end) or _WHERE_BEFORE.search(before)
    return factor * WHERE_FACTOR if aside and "lamp" not in entry.cues else factor


def _matches(text: str) -> Iterator[tuple[int, int, str]]:
    at, found = 0, index()
    while at < len(text):
        if text[at].isascii() and at and text[at - 1].isascii() and text[at - 1].isalnum():
            at += 1
            continue
        end, term = _longest_at(text, at, found)
        if term:
            yield at, end, term
        at = max(end, at + 1)


def _longest_at(text: str, at: int, found: _Index) -> tuple[int, str]:
    """The longest term at a place; of a word and a stem (fire, fire extinguisher*) that which reaches further."""
    start = text[at : at + 2]
    lengths = (*found.lengths.get(start, ()), 1)
    terms = (text[at : at + length] for length in lengths)
    known = (term for term in terms if term in found.entries and _whole_word(text, at + len(term)))
    term = next(known, "")
    word = (at + len(term), term)
    for stem in found.stems.get(start, ()):
        if at + len(stem) > word[0] and text.startswith(stem, at):
            return _word_end(text, at + len(stem)), stem + "*"
    return word


def _word_end(text: str, end: int) -> int:
    while end < len(text) and text[end].isascii() and text[end].isalnum():
        end += 1
    return end


def _whole_word(text: str, end: int) -> bool:
    return end == len(text) or not (text[end - 1].isascii() and text[end].isascii() and text[end].isalnum())


@cache
def patterns() -> tuple[tuple[str, re.Pattern[str], Entry], ...]:
    """Read the phrases with a gap in them once per process."""
    rows = (line[1:].split("] ", 1) for line in data_lines("patterns.txt"))
    return tuple((f"[{tags}]", re.compile(pattern), _entry(tags.split())) for tags, pattern in rows)


@cache
def index() -> _Index:
    """Read the tables once per process."""
    weights: dict[str, dict[str, float]] = {}
    cues: dict[str, set[str]] = {}
    for tags, term in _listed():
        told, known = _entry(tags), weights.setdefault(term, {})
        known |= {name: max(weight, known.get(name, weight)) for name, weight in told.weights.items()}
        cues.setdefault(term, set()).update(told.cues)
    for term in cues:
        if cues[term] and not weights[term]:
            weights[term] = _inner(term, weights)
        for tail in _tails(term, cues)[:1]:
            cues[term] |= cues[tail] & HEAD_CUES if weights[term] else set()
    entries = {term: Entry(weights[term], frozenset(cues[term])) for term in weights}
    return _Index(entries, _stems(entries), _lengths(entries))


def _entry(tags: list[str]) -> Entry:
    pairs = (tag.split(":") for tag in tags if not tag.startswith("#"))
    return Entry(
        {name: float(weight) for name, weight in pairs}, frozenset(tag[1:] for tag in tags if tag[0] == "#")
    )


def _inner(term: str, weights: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """A compound that only gives a cue (总阀在哪) weighs what the longest, last word inside it weighs (总阀)."""
    text, blank = (term.split(), " ") if term.isascii() else (list(term), "")
    spans = ((at, end) for at in range(len(text)) for end in range(at + 1, len(text) + 1))
    parts = [(end - at, end, blank.join(text[at:end])) for at, end in spans if blank or end - at > 1]
    known = [part for part in parts if part[2] != term and weights.get(part[2])]
    return dict(weights[max(known)[2]]) if known else {}


def _listed() -> Iterator[tuple[list[str], str]]:
    tags: list[str] = []
    for name in FILES:
        for line in data_lines(name):
            if line.startswith("["):
                tags = line.strip("[]").split()
            else:
                yield from ((tags, term.replace("_", " ")) for term in line.split())


def _tails(term: str, known: Mapping[str, set[str]]) -> list[str]:
    """The known words of two characters or more with which a Chinese term ends, the longest first."""
    if term.isascii():
        return []
    return [term[at:] for at in range(1, len(term) - 1) if term[at:] in known]


def _stems(entries: Mapping[str, Entry]) -> dict[str, list[str]]:
    stems: dict[str, list[str]] = {}
    for term in sorted(entries, key=lambda term: (-len(term), term)):
        if term.endswith("*"):
            stems.setdefault(term[:2], []).append(term[:-1])
    return stems


def _lengths(entries: Mapping[str, Entry]) -> dict[str, list[int]]:
    """How long the terms are that begin with two given characters, the longest first."""
    lengths: dict[str, set[int]] = {}
    for term in entries:
        lengths.setdefault(term[:2], set()).add(len(term))
    return {start: sorted(known, reverse=True) for start, known in lengths.items()}
