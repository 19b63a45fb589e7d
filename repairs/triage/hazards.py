"""Tell from the words of a message what is dangerous in it (data/hazards.txt)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from repairs.triage.lexicon import Hit
from repairs.triage.tables import data_lines

ANYWHERE = 10_000
SURE = "sure"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of data/hazards.txt."""

    code: str
    needs: tuple[frozenset[str], ...]
    within: int
    grade: str
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that applies; `live` unless only words about the past, the mended or the possible speak for it."""

    code: str
    grade: str
    live: bool


def find(hits: Iterable[Hit]) -> list[Found]:
    """Return what applies, each code and grade once, a live finding before a pale one."""
    stated = [hit for hit in hits if not hit.negated]
    pale = _pale_clauses(stated)
    places: dict[str, set[int]] = {}
    for hit in stated:
        for cue in hit.entry.cues:
            places.setdefault(cue, set()).add(hit.clause)
    live = {cue: left for cue, at in places.items() if (left := at - pale)}
    found: dict[tuple[str, str], Found] = {}
    for rule in rules():
        if _applies(rule, places):
            is_live = _applies(rule, live)
            known = found.get((rule.code, rule.grade))
            if known is None or (is_live and not known.live):
                found[rule.code, rule.grade] = Found(rule.code, rule.grade, is_live)
    return list(found.values())


def _applies(rule: Rule, places: dict[str, set[int]]) -> bool:
    told = places.keys()
    # Most rules end here, which keeps a message below its 20 ms.
    if any(need.isdisjoint(told) for need in rule.needs) or not rule.unless.isdisjoint(told):
        return False
    options = [set().union(*(places.get(cue, ()) for cue in need)) for need in rule.needs]
    return any(
        all(_near(option, place, rule.within) for option in options[1:]) for place in sorted(options[0])
    )


def _near(places: Collection[int], place: int, within: int) -> bool:
    return any(abs(other - place) <= within for other in places)


def _pale_clauses(hits: list[Hit]) -> set[int]:
    """The clauses that speak of the past, of what was mended since, or of what might happen."""
    pale: set[int] = set()
    past = {hit.clause for hit in hits if "past" in hit.entry.cues}
    now = {hit.clause for hit in hits if "now" in hit.entry.cues}
    for hit in hits:
        if "hypo" in hit.entry.cues and hit.clause not in now:
            pale.add(hit.clause)
        if "past" in hit.entry.cues:
            pale |= _until_now(hit, hits, now)
        if "solved" in hit.entry.cues and hit.clause not in past:
            pale |= {
                other.clause
                for other in hits
                if hit.sentence - 1 <= other.sentence and other.clause <= hit.clause
            }
    return pale


def _until_now(past: Hit, hits: list[Hit], now: set[int]) -> set[int]:
    """A sentence that begins in the past stays there until a word brings it back to the present."""
    turn = min((clause for clause in now if clause > past.clause), default=ANYWHERE)
    same = (hit.clause for hit in hits if hit.sentence == past.sentence and hit.clause >= past.clause)
    return {clause for clause in same if clause < turn}


@cache
def rules() -> tuple[Rule, ...]:
    """Read the table once per process."""
    return tuple(_rule(line) for line in data_lines("hazards.txt"))


def _rule(line: str) -> Rule:
    code, needs, within, grade, unless = (part.strip() for part in line.split("|"))
    return Rule(
        code=code,
        needs=tuple(frozenset(need.split("/")) for need in needs.split()),
        within=ANYWHERE if within == "*" else int(within),
        grade=grade,
        unless=frozenset(unless.split()),
    )
