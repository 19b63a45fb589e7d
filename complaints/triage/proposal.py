"""What the program proposes for a text. A person may always overrule it; every overrule is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from complaints.models.kinds import Kind, Level, Type
from complaints.triage.words import plain, weigh

CLAIM = re.compile(r"赔|索赔|compensat|damages|reimburse")
ASKS = re.compile(r"[？?]|吗|呢$")
# What is weighed lower is a guess.
SURE_FROM = 3.0
MAJOR_FROM = 3.0


@dataclass(frozen=True)
class Proposal:
    """`confidence`: of the kind, 0–1. `repair`: something is broken and nobody complains of anybody."""

    kind: str
    type: str
    level: str
    confidence: float
    repair: bool
    compensation: bool


def propose(text: str) -> Proposal:
    """The likeliest kind, type and level of a text."""
    words = plain(text)
    kinds = weigh("kind", words)
    kind, confidence = _kind(kinds, words)
    types = weigh("type", words)
    level = _level(words) if kind == Kind.COMPLAINT else Level.ORDINARY
    broken = weigh("repair", words)["thing"]
    return Proposal(
        kind=kind,
        type=_best(types, Type.OTHER),
        level=level,
        confidence=round(confidence, 2),
        repair=broken >= SURE_FROM
        and kinds[Kind.COMPLAINT] < SURE_FROM
        and kind in (Kind.COMPLAINT, Kind.INQUIRY),
        compensation=bool(CLAIM.search(words)),
    )


def _kind(kinds: Mapping[str, float], words: str) -> tuple[str, float]:
    """A complaint that thanks at its end is a complaint; a suggestion that begins with a question is a suggestion."""
    weights = dict(kinds)
    if weights[Kind.COMPLAINT] >= SURE_FROM:
        weights[Kind.PRAISE] /= 2
        weights[Kind.INQUIRY] /= 2
    if weights[Kind.SUGGESTION] >= SURE_FROM:
        weights[Kind.INQUIRY] /= 2
        weights[Kind.COMPLAINT] *= 0.6
    if ASKS.search(words):
        weights[Kind.INQUIRY] += 1
    total = sum(weights.values())
    if not total:
        return Kind.COMPLAINT.value, 0.3
    best = max(weights, key=lambda code: weights[code])
    return best, weights[best] / total


def _best(weights: Mapping[str, float], default: str) -> str:
    best = max(weights, key=lambda code: weights[code])
    return best if weights[best] else str(default)


def _level(words: str) -> str:
    weights = weigh("level", words)
    if weights[Level.MAJOR] >= MAJOR_FROM:
        return Level.MAJOR.value
    if weights[Level.COMPLEX] >= SURE_FROM:
        return Level.COMPLEX.value
    return Level.URGENT.value if weights[Level.URGENT] >= SURE_FROM else Level.ORDINARY.value
