"""Learn the corrections to the prior weights from labelled messages."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from complaints.models.kinds import Kind, Level
from complaints.triage.features import (
    KINDS,
    LEVELS,
    TYPES,
    Reading,
    kind_features,
    level_features,
    read,
    type_features,
)
from complaints.triage.prior import kind_prior, level_prior, type_prior
from complaints.triage.proposal import Models
from complaints.triage.tables import DATA
from servicecenter.triage.fitting import Vector, fit, fit_both
from servicecenter.triage.model import Blend, Weights

# What was labelled by hand; model.json is learned from them.
SHIPPED = tuple(
    DATA / f"{name}.csv"
    for name in ("voice_texts", "desk_voices", "more_voices", "everyday_voices", "roundabout_voices")
)
COLUMNS = ("text", "kind", "type", "level")
# How much the wording says of kind and type beside the tables. How serious a complaint is the signs know better.
HEARD = 0.4


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled message; only a complaint has a level."""

    text: str
    kind: str
    type: str
    level: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled message as the models see it: its reading, and its numbers for each task."""

    example: Example
    reading: Reading
    vectors: Mapping[str, Vector]


@dataclass(frozen=True, slots=True)
class Task:
    """What one of the models learns."""

    labels: tuple[str, ...]
    features: Callable[[Reading], Vector]
    label: Callable[[Example], str]
    prior: Callable[[], Weights]
    pull: float


TASKS: dict[str, Task] = {
    "kind": Task(KINDS, kind_features, lambda example: example.kind, kind_prior, 0.01),
    "type": Task(TYPES, type_features, lambda example: example.type, type_prior, 0.01),
    "level": Task(LEVELS, level_features, lambda example: example.level, level_prior, 0.01),
}


def load(path: Path) -> list[Example]:
    """Read labelled messages from a UTF-8 CSV; a row with an unknown label is refused with ValueError and its line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path.name}: the columns must be {', '.join(COLUMNS)}")
        return [_example(path, rows.line_num, row) for row in rows]


def _example(path: Path, line: int, row: dict[str, str]) -> Example:
    level = "" if row["kind"] != Kind.COMPLAINT else row["level"]
    # Urgent is what happens now: a sign tells it, not a label.
    level = Level.ORDINARY.value if level == Level.URGENT else level
    known = (row["kind"] in KINDS, row["type"] in TYPES, level in LEVELS or row["kind"] != Kind.COMPLAINT)
    if not all(known) or not row["text"].strip():
        raise ValueError(f"{path.name}, line {line}: an unknown label or no text")
    return Example(row["text"], row["kind"], row["type"], level)


def train(samples: Sequence[Sample], sharpness: float = 1.0) -> Models:
    """Return the three models; `sharpness` comes from measuring (measure.py)."""
    level = TASKS["level"]
    levels = [(each.vectors["level"], label) for each in samples if (label := level.label(each.example))]
    return Models(
        fitted("kind", samples),
        fitted("type", samples),
        fit(level.labels, level.prior(), level.pull, levels),
        sharpness,
    )


def fitted(name: str, samples: Sequence[Sample]) -> Blend:
    """The pair of models of `kind` or `type`: what the tables know of a message, and its wording."""
    task = TASKS[name]
    labelled = [(each.vectors[name], each.reading.wording, task.label(each.example)) for each in samples]
    return fit_both(task.labels, task.prior(), task.pull, labelled, HEARD)


def read_all(examples: Iterable[Example]) -> list[Sample]:
    """Read every message once; training and measuring, ten times over, share it."""
    return [_sample(example, read(example.text)) for example in examples]


def _sample(example: Example, reading: Reading) -> Sample:
    return Sample(example, reading, {name: task.features(reading) for name, task in TASKS.items()})
