"""The wording of a message, without any table: runs of one to three Chinese characters, words and pairs of words."""

from __future__ import annotations

import re
from itertools import pairwise
from math import sqrt

LONGEST = 3
# How much the wording of one message weighs in all: a long one says no more than a short one, a very short one less.
LENGTH, SHORT = 5.0, 40
_RUN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z']+")


def wording(text: str) -> dict[str, float]:
    """What a normalised text is made of, each once, in a fixed order; nothing for a text without a word."""
    words = _WORD.findall(text)
    found = {f"{one} {two}" for one, two in pairwise(words)} | set(words)
    for run in _RUN.findall(text):
        for length in range(1, LONGEST + 1):
            found.update(run[at : at + length] for at in range(len(run) - length + 1))
    return dict.fromkeys(sorted(found), LENGTH / sqrt(max(len(found), SHORT)))
