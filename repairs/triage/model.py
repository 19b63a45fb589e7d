"""A linear model with a soft maximum, small enough to read: weights by feature and label."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

Weights = dict[str, list[float]]


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


def softmax(sums: list[float], sharpness: float = 1.0) -> list[float]:
    """Turn sums into probabilities."""
    top = max(sums)
    powers = [math.exp((value - top) * sharpness) for value in sums]
    total = sum(powers)
    return [power / total for power in powers]
