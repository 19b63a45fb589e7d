"""What each feature weighs before anything is learned: the knowledge of the tables, in the models' terms."""

from __future__ import annotations

from repairs.triage.features import PLACES, TRADES
from servicecenter.triage.model import Weights

# A point of the lexicon for a trade or a place multiplies its odds by about e^0.8.
SCORE = 0.8
FIRST, LAST = 0.3, 0.3
# Without a known word the trade is `other`.
NOTHING_KNOWN = 0.2

# A hazard tells the trade as well.
HAZARD_TRADES = {
    "gas_smell": ("gas", 2.2),
    "gas_poisoning": ("gas", 2.5),
    "electric_shock": ("electrical", 1.0),
    "sparks": ("electrical", 0.6),
    "no_power": ("electrical", 1.0),
    "burst_or_flood": ("plumbing", 1.0),
    "sewage_in_home": ("plumbing", 1.2),
    "no_water": ("plumbing", 1.2),
    "no_heating_in_frost": ("hvac", 1.0),
    "trapped_in_lift": ("lift", 3.0),
    "lift_danger": ("lift", 2.5),
    "person_locked_in": ("door_window", 2.0),
    "rescue_blocked": ("intercom_access", 2.0),
    "tree_down": ("public_facility", 1.5),
    "open_hole": ("public_facility", 1.0),
    "structure": ("other", 1.5),
    "dangerous_animal": ("cleaning_pest", 1.5),
}

# Where the work of a trade usually is, when the text names no place: points for `public` per point of the trade.
PUBLIC_LEANING = {"lift": 0.3, "public_facility": 0.3, "intercom_access": 0.05}
FIRST_PLACE = 1.0

# Log-odds of an emergency.
URGENCY_BIAS = -3.0
URGENCY = {
    "live:sure": 5.0,
    "live:likely": 3.0,
    "live:hint": 1.0,
    "pale:sure": 1.0,
    "pale:likely": 0.5,
    "several": 1.0,
    "cue:nostop": 1.5,
    "cue:danger": 1.0,
    "cue:urgent": 0.3,
    "cue:vuln": 0.4,
    "cue:child": 0.2,
    "cue:medical": 0.8,
    "cue:onlyus": 0.7,
    "cue:emvehicle": 0.7,
    "cue:hitcar": 0.7,
    "cue:gush": 0.4,
    "cue:burst": 0.4,
    "cue:flood": 0.3,
    "cue:solved": -1.2,
    "cue:small": -1.0,
    "cue:noharm": -1.2,
    "cue:ask": -0.9,
    "cue:norush": -0.6,
    "cue:test": -0.7,
    "cue:notice": -1.0,
    "cue:partial": -1.0,
    "cue:payment": -0.8,
    "cue:beep": -2.5,
}


def trade_prior() -> Weights:
    """Every score speaks for its own trade; without any it is `other`."""
    weights: Weights = {"bias": _one(TRADES.index("other"), len(TRADES), NOTHING_KNOWN)}
    for at, trade in enumerate(TRADES):
        weights[f"score:{trade}"] = _one(at, len(TRADES), SCORE)
        weights[f"first:{trade}"] = _one(at, len(TRADES), FIRST)
        weights[f"last:{trade}"] = _one(at, len(TRADES), LAST)
    for code, (trade, points) in HAZARD_TRADES.items():
        weights[f"hazard:{code}"] = _one(TRADES.index(trade), len(TRADES), points)
    return weights


def place_prior() -> Weights:
    """Every score speaks for its own place; without any, a message is about a unit."""
    weights: Weights = {"bias": [0.5, 0.0]}
    for at, place in enumerate(PLACES):
        weights[f"score:{place}"] = _one(at, len(PLACES), SCORE / 2)
        weights[f"first:{place}"] = _one(at, len(PLACES), FIRST_PLACE)
    return weights | {f"score:{trade}": [0.0, points] for trade, points in PUBLIC_LEANING.items()}


def urgency_prior() -> Weights:
    """The rules' grades and the cues."""
    weights = {feature: [-value / 2, value / 2] for feature, value in URGENCY.items()}
    return weights | {"bias": [-URGENCY_BIAS / 2, URGENCY_BIAS / 2]}


def _one(at: int, length: int, value: float) -> list[float]:
    return [value if place == at else 0.0 for place in range(length)]
