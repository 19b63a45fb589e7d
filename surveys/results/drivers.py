"""What moves the overall score: how much of its differences between answers each section explains.

The share of the overall score's variance that a set of sections explains is R² of a linear regression. A section's own
share is what it adds to R², averaged over all orders in which the sections may be added (Lindeman, Merenda and Gold).
The shares are never negative for independent sections and sum to R², so that they read as parts of a whole. It shows
what goes together, not what causes what; answers count alike here, without weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, sqrt
from statistics import fmean

from surveys.questions import Sheet
from surveys.results.estimate import Voice

# Fewer complete answers say nothing, more sections than this take too long.
FEWEST, MOST_SECTIONS = 30, 8
PER_SECTION = 5


@dataclass(frozen=True)
class Driver:
    """A section's part in the overall score (0–1 of all that is explained), and how it goes along with it."""

    section: str
    share: float
    correlation: float


@dataclass(frozen=True)
class Drivers:
    """All sections, the strongest first; `explained`: R²; `answers`: how many complete answers it rests on."""

    rows: list[Driver]
    explained: float
    answers: int


def drivers(voices: Sequence[Voice], sheet: Sheet) -> Drivers | None:
    """The drivers of the overall score; None with fewer than 30 complete answers, fewer than two sections, or where
    all say the same."""
    overall = sheet.overall
    sections = {each.code: [q.code for q in each.questions if q.counts] for each in sheet.sections}
    sections = {code: codes for code, codes in sections.items() if codes}
    if overall is None or not 2 <= len(sections) <= MOST_SECTIONS:
        return None
    rows = [row for voice in voices if (row := _row(voice, sections, overall.code))]
    if len(rows) < max(FEWEST, PER_SECTION * len(sections)):
        return None
    columns = [list(column) for column in zip(*rows, strict=True)]
    names = [code for code, column in zip(sections, columns, strict=False) if _spread(column)]
    if len(names) < 2 or not _spread(columns[-1]):
        return None
    kept = [columns[list(sections).index(name)] for name in names]
    return _shared(names, kept, columns[-1])


def _row(voice: Voice, sections: Mapping[str, Sequence[str]], overall: str) -> list[float] | None:
    """The section means of one answer and its overall score; None for one that is not complete."""
    found = []
    for codes in sections.values():
        said = [voice.answers[code] for code in codes if code in voice.answers]
        if not said:
            return None
        found.append(fmean(said))
    return [*found, float(voice.answers[overall])] if overall in voice.answers else None


def _shared(names: Sequence[str], columns: Sequence[Sequence[float]], target: Sequence[float]) -> Drivers:
    between = [[correlation(one, other) for other in columns] for one in columns]
    with_target = [correlation(column, target) for column in columns]
    every = range(len(names))
    explained = {
        frozenset(chosen): _r_squared(chosen, between, with_target)
        for size in range(len(names) + 1)
        for chosen in combinations(every, size)
    }
    whole = explained[frozenset(every)]
    rows = [Driver(names[i], _average_gain(i, explained, len(names)), with_target[i]) for i in every]
    known = sum(max(0.0, row.share) for row in rows) or 1.0
    rows = [Driver(row.section, max(0.0, row.share) / known, row.correlation) for row in rows]
    return Drivers(sorted(rows, key=lambda row: -row.share), whole, len(target))


def _average_gain(own: int, explained: Mapping[frozenset[int], float], number: int) -> float:
    """What `own` adds to R², over all orders."""
    total = 0.0
    for before, value in explained.items():
        if own not in before:
            size = len(before)
            orders = factorial(size) * factorial(number - size - 1) / factorial(number)
            total += orders * (explained[before | {own}] - value)
    return total


def _r_squared(
    chosen: Sequence[int], between: Sequence[Sequence[float]], with_target: Sequence[float]
) -> float:
    if not chosen:
        return 0.0
    matrix = [[between[i][j] for j in chosen] + [with_target[i]] for i in chosen]
    betas = solve(matrix)
    return sum(beta * with_target[i] for beta, i in zip(betas, chosen, strict=True))


def solve(matrix: list[list[float]]) -> list[float]:
    """Solves linear equations (the last column is the right side) by elimination. A section that the others determine
    adds nothing."""
    size = len(matrix)
    used: list[int] = []
    for column in range(size):
        free = [row for row in range(size) if row not in used]
        pivot = max(free, key=lambda row: abs(matrix[row][column]))
        if abs(matrix[pivot][column]) < 1e-9:
            continue
        used.append(pivot)
        scale = matrix[pivot][column]
        matrix[pivot] = [value / scale for value in matrix[pivot]]
        for row in range(size):
            if row != pivot and matrix[row][column]:
                factor = matrix[row][column]
                matrix[row] = [a - factor * b for a, b in zip(matrix[row], matrix[pivot], strict=True)]
    result = [0.0] * size
    for row in used:
        lead = next(column for column in range(size) if abs(matrix[row][column] - 1) < 1e-9)
        result[lead] = matrix[row][-1]
    return result


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's correlation of two columns that both vary."""
    a, b = fmean(one), fmean(other)
    return sum((x - a) * (y - b) for x, y in zip(one, other, strict=True)) / (_spread(one) * _spread(other))


def _spread(column: Sequence[float]) -> float:
    middle = fmean(column)
    return sqrt(sum((each - middle) ** 2 for each in column))
