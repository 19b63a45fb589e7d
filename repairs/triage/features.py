"""Turn a message into the numbers that the models weigh.

Three small linear models (trade, place, urgency) share one reading of the text: which terms of the lexicon stand
where, and which hazard rules apply. What the mere wording says is heard beside them (servicecenter/triage/wording.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from repairs.triage import hazards
from repairs.triage.hazards import Found
from repairs.triage.lexicon import Hit, scan
from servicecenter.triage.text import normalise
from servicecenter.triage.wording import wording

TRADES = (
    "plumbing",
    "electrical",
    "door_window",
    "waterproofing",
    "hvac",
    "lift",
    "intercom_access",
    "gas",
    "appliance",
    "public_facility",
    "cleaning_pest",
    "other",
)
PLACES = ("unit", "public")
URGENCIES = ("normal", "emergency")

Vector = Mapping[str, float]

# A term of the lexicon says less about urgency than a hazard or a cue does.
QUIET = 0.6
# The same word again adds less: 水, 水, 水.
REPEATED = 0.4


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as the models see it."""

    text: str
    hits: tuple[Hit, ...]
    hazards: tuple[Found, ...]
    wording: Vector


def read(message: str) -> Reading:
    """Normalise a message, find its terms and its hazards."""
    text = normalise(message)
    hits = tuple(scan(text))
    return Reading(text, hits, tuple(hazards.find(hits)), wording(text))


def trade_features(reading: Reading) -> Vector:
    """Lexicon scores of the trades, the terms themselves, what is named first and last, hazards."""
    vector = {f"score:{trade}": value for trade, value in scores(reading, TRADES).items() if value}
    vector |= {f"term:{hit.term}": 1.0 for hit in reading.hits if hit.entry.weights}
    named = [name for hit in reading.hits if (name := _strongest(hit, TRADES))]
    if named:
        vector[f"first:{named[0]}"] = 1.0
        vector[f"last:{named[-1]}"] = 1.0
    return vector | {f"hazard:{found.code}": 1.0 for found in reading.hazards}


def place_features(reading: Reading) -> Vector:
    """Lexicon scores of the places and trades, the place named first, terms."""
    vector = {f"score:{name}": value for name, value in scores(reading, PLACES + TRADES).items() if value}
    vector |= {f"term:{hit.term}": 1.0 for hit in reading.hits if hit.entry.weights}
    named = [name for hit in reading.hits if (name := _strongest(hit, PLACES))]
    if named:
        vector[f"first:{named[0]}"] = 1.0
    return vector


def urgency_features(reading: Reading) -> Vector:
    """Hazards that apply (live or pale, by grade), cues of how bad and how certain it is, terms that are not denied."""
    vector: dict[str, float] = {}
    for found in reading.hazards:
        vector[f"{'live' if found.live else 'pale'}:{found.grade}"] = 1.0
        vector[f"hazard:{found.code}:{'live' if found.live else 'pale'}"] = 1.0
    live = {found.code for found in reading.hazards if found.live}
    if len(live) > 1:
        vector["several"] = 1.0
    for hit in reading.hits:
        for cue in hit.entry.cues:
            vector[f"cue:{cue}:denied" if hit.negated else f"cue:{cue}"] = 1.0
    told = (hit for hit in reading.hits if not hit.negated and (hit.entry.weights or hit.entry.cues))
    return vector | {f"term:{hit.term}": QUIET for hit in told}


def scores(reading: Reading, names: tuple[str, ...]) -> dict[str, float]:
    """Add up what the terms of the lexicon say for each of the names."""
    total = dict.fromkeys(names, 0.0)
    seen: dict[str, int] = {}
    for hit in reading.hits:
        factor = hit.factor * REPEATED ** seen.get(hit.term, 0)
        seen[hit.term] = seen.get(hit.term, 0) + 1
        for name, weight in hit.entry.weights.items():
            if name in total:
                total[name] += weight * factor
    return total


def _strongest(hit: Hit, names: tuple[str, ...]) -> str:
    """The name that a term speaks for clearly, or nothing."""
    if hit.factor < 1:
        return ""
    weight, name = max((hit.entry.weights.get(name, 0.0), name) for name in names)
    return name if weight >= 2 else ""
