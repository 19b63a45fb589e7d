"""Tables of groups: the same figures for each trade, building, technician or caller, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from servicecenter.board.links import narrowed
from servicecenter.board.queries.counting import Counts
from servicecenter.board.queries.figures import FIGURES
from servicecenter.board.queries.followups import FollowUps
from servicecenter.board.queries.labels import group_labels, people
from servicecenter.board.queries.slices import Grouping, Slice
from servicecenter.board.queries.trends import COLUMNS, Trends
from servicecenter.board.tiles import Number, Shown, number, shown

# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Group:
    """One line of a table."""

    label: str
    reported: Number | None
    figures: list[Shown]


@dataclass(frozen=True)
class Table:
    """Groups with the heads of their columns."""

    heads: list[Any]
    rows: list[Group]


def table(trends: Trends) -> Table:
    """The groups of a period, busiest first."""
    return Table(
        [FIGURES[code].label for code in COLUMNS],
        [_group(label, part, numbers) for label, part, numbers in _ranked(trends)],
    )


def _group(label: str, part: Slice, numbers: Counts) -> Group:
    return Group(label, number("reported", part, numbers), [shown(code, part, numbers) for code in COLUMNS])


def _ranked(trends: Trends) -> Iterator[tuple[str, Slice, Counter[str]]]:
    keys = sorted(trends.groups, key=lambda key: _busiest(trends.groups[key], key))
    labels = group_labels(trends.by, keys, trends.part.communities)
    for key in keys:
        yield labels.get(key, str(key)), narrowed(trends.part, trends.by, key), trends.groups[key]


def _busiest(numbers: Counts, key: Any) -> tuple[int, str]:
    return -numbers.get("complete_due", 0) - numbers.get("reported", 0), str(key)


def sheet(trends: Trends) -> Iterator[list[Any]]:
    """The table as rows of a spreadsheet, with every numerator and denominator; shares of few answers stay empty."""
    head: list[Any] = [str(Grouping(trends.by).label), _("Reported repairs")]
    for code in COLUMNS:
        figure = FIGURES[code]
        head += [f"{figure.label} %", f"{figure.label}: {_('part')}", f"{figure.label}: {_('of')}"]
    yield head
    for label, _part, numbers in _ranked(trends):
        line: list[Any] = [_harmless(label), numbers.get("reported", 0)]
        for code in COLUMNS:
            share = FIGURES[code].of(numbers)
            line += (
                [share.percent, share.part, share.whole] if FIGURES[code].is_shown(share) else ["", "", ""]
            )
        yield line


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def callers(figures: FollowUps) -> list[Group]:
    """Calls made and people reached, by who called."""
    keys = sorted(figures.callers, key=lambda key: -figures.callers[key]["attempts"])
    names = people(keys, figures.part.communities)
    return [
        Group(names[key], None, [shown("reach", narrowed(figures.part, "caller", key), figures.callers[key])])
        for key in keys
    ]
