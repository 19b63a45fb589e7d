"""Small groups are not shown, and cannot be worked out from what is shown.

A group of fewer than five answers is hidden. Since the whole is shown too, one hidden group were the whole less the
others: so at least two are hidden, with five answers together at least; the next smallest ones go with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")
FEWEST_ANSWERS = 5


def hidden(answers: Mapping[K, int], fewest: int = FEWEST_ANSWERS) -> frozenset[K]:
    """The groups of one whole that may not be shown. A group without any answer gives nothing away."""
    heard = sorted((key for key in answers if answers[key]), key=lambda key: answers[key])
    chosen = [key for key in heard if answers[key] < fewest]
    if not chosen:
        return frozenset()
    rest = [key for key in heard if key not in chosen]
    while rest and (len(chosen) < 2 or sum(answers[key] for key in chosen) < fewest):
        chosen.append(rest.pop(0))
    return frozenset(chosen)
