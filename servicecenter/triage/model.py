"""A linear model with a soft maximum, small enough to read: weights by feature and label."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Weights = dict[str, list[float]]
# A weight below this is not worth its place in the file.
LEAST = 0.03


@dataclass(frozen=True, slots=True)
class Linear:
    """Labels and, for each feature, one weight a label. A feature without weights counts nothing."""

    labels: tuple[str, ...]
    weights: Weights

    def probabilities(self, vector: Mapping[str, float], sharpness: float = 1.0) -> dict[str, float]:
        """Return the probability of each label; `sharpness` below 1 makes the model more modest."""
        return dict(zip(self.labels, softmax(self.sums(vector), sharpness), strict=True))

    def sums(self, vector: Mapping[str, float]) -> list[float]:
        """Return the weighted sum for each label."""
        total = list(self.weights.get("bias", [0.0] * len(self.labels)))
        for feature, value in vector.items():
            weights = self.weights.get(feature)
            if weights is not None:
                for at, weight in enumerate(weights):
                    total[at] += weight * value
        return total


@dataclass(frozen=True, slots=True)
class Blend:
    """Two models of one question: `told` weighs what the tables know, `heard` nothing but the wording.

    They learn apart: the tables were written with old messages in view, so that one model of both would trust them
    further than new messages bear out.
    """

    told: Linear
    heard: Linear
    # How much of the sum is the wording's.
    share: float

    def probabilities(
        self, told: Mapping[str, float], heard: Mapping[str, float], sharpness: float = 1.0
    ) -> dict[str, float]:
        """Return the probability of each label; `sharpness` as above."""
        return dict(zip(self.told.labels, softmax(self.sums(told, heard), sharpness), strict=True))

    def sums(self, told: Mapping[str, float], heard: Mapping[str, float]) -> list[float]:
        """Return the weighted sum for each label."""
        both = zip(self.told.sums(told), self.heard.sums(heard), strict=True)
        return [one * (1 - self.share) + two * self.share for one, two in both]


def softmax(sums: list[float], sharpness: float = 1.0) -> list[float]:
    """Turn sums into probabilities."""
    top = max(sums)
    powers = [math.exp((value - top) * sharpness) for value in sums]
    total = sum(powers)
    return [power / total for power in powers]


def restored(stored: Mapping[str, Any]) -> Linear:
    """The model that `stored` wrote down."""
    labels = tuple(stored["labels"])
    weights = {feature: [0.0] * len(labels) for feature in stored["weights"]}
    for feature, line in stored["weights"].items():
        for pair in line.split():
            at, _, weight = pair.partition(":")
            weights[feature][int(at)] = float(weight)
    return Linear(labels, weights)


def stored(model: Linear) -> dict[str, Any]:
    """A line a feature: `label number:weight …`, to 2 digits, without the weights that round to nothing."""
    lines = {
        feature: " ".join(f"{at}:{weight:.2f}" for at, weight in enumerate(weights) if abs(weight) >= LEAST)
        for feature, weights in sorted(model.weights.items())
    }
    return {
        "labels": list(model.labels),
        "weights": {feature: line for feature, line in lines.items() if line},
    }


def blended(kept: Mapping[str, Any]) -> Blend:
    """The pair that `stored_blend` wrote down."""
    return Blend(restored(kept["told"]), restored(kept["heard"]), float(kept["share"]))


def stored_blend(blend: Blend) -> dict[str, Any]:
    """Both models and the share, as `stored` does."""
    return {"share": blend.share, "told": stored(blend.told), "heard": stored(blend.heard)}


def as_json(content: Mapping[str, Any]) -> str:
    """A model file: the same for the same models, to the last sign."""
    return json.dumps(content, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"
