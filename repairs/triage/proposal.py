"""Propose trade, urgency, place and department of a message (domain §3). A person may always overrule it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from repairs.triage import reasons
from repairs.triage.features import Reading, place_features, read, trade_features, urgency_features
from repairs.triage.hazards import SURE
from repairs.triage.tables import DATA
from servicecenter.triage.model import Blend, as_json, blended, stored_blend
from servicecenter.triage.text import DATA as COMMON

MODEL = DATA / "model.json"
# Its cross-validated figures, for the page that compares versions.
FIGURES = DATA / "figures.json"

# Who looks after a trade.
DEPARTMENTS = {
    "plumbing": "engineering",
    "electrical": "engineering",
    "door_window": "engineering",
    "waterproofing": "engineering",
    "hvac": "engineering",
    "lift": "engineering",
    "intercom_access": "engineering",
    "gas": "engineering",
    "appliance": "engineering",
    "public_facility": "engineering",
    "cleaning_pest": "cleaning",
    "other": "customer_service",
}
# A hazard that guards must meet at once, whatever trade mends it afterwards.
SECURITY_FIRST = frozenset({"rescue_blocked", "person_in_danger", "dangerous_animal"})

# Missing an emergency costs more than a needless alarm. Of a hazard that the tables are sure of one chance in ten is
# enough: where even that is missing, the wording says that the word means something else (灶能打着火). Of another
# hazard it is one chance in seven; where only the wording alarms, two in five. Lower ones find
# hardly more and leave no room above the 80 % of alarms that must be right (docs/figures/triage.md).
SURE_FROM, HAZARD_FROM, WORDING_FROM = 0.1, 0.15, 0.43
# Below these a person is asked.
TRADE_SURE, PLACE_SURE, URGENCY_SURE = 0.45, 0.6, 0.75


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the program thinks of a message; `reasons` are codes of reasons.SENTENCES."""

    trade: str
    urgency: str
    location_kind: str
    department: str
    confidence: float
    reasons: tuple[str, ...]
    low_confidence: bool


@dataclass(frozen=True, slots=True)
class Models:
    """The three models and how far their probabilities may be believed."""

    trade: Blend
    place: Blend
    urgency: Blend
    sharpness: float


def propose(text: str, using: Models | None = None) -> Proposal:
    """Return the proposal for a resident's message of any length in Chinese or English; takes no more than 20 ms.

    Doubt about safety counts as an emergency, and `reasons` say why. `confidence` is the probability that the trade
    is right; `low_confidence` asks for a person's eye. Nothing is refused: without a known word it is `other`.
    `using`: other models than those that were shipped.
    """
    return judge(read(text), using or models())


def judge(reading: Reading, using: Models) -> Proposal:
    """Return the proposal for a message that was read already."""
    heard = reading.wording
    trades = using.trade.probabilities(trade_features(reading), heard, using.sharpness)
    places = using.place.probabilities(place_features(reading), heard, using.sharpness)
    trade = max(trades, key=trades.__getitem__)
    place = max(places, key=places.__getitem__)
    danger = using.urgency.probabilities(urgency_features(reading), heard)["emergency"]
    emergency = danger >= _enough(reading)
    doubts = _doubts(reading, trades[trade], places[place], max(danger, 1 - danger))
    why = _why(reading, emergency)
    return Proposal(
        trade=trade,
        urgency="emergency" if emergency else "normal",
        location_kind=place,
        department="security" if SECURITY_FIRST.intersection(why) else DEPARTMENTS[trade],
        confidence=round(trades[trade], 3),
        reasons=(*why, *doubts),
        low_confidence=bool(doubts),
    )


def _enough(reading: Reading) -> float:
    """The chance of an emergency from which it is one."""
    grades = {found.grade for found in reading.hazards if found.live}
    if SURE in grades:
        return SURE_FROM
    return HAZARD_FROM if grades else WORDING_FROM


def _why(reading: Reading, emergency: bool) -> tuple[str, ...]:
    live = tuple(dict.fromkeys(found.code for found in reading.hazards if found.live))
    if emergency:
        return live or (reasons.READS_LIKE_EMERGENCY,)
    return (reasons.PAST_OR_MENDED,) if reading.hazards and not live else ()


def _doubts(reading: Reading, trade: float, place: float, urgency: float) -> tuple[str, ...]:
    if not any(hit.entry.weights for hit in reading.hits):
        return (reasons.NO_KNOWN_WORDS,)
    doubts = (
        (reasons.TRADE_UNSURE, trade < TRADE_SURE),
        (reasons.PLACE_UNSURE, place < PLACE_SURE),
        (reasons.URGENCY_UNSURE, urgency < URGENCY_SURE),
    )
    return tuple(code for code, applies in doubts if applies)


@cache
def models() -> Models:
    """Read the model file once per process."""
    return read_models(MODEL.read_text(encoding="utf-8"))


@cache
def shipped() -> str:
    """Names the shipped model and its word tables; what was learned beside others does not fit them."""
    files = (MODEL, *sorted(DATA.glob("*.txt")), *sorted(COMMON.glob("*.txt")))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def read_models(content: str) -> Models:
    """Read what dump_models wrote."""
    kept: dict[str, Any] = json.loads(content)
    return Models(
        trade=blended(kept["trade"]),
        place=blended(kept["place"]),
        urgency=blended(kept["urgency"]),
        sharpness=float(kept["sharpness"]),
    )


def dump_models(trained: Models) -> str:
    """Return the models as JSON that is the same for the same models: sorted, weights to 2 digits, nothing idle."""
    return as_json(
        {
            "sharpness": trained.sharpness,
            "trade": stored_blend(trained.trade),
            "place": stored_blend(trained.place),
            "urgency": stored_blend(trained.urgency),
        }
    )


def dump_figures(figures: Mapping[str, Any]) -> str:
    """Return plain figures as JSON."""
    return json.dumps(figures, ensure_ascii=False, indent=1) + "\n"


@cache
def shipped_figures() -> Mapping[str, Any]:
    """The cross-validated figures of the shipped model."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return figures
