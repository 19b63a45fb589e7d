"""What each feature weighs before anything is learned: the knowledge of the tables, in the models' terms."""

from __future__ import annotations

from complaints.models.kinds import Kind, Level, Type
from complaints.triage.features import KINDS, LEVELS, REPAIR, TYPES
from servicecenter.triage.model import Weights

# One strong word of a class multiplies its odds by about e.
SCORE = 1.0
# Without a known word it is a complaint, about something else.
NOTHING_KNOWN = 0.3
# What is serious about a complaint; a sure sign decides by itself.
SURE, PALE = 4.0, 1.2
SERIOUS = ("injury", "minors", "media", "group", "law", "authority")
COMPLEX = {"sign:again": 1.5, "sign:written": 2.0, "sign:several": 1.0, "sign:claim": 1.0}


def kind_prior() -> Weights:
    """Every score speaks for its own kind."""
    weights: Weights = {"bias": _one(KINDS.index(Kind.COMPLAINT), len(KINDS), NOTHING_KNOWN)}
    for at, kind in enumerate(KINDS):
        weights[f"score:{kind}"] = _one(at, len(KINDS), SCORE)
    weights["score:thing"] = _one(KINDS.index(REPAIR), len(KINDS), 0.7)
    complaint = KINDS.index(Kind.COMPLAINT)
    return weights | {f"sign:{code}": _one(complaint, len(KINDS), 1.0) for code in SERIOUS}


def type_prior() -> Weights:
    """Every score speaks for its own type."""
    weights: Weights = {"bias": _one(TYPES.index(Type.OTHER), len(TYPES), NOTHING_KNOWN)}
    return weights | {f"score:{type}": _one(at, len(TYPES), SCORE) for at, type in enumerate(TYPES)}


def level_prior() -> Weights:
    """Signs of what is major, and words of what is complex."""
    major, complex = LEVELS.index(Level.MAJOR), LEVELS.index(Level.COMPLEX)
    weights: Weights = {"bias": _one(LEVELS.index(Level.ORDINARY), len(LEVELS), 1.5)}
    for code in SERIOUS:
        weights[f"sign:{code}:sure"] = _one(major, len(LEVELS), SURE)
        weights[f"sign:{code}:pale"] = _one(major, len(LEVELS), PALE)
    weights["several"] = _one(major, len(LEVELS), 0.8)
    for name, value in COMPLEX.items():
        weights[f"{name}:sure"] = _one(complex, len(LEVELS), value)
        weights[f"{name}:pale"] = _one(complex, len(LEVELS), value / 2)
    return weights


def _one(at: int, length: int, value: float) -> list[float]:
    return [value if place == at else 0.0 for place in range(length)]
