"""Measure the proposals against labelled messages: ten-fold cross-validation, or messages kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from repairs.triage.features import PLACES, TRADES
from repairs.triage.proposal import Models, Proposal, judge
from repairs.triage.train import Example, Sample, train
from servicecenter.triage.fitting import best_sharpness, folds

# Below these on unseen messages a model is not taken into use.
GOALS = {"trade": 0.88, "emergency_recall": 0.97, "emergency_precision": 0.80}


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

    @property
    def right(self) -> int:
        """How many messages have the right trade and the right urgency."""
        return sum(
            (got.trade, got.urgency) == (example.trade, example.urgency) for example, got in self.pairs
        )

    def plain(self) -> dict[str, Any]:
        """The figures for storing and for pages, by name."""
        named = (*GOALS, "place", "asked", "trade_unasked")
        shares = {name: round(getattr(self, name), 4) for name in named}
        table = {
            trade: [count, round(found, 4), round(right, 4)]
            for trade, (count, found, right) in self.by_trade().items()
        }
        return {"messages": len(self.pairs), **shares, "by_trade": table}

    def by_trade(self) -> dict[str, tuple[int, float, float]]:
        """For each trade: how many messages, share found (recall), share right (precision)."""
        table = {}
        for trade in sorted({example.trade for example, _ in self.pairs}):
            meant = [got.trade == trade for example, got in self.pairs if example.trade == trade]
            given = [example.trade == trade for example, got in self.pairs if got.trade == trade]
            table[trade] = (len(meant), self.share(meant), self.share(given))
        return table


def short_of(figures: Mapping[str, Any]) -> list[str]:
    """Which goals plain figures do not reach."""
    return [name for name, goal in GOALS.items() if figures.get(name, 0) < goal]


def cross_validate(samples: Sequence[Sample]) -> tuple[Figures, float]:
    """Train on nine tenths and propose for the last, ten times; also return the sharpness that fits best."""
    kept: dict[int, Models] = {}
    for apart in folds(len(samples)):
        using = train([each for at, each in enumerate(samples) if at not in apart])
        kept |= dict.fromkeys(apart, using)
    sharpness = _best_sharpness([(each, kept[at]) for at, each in enumerate(samples)])
    figures = Figures()
    for at, each in enumerate(samples):
        fitted = replace(kept[at], sharpness=sharpness)
        figures.pairs.append((each.example, judge(each.reading, fitted)))
    return figures, sharpness


def evaluate(samples: Sequence[Sample], using: Models) -> Figures:
    """Propose for messages that were kept apart from training."""
    return Figures([(each.example, judge(each.reading, using)) for each in samples])


def _best_sharpness(judged: Sequence[tuple[Sample, Models]]) -> float:
    """By trade and place, which are told apart by likeliness alone."""
    cases = []
    for each, using in judged:
        cases.append(
            (using.trade.sums(each.vectors["trade"], each.reading.wording), TRADES.index(each.example.trade))
        )
        cases.append(
            (using.place.sums(each.vectors["place"], each.reading.wording), PLACES.index(each.example.place))
        )
    return best_sharpness(cases)
