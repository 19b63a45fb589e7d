"""Learn the corrections to the prior weights from labelled messages."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from repairs.triage.features import (
    PLACES,
    TRADES,
    URGENCIES,
    Reading,
    Vector,
    place_features,
    read,
    trade_features,
    urgency_features,
)
from repairs.triage.prior import place_prior, trade_prior, urgency_prior
from repairs.triage.proposal import Models
from repairs.triage.tables import DATA
from servicecenter.triage.fitting import fit_both
from servicecenter.triage.model import Blend, Weights

# What was labelled by hand before the first ticket; model.json is learned from them.
SHIPPED = (DATA / "repair_texts.csv", DATA / "desk_texts.csv", DATA / "everyday_texts.csv")
COLUMNS = ("text", "trade", "urgency", "location_kind")
# How much the wording says beside the tables: on messages kept apart either alone is worse (docs/figures/triage.md).
HEARD = 0.65


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled message."""

    text: str
    trade: str
    urgency: str
    place: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled message as the models see it: its reading, and its numbers for each task."""

    example: Example
    reading: Reading
    vectors: Mapping[str, Vector]
    # As how many messages it counts when a model learns; it is measured once.
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Task:
    """What one of the models learns."""

    labels: tuple[str, ...]
    features: Callable[[Reading], Vector]
    label: Callable[[Example], str]
    prior: Callable[[], Weights]
    pull: float


TASKS: dict[str, Task] = {
    "trade": Task(TRADES, trade_features, lambda example: example.trade, trade_prior, 0.1),
    "place": Task(PLACES, place_features, lambda example: example.place, place_prior, 0.1),
    "urgency": Task(URGENCIES, urgency_features, lambda example: example.urgency, urgency_prior, 0.1),
}


def load(path: Path) -> list[Example]:
    """Read labelled messages from a UTF-8 CSV; a row with an unknown label is refused with ValueError and its line."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path.name}: the columns must be {', '.join(COLUMNS)}")
        return [_example(path, rows.line_num, row) for row in rows]


def shipped_examples() -> list[Example]:
    """The messages that came with the program."""
    return [example for path in SHIPPED for example in load(path)]


def _example(path: Path, line: int, row: dict[str, str]) -> Example:
    known = (row["trade"] in TRADES, row["urgency"] in URGENCIES, row["location_kind"] in PLACES)
    if not all(known) or not row["text"].strip():
        raise ValueError(f"{path.name}, line {line}: an unknown label or no text")
    return Example(row["text"], row["trade"], row["urgency"], row["location_kind"])


def train(samples: Sequence[Sample], sharpness: float = 1.0) -> Models:
    """Return the three models; `sharpness` comes from measuring (measure.py)."""
    return Models(fitted("trade", samples), fitted("place", samples), fitted("urgency", samples), sharpness)


def fitted(name: str, samples: Sequence[Sample]) -> Blend:
    """The pair of models of one task of TASKS: what the tables know of a message, and its wording."""
    task = TASKS[name]
    weighed = [
        (each.vectors[name], each.reading.wording, task.label(each.example))
        for each in samples
        for _ in range(each.weight)
    ]
    return fit_both(task.labels, task.prior(), task.pull, weighed, HEARD)


def read_all(examples: Iterable[Example], weight: int = 1) -> list[Sample]:
    """Read every message once; training and measuring, ten times over, share it."""
    return [_sample(example, read(example.text), weight) for example in examples]


def _sample(example: Example, reading: Reading, weight: int) -> Sample:
    return Sample(example, reading, {name: task.features(reading) for name, task in TASKS.items()}, weight)
