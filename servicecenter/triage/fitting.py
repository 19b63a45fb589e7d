"""Learn a linear model from labelled messages, and share them out to measure it honestly.

Logistic regression by stochastic gradient steps with a pull towards the prior. Everything is in a fixed order with a
fixed seed, so that the same messages give the same model file to the last digit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from math import log

from servicecenter.triage.model import Blend, Linear, Weights, softmax

Vector = Mapping[str, float]

SEED = 20
EPOCHS = 12
STEP = 0.1
# A gradient below this share is not worth the time it costs.
NEGLIGIBLE = 0.005
# How hard the weights of the wording are pulled back to nothing.
HEARD_PULL = 0.001
FOLDS = 10
FOLD_SEED = 3
# The tables were written with the messages of training in view, so that the models look surer there than they are on
# new ones: full sharpness is not on offer.
SHARPNESS = tuple(step / 20 for step in range(6, 17))


def fit(
    labels: tuple[str, ...], prior: Weights, pull: float, samples: Sequence[tuple[Vector, str]]
) -> Linear:
    """Learn one model; features that only one message has are left at their prior."""
    weights = {feature: list(values) for feature, values in prior.items()}
    for feature in _repeated(samples):
        weights.setdefault(feature, [0.0] * len(labels))
    model = Linear(labels, weights)
    order = list(range(len(samples)))
    shuffle = random.Random(SEED)
    for epoch in range(EPOCHS):
        shuffle.shuffle(order)
        step = STEP / (1 + epoch)
        for at in order:
            vector, label = samples[at]
            _learn(model, prior, vector, labels.index(label), step, pull)
    return model


def fit_both(
    labels: tuple[str, ...],
    prior: Weights,
    pull: float,
    samples: Sequence[tuple[Vector, Vector, str]],
    share: float,
) -> Blend:
    """Learn what the tables tell (`prior`, `pull`) and what the wording says, apart from each other; a sample is both
    vectors and the right label, `share` the part of the wording."""
    told = fit(labels, prior, pull, [(vector, label) for vector, _heard, label in samples])
    heard = fit(labels, {}, HEARD_PULL, [(vector, label) for _told, vector, label in samples])
    return Blend(told, heard, share)


def folds(count: int) -> Iterator[frozenset[int]]:
    """Ten parts of so many samples, by their places: each is kept apart once while the others are learned from."""
    order = list(range(count))
    random.Random(FOLD_SEED).shuffle(order)
    return (frozenset(order[fold::FOLDS]) for fold in range(FOLDS))


def best_sharpness(cases: Sequence[tuple[list[float], int]]) -> float:
    """The sharpness with which the right labels of unseen messages (their sums, and which is right) are likeliest."""

    def surprise(sharpness: float) -> float:
        return -sum(log(max(softmax(sums, sharpness)[right], 1e-9)) for sums, right in cases)

    return min(SHARPNESS, key=surprise)


def _repeated(samples: Sequence[tuple[Vector, str]]) -> list[str]:
    seen: dict[str, int] = {}
    for vector, _ in samples:
        for feature in vector:
            seen[feature] = seen.get(feature, 0) + 1
    return sorted(feature for feature, times in seen.items() if times > 1)


def _learn(model: Linear, prior: Weights, vector: Vector, right: int, step: float, pull: float) -> None:
    gradient = softmax(model.sums(vector))
    gradient[right] -= 1.0
    wrong = [(at, value) for at, value in enumerate(gradient) if abs(value) > NEGLIGIBLE]
    for feature, value in (*vector.items(), ("bias", 1.0)):
        weights = model.weights.get(feature)
        if weights is None:
            continue
        start = prior.get(feature)
        for at, error in wrong:
            rest = start[at] if start else 0.0
            weights[at] -= step * (error * value + pull * (weights[at] - rest))
