"""A figure, its error and its interval, found by moving the weight of one answer after the other."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

# (building, how many units it has, channel, answers)
Said = tuple[str, int, str, dict[str, Any]]
Mark = Callable[[Said], float | None]


def value_of(said: Sequence[Said], parts: Sequence[tuple[Mark, float]], weights: Sequence[float]) -> float:
    """A weighted mean of weighted means."""
    total = whole = 0.0
    for mark, weight in parts:
        pairs = [(w, y) for each, w in zip(said, weights, strict=True) if (y := mark(each)) is not None]
        if pairs:
            total += weight * sum(w * y for w, y in pairs) / sum(w for w, _y in pairs)
            whole += weight
    return total / whole


def interval(said: Sequence[Said], parts: Sequence[tuple[Mark, float]]) -> tuple[float, float, float, float]:
    """Figure, standard error, and the borders of the 95 % interval."""
    heard = Counter(each[0] for each in said)
    weights = [each[1] / heard[each[0]] for each in said]
    value = value_of(said, parts, weights)
    moved: defaultdict[str, list[float]] = defaultdict(list)
    for number, each in enumerate(said):
        step = 1e-4 * weights[number]
        more, less = list(weights), list(weights)
        more[number] += step
        less[number] -= step
        slope = (value_of(said, parts, more) - value_of(said, parts, less)) / (2 * step)
        moved[each[0]].append(slope * weights[number])
    sizes = {each[0]: each[1] for each in said}
    variance = 0.0
    everybody = [one for row in moved.values() for one in row]
    for code, row in moved.items():
        n, left = len(row), 1 - len(row) / sizes[code]
        middle = fmean(row) if n > 1 else fmean(everybody)
        variance += left * (n / (n - 1) if n > 1 else 1) * sum((one - middle) ** 2 for one in row)
    saying = [each for each in said if any(mark(each) is not None for mark, _w in parts)]
    spread = student(len(saying) - len({each[0] for each in saying})) * math.sqrt(variance)
    low, high = (-100.0, 100.0) if parts[0][0] is nps else (0.0, 100.0)
    return value, math.sqrt(variance), max(low, value - spread), min(high, value + spread)


def student(free: int) -> float:
    """Where 97.5 % of Student's distribution lie below: its density integrated (Simpson), the border halved in on."""
    scale = math.exp(math.lgamma((free + 1) / 2) - math.lgamma(free / 2)) / math.sqrt(free * math.pi)

    def below(x: float, steps: int = 2000) -> float:
        h = x / steps
        ordinates = [scale * math.pow(1 + (i * h) ** 2 / free, -(free + 1) / 2) for i in range(steps + 1)]
        inner = 4 * sum(ordinates[1:-1:2]) + 2 * sum(ordinates[2:-1:2])
        return 0.5 + h / 3 * (ordinates[0] + inner + ordinates[-1])

    low, high = 1.9, 13.0
    for _turn in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < 0.975 else (low, middle)
    return (low + high) / 2


def nps(each: Said) -> float | None:
    """Promoters 100, detractors −100."""
    given = each[3].get("recommend")
    return None if given is None else 100.0 if given >= 9 else -100.0 if given <= 6 else 0.0
