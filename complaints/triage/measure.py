"""Measure the proposals against labelled messages: ten-fold cross-validation, or messages kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from complaints.models.kinds import Level
from complaints.triage.features import KINDS, TYPES
from complaints.triage.proposal import Models, Proposal, judge
from complaints.triage.train import Example, Sample, train
from servicecenter.triage.fitting import best_sharpness, folds

# On unseen messages.
GOALS = {"kind": 0.85, "type": 0.75, "major_recall": 0.85, "major_precision": 0.7}


@dataclass(slots=True)
class Figures:
    """What was proposed for each example."""

    pairs: list[tuple[Example, Proposal]] = field(default_factory=list)

    @property
    def kind(self) -> float:
        """Share of messages with the right kind, a repair in disguise among them."""
        return share([example.kind == got.meant for example, got in self.pairs])

    @property
    def type(self) -> float:
        """Share of messages about what was proposed."""
        return share([example.type == got.type for example, got in self.pairs])

    @property
    def level(self) -> float:
        """Share of complaints with the right level (urgent is an ordinary one that happens now)."""
        return share([example.level == _plain(got) for example, got in self.pairs if example.level])

    @property
    def major_recall(self) -> float:
        """Major complaints found ÷ major complaints."""
        return share([got.level == Level.MAJOR for each, got in self.pairs if each.level == Level.MAJOR])

    @property
    def major_precision(self) -> float:
        """Major complaints ÷ proposed as major."""
        return share([each.level == Level.MAJOR for each, got in self.pairs if got.level == Level.MAJOR])

    @property
    def asked(self) -> float:
        """Share of messages for which a person is asked."""
        return share([got.low_confidence for _, got in self.pairs])

    @property
    def kind_unasked(self) -> float:
        """Share of right kinds where nobody is asked."""
        return share([each.kind == got.meant for each, got in self.pairs if not got.low_confidence])

    def plain(self) -> dict[str, Any]:
        """The figures for storing, by name."""
        named = (*GOALS, "level", "asked", "kind_unasked")
        shares = {name: round(getattr(self, name), 4) for name in named}
        tables = {
            f"by_{name}": {
                code: [count, round(found, 4), round(right, 4)]
                for code, (count, found, right) in self.by(name, codes).items()
            }
            for name, codes in (("kind", KINDS), ("type", TYPES))
        }
        return {"messages": len(self.pairs), **shares, **tables}

    def by(self, name: str, codes: Sequence[str]) -> dict[str, tuple[int, float, float]]:
        """For each code: how many messages, share found (recall), share right (precision)."""
        meant = [(getattr(each, name), got.meant if name == "kind" else got.type) for each, got in self.pairs]
        table = {}
        for code in codes:
            found = [given == code for is_, given in meant if is_ == code]
            right = [is_ == code for is_, given in meant if given == code]
            table[code] = (len(found), share(found), share(right))
        return table


def share(hits: Sequence[bool]) -> float:
    """The share of true values; 1 when there is nothing to get wrong."""
    return sum(hits) / len(hits) if hits else 1.0


def _plain(got: Proposal) -> str:
    return Level.ORDINARY.value if got.level == Level.URGENT else got.level


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
        figures.pairs.append((each.example, judge(each.reading, replace(kept[at], sharpness=sharpness))))
    return figures, sharpness


def evaluate(samples: Sequence[Sample], using: Models) -> Figures:
    """Propose for messages that were kept apart from training."""
    return Figures([(each.example, judge(each.reading, using)) for each in samples])


def _best_sharpness(judged: Sequence[tuple[Sample, Models]]) -> float:
    cases = []
    for each, using in judged:
        cases.append(
            (using.kind.sums(each.vectors["kind"], each.reading.wording), KINDS.index(each.example.kind))
        )
        cases.append(
            (using.type.sums(each.vectors["type"], each.reading.wording), TYPES.index(each.example.type))
        )
    return best_sharpness(cases)
