"""What the program proposes for a text. A person may always overrule it; every overrule is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from complaints.models.kinds import Kind, Level, Type
from complaints.triage import reasons
from complaints.triage.features import REPAIR, Reading, kind_features, level_features, read, type_features
from complaints.triage.prior import SERIOUS
from complaints.triage.tables import DATA
from servicecenter.triage.model import (
    Blend,
    Linear,
    as_json,
    blended,
    restored,
    stored,
    stored_blend,
)

MODEL = DATA / "model.json"
FIGURES = DATA / "figures.json"

# Missing a major complaint costs more than a needless alarm, which a supervisor takes back with one tap.
MAJOR_FROM = 0.35
# Somebody who was hurt and asks about it, or thanks bitterly, complains.
COMPLAINT_FROM = 0.2
# Below these a person is asked.
KIND_SURE, TYPE_SURE, LEVEL_SURE = 0.6, 0.45, 0.55


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the program thinks of a message; `reasons` are codes of reasons.SENTENCES.

    `kind`: of all that residents tell us; `repair`: something is broken and nobody is blamed, which is a repair.
    `confidence`: of the kind, 0–1. `low_confidence` asks for a person's eye.
    """

    kind: str
    type: str
    level: str
    confidence: float
    repair: bool
    compensation: bool
    # How serious it is if whoever writes says that it is a complaint, whatever the words look like.
    as_complaint: str = Level.ORDINARY.value
    reasons: tuple[str, ...] = ()
    low_confidence: bool = False

    @property
    def meant(self) -> str:
        """The kind, with a repair in disguise by its own name."""
        return REPAIR if self.repair else self.kind


# Of a message without any word: the most careful that can be said.
NOTHING = Proposal(
    kind=Kind.COMPLAINT.value,
    type=Type.OTHER.value,
    level=Level.ORDINARY.value,
    confidence=0.0,
    repair=False,
    compensation=False,
    reasons=(reasons.NO_KNOWN_WORDS,),
    low_confidence=True,
)


@dataclass(frozen=True, slots=True)
class Models:
    """The three models and how far their probabilities may be believed."""

    kind: Blend
    type: Blend
    level: Linear
    sharpness: float


def propose(text: str, using: Models | None = None) -> Proposal:
    """The proposal for a message of any length in Chinese or English; takes no more than 20 ms, and refuses nothing.

    A sure sign of injury, media, a group, lawyers, an authority or harm to a child makes a complaint major, and
    `reasons` say which. `using`: other models than those that were shipped.
    """
    return judge(read(text), using or models())


def judge(reading: Reading, using: Models) -> Proposal:
    """The proposal for a message that was read already; of one without any word it is the most careful one."""
    if not any(char.isalpha() for char in reading.text):
        doubt = (reasons.NO_KNOWN_WORDS,)
        return Proposal(
            Kind.COMPLAINT, Type.OTHER, Level.ORDINARY, 0.0, False, False, reasons=doubt, low_confidence=True
        )
    kinds = using.kind.probabilities(kind_features(reading), reading.wording, using.sharpness)
    types = using.type.probabilities(type_features(reading), reading.wording, using.sharpness)
    meant, type = (max(each, key=each.__getitem__) for each in (kinds, types))
    # Whatever is serious about something broken is told to a person, not to a toolbox.
    kind = max(Kind.values, key=kinds.__getitem__) if meant == REPAIR else meant
    serious, certain = _level(reading, using)
    if serious == Level.MAJOR and meant != REPAIR and kinds[Kind.COMPLAINT] >= COMPLAINT_FROM:
        meant = kind = Kind.COMPLAINT
    level = serious if kind == Kind.COMPLAINT else Level.ORDINARY.value
    why = _why(reading, level)
    doubts = _doubts(kinds[meant], types[type], certain if kind == Kind.COMPLAINT else 1.0)
    return Proposal(
        kind=kind,
        type=type,
        level=level,
        confidence=round(kinds[meant], 3),
        repair=meant == REPAIR,
        compensation=kind == Kind.COMPLAINT and "claim" in reading.signs,
        as_complaint=serious,
        reasons=(*why, *doubts),
        low_confidence=bool(doubts),
    )


def _level(reading: Reading, using: Models) -> tuple[str, float]:
    """How serious a complaint is, and how certain that is; urgent is what happens now and is not serious."""
    levels = using.level.probabilities(level_features(reading), using.sharpness)
    if any(reading.signs.get(code) for code in SERIOUS):
        return Level.MAJOR.value, 1.0
    if levels[Level.MAJOR] >= MAJOR_FROM:
        return Level.MAJOR.value, max(levels[Level.MAJOR], LEVEL_SURE)
    best = max((Level.ORDINARY.value, Level.COMPLEX.value), key=levels.__getitem__)
    now = best == Level.ORDINARY and reading.signs.get("now", False)
    return (Level.URGENT.value if now else best), levels[best]


def _why(reading: Reading, level: str) -> tuple[str, ...]:
    if level == Level.MAJOR:
        return tuple(code for code in SERIOUS if reading.signs.get(code)) or (reasons.READS_LIKE_MAJOR,)
    if level == Level.COMPLEX:
        return tuple(code for code in ("again", "written", "several") if reading.signs.get(code))
    return ("now",) if level == Level.URGENT else ()


def _doubts(kind: float, type: float, level: float) -> tuple[str, ...]:
    doubts = (
        (reasons.KIND_UNSURE, kind < KIND_SURE),
        (reasons.TYPE_UNSURE, type < TYPE_SURE),
        (reasons.LEVEL_UNSURE, level < LEVEL_SURE),
    )
    return tuple(code for code, applies in doubts if applies)


@cache
def models() -> Models:
    """Read the model file once per process."""
    return read_models(MODEL.read_text(encoding="utf-8"))


def read_models(content: str) -> Models:
    """Read what dump_models wrote."""
    kept: dict[str, Any] = json.loads(content)
    return Models(
        kind=blended(kept["kind"]),
        type=blended(kept["type"]),
        level=restored(kept["level"]),
        sharpness=float(kept["sharpness"]),
    )


def dump_models(trained: Models) -> str:
    """The models as JSON that is the same for the same models."""
    return as_json(
        {
            "sharpness": trained.sharpness,
            "kind": stored_blend(trained.kind),
            "type": stored_blend(trained.type),
            "level": stored(trained.level),
        }
    )


def dump_figures(figures: Mapping[str, Any]) -> str:
    """Plain figures as JSON."""
    return json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
