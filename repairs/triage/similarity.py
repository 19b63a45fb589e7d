"""How alike two messages are: the words a dispatcher listens for, and pairs of characters (possible duplicates)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import sqrt

from repairs.triage.lexicon import terms
from servicecenter.triage.text import normalise

# A word of the lexicon says more than two neighbouring characters.
TERM = 2.0
LEAST = 0.2
_WORDS = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")


def similar(text: str, others: Iterable[tuple[int, str]], least: float = LEAST) -> list[tuple[int, float]]:
    """Return (id, likeness 0..1) of the others that are at least so alike, the most alike first, then by id."""
    own = _vector(text)
    likeness = ((key, round(_cosine(own, _vector(other)), 3)) for key, other in others)
    return sorted(
        ((key, value) for key, value in likeness if value >= least), key=lambda pair: (-pair[1], pair[0])
    )


def _vector(text: str) -> dict[str, float]:
    text = normalise(text)
    vector = {f"term:{word}": TERM for word in terms(text)}
    for word in _WORDS.findall(text):
        parts = [word] if word.isascii() else [word[at : at + 2] for at in range(max(len(word) - 1, 1))]
        vector |= dict.fromkeys(parts, 1.0)
    return vector


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    shared = sum(weight * other[feature] for feature, weight in one.items() if feature in other)
    if not shared:
        return 0.0
    return shared / (sqrt(sum(w * w for w in one.values())) * sqrt(sum(w * w for w in other.values())))
