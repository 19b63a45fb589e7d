"""Measure the proposals against labelled messages: ten-fold cross-validation, or messages kept apart."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

from repairs.triage.features import Reading, place_features, trade_features
from repairs.triage.proposal import Models, Proposal, judge
from repairs.triage.train import Example, train

FOLDS = 10
SEED = 3
# The tables were written with these messages in view, so that the models look surer here than they are on new ones:
# full sharpness is not on offer.
SHARPNESS = tuple(step / 20 for step in range(6, 17))


@dataclass(slots=True)
class Figures:
    """What was proposed for each example."""

    pairs: list[tuple[Example, Proposal]] = field(default_factory=list)

    def share(self, hits: Sequence[bool]) -> float:
        """The share of true values; 1 when there is nothing to get wrong."""
        return sum(hits) / len(hits) if hits else 1.0

    @property
    def trade(self) -> float:
        """Share of messages with the right trade."""
        return self.share([example.trade == got.trade for example, got in self.pairs])

    @property
    def place(self) -> float:
        """Share of messages with the right place."""
        return self.share([example.place == got.location_kind for example, got in self.pairs])

    @property
    def emergency_recall(self) -> float:
        """Emergencies found ÷ emergencies."""
        return self.share(
            [got.urgency == "emergency" for example, got in self.pairs if example.urgency == "emergency"]
        )

    @property
    def emergency_precision(self) -> float:
        """Real emergencies ÷ proposed emergencies."""
        return self.share(
            [example.urgency == "emergency" for example, got in self.pairs if got.urgency == "emergency"]
        )

    @property
    def asked(self) -> float:
        """Share of messages for which a person is asked."""
        return self.share([got.low_confidence for _, got in self.pairs])

    @property
    def trade_unasked(self) -> float:
        """Share of right trades among the messages for which nobody is asked."""
        return self.share(
            [example.trade == got.trade for example, got in self.pairs if not got.low_confidence]
        )

    def by_trade(self) -> dict[str, tuple[int, float, float]]:
        """For each trade: how many messages, share found (recall), share right (precision)."""
        table = {}
        for trade in sorted({example.trade for example, _ in self.pairs}):
            meant = [got.trade == trade for example, got in self.pairs if example.trade == trade]
            given = [example.trade == trade for example, got in self.pairs if got.trade == trade]
            table[trade] = (len(meant), self.share(meant), self.share(given))
        return table


def cross_validate(examples: Sequence[Example], readings: Sequence[Reading]) -> tuple[Figures, float]:
    """Train on nine tenths and propose for the last, ten times; also return the sharpness that fits best."""
    order = list(range(len(examples)))
    random.Random(SEED).shuffle(order)
    kept: dict[int, Models] = {}
    for fold in range(FOLDS):
        apart = set(order[fold::FOLDS])
        rest = [at for at in order if at not in apart]
        using = train([examples[at] for at in sorted(rest)], [readings[at] for at in sorted(rest)])
        kept |= dict.fromkeys(apart, using)
    sharpness = _best_sharpness(examples, readings, kept)
    figures = Figures()
    for at, example in enumerate(examples):
        fitted = Models(kept[at].trade, kept[at].place, kept[at].urgency, sharpness)
        figures.pairs.append((example, judge(readings[at], fitted)))
    return figures, sharpness


def evaluate(examples: Sequence[Example], readings: Sequence[Reading], using: Models) -> Figures:
    """Propose for messages that were kept apart from training."""
    return Figures(
        [(example, judge(reading, using)) for example, reading in zip(examples, readings, strict=True)]
    )


def _best_sharpness(
    examples: Sequence[Example], readings: Sequence[Reading], kept: dict[int, Models]
) -> float:
    """The sharpness with which the right labels of unseen messages are most probable."""
    cases = []
    for at, example in enumerate(examples):
        cases.append((kept[at].trade, trade_features(readings[at]), example.trade))
        cases.append((kept[at].place, place_features(readings[at]), example.place))

    def surprise(sharpness: float) -> float:
        return -sum(
            log(max(model.probabilities(vector, sharpness)[label], 1e-9)) for model, vector, label in cases
        )

    return min(SHARPNESS, key=surprise)
