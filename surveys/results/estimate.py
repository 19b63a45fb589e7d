r"""Means of a stratified sample from a finite population, with their 95 % intervals.

Let stratum h (a building) have N_h units, of which n_h answered. Each answer stands for d_h = N_h / n_h units. A figure
is made of parts q (questions) with weights w_q; y_iq is the score of answer i to q, r_iq is 1 if i answered q, else 0.

    mean of a part      m_q = Σ_h d_h Σ_i r_iq y_iq / M_q,   M_q = Σ_h d_h Σ_i r_iq
    the figure          F   = Σ_q w_q m_q / Σ_q w_q
    linearised          z_i = d_h Σ_q w_q r_iq (y_iq − m_q) / M_q / Σ_q w_q
    variance            V   = Σ_h (1 − n_h/N_h) · n_h/(n_h − 1) · Σ_i (z_i − z̄_h)²
    95 % interval       F ± t · √V,   t of Student's distribution with n − (number of strata) degrees of freedom

1 − n_h/N_h is the finite-population correction: whoever asks everybody and hears from everybody knows the figure
exactly. Where everybody answers every question, V is Cochran's Σ (N_h/N)² (1 − n_h/N_h) s_h²/n_h (Sampling
Techniques, 5.3). A stratum with one answer has no variance of its own: its z is measured from the mean of all z. A
stratum without an answer is stood for by the others. The customer satisfaction index (CSI) takes the questions of 1 to
10 with their weights, times 10; a share takes 0 or 100; NPS takes 100, 0 or −100.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import atan, cos, pi, sin, sqrt
from statistics import NormalDist, fmean
from typing import Any


@dataclass(frozen=True)
class Voice:
    """One answered questionnaire: its building, how it reached us, what was said."""

    stratum: int
    channel: str
    answers: Mapping[str, Any]


EXACT_UP_TO = 100
# The score of an answer to one part of a figure; None where it says nothing about it.
Score = Callable[[Voice], float | None]


@dataclass(frozen=True)
class Part:
    """One question of a figure."""

    score: Score
    weight: float = 1.0


@dataclass(frozen=True)
class Estimate:
    """A figure, its standard error, the answers behind it, and its 95 % interval (None: too few to tell)."""

    value: float
    error: float
    answers: int
    low: float | None
    high: float | None

    @property
    def margin(self) -> float | None:
        """Half of the interval."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


def estimate(
    voices: Sequence[Voice],
    population: Mapping[int, int],
    parts: Sequence[Part],
    *,
    bounds: tuple[float, float] = (0.0, 100.0),
) -> Estimate | None:
    """The figure of these parts; None where nobody said anything about it. See the module for the method."""
    scores = [[part.score(voice) for voice in voices] for part in parts]
    saying = [i for i in range(len(voices)) if any(column[i] is not None for column in scores)]
    sizes: dict[int, int] = defaultdict(int)
    for voice in voices:
        sizes[voice.stratum] += 1
    each = [population[voice.stratum] / sizes[voice.stratum] for voice in voices]
    value, z = _linearised(scores, each, [part.weight for part in parts])
    if value is None:
        return None
    variance = _variance(voices, z, sizes, population)
    free = len(saying) - len({voices[i].stratum for i in saying})
    if free < 1:
        return Estimate(value, sqrt(variance), len(saying), None, None)
    spread = student(free) * sqrt(variance)
    low, high = bounds
    return Estimate(value, sqrt(variance), len(saying), max(low, value - spread), min(high, value + spread))


def _linearised(
    scores: Sequence[Sequence[float | None]], each: Sequence[float], weights: Sequence[float]
) -> tuple[float | None, list[float]]:
    """F and every z_i."""
    kept = [
        (w, column) for w, column in zip(weights, scores, strict=True) if any(y is not None for y in column)
    ]
    whole = sum(weight for weight, _column in kept)
    if not whole:
        return None, []
    value, z = 0.0, [0.0] * len(each)
    for weight, column in kept:
        known = [(i, y) for i, y in enumerate(column) if y is not None]
        stands_for = sum(each[i] for i, _y in known)
        mean = sum(each[i] * y for i, y in known) / stands_for
        value += weight * mean / whole
        for i, y in known:
            z[i] += each[i] * weight * (y - mean) / stands_for / whole
    return value, z


def _variance(
    voices: Sequence[Voice], z: Sequence[float], sizes: Mapping[int, int], population: Mapping[int, int]
) -> float:
    by_stratum: dict[int, list[float]] = defaultdict(list)
    for voice, deviation in zip(voices, z, strict=True):
        by_stratum[voice.stratum].append(deviation)
    middle = fmean(z)
    total = 0.0
    for stratum, found in by_stratum.items():
        n = sizes[stratum]
        left = max(0.0, 1 - n / population[stratum])
        centre, factor = (fmean(found), n / (n - 1)) if n > 1 else (middle, 1.0)
        total += left * factor * sum((each - centre) ** 2 for each in found)
    return total


@cache
def student(free: int) -> float:
    """The 97.5 % point of Student's t: up to a hundred degrees of freedom from its distribution, a finite sum for whole
    ones (Abramowitz & Stegun 26.7.3–4), beyond by its expansion about the normal (26.7.5)."""
    if free > EXACT_UP_TO:
        x = NormalDist().inv_cdf(0.975)
        terms = (
            (x**3 + x) / 4,
            (5 * x**5 + 16 * x**3 + 3 * x) / 96,
            (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
            (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
        )
        return x + sum((term / float(free) ** power for power, term in enumerate(terms, 1)), 0.0)
    low, high = 1.9, 13.0
    for _halving in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, free) < 0.95 else (low, middle)
    return (low + high) / 2


def _within(t: float, free: int) -> float:
    """How likely a value of Student's t lies between −t and t."""
    angle = atan(t / sqrt(free))
    square = cos(angle) ** 2
    odd = free % 2
    term = total = cos(angle) if odd else 1.0
    for k in range(1, (free - 1) // 2 if odd else free // 2):
        term *= square * (2 * k / (2 * k + 1) if odd else (2 * k - 1) / (2 * k))
        total += term
    if not odd:
        return sin(angle) * total
    return 2 / pi * (angle + (sin(angle) * total if free > 1 else 0.0))
