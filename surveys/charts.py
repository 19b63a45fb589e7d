"""Plots of results as ECharts options, with the same figures as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from servicecenter.lib import plots
from servicecenter.lib.plots import Plot
from surveys.queries.results import Row
from surveys.results.drivers import Drivers
from surveys.results.estimate import Estimate


def figure(value: float | None) -> str:
    """One decimal, as the language writes it; a dash for none."""
    return "—" if value is None else number_format(round(value, 1), 1)


def _value(row: Row) -> str:
    return figure(row.estimate.value if row.estimate else None)


def spread(row: Row) -> str:
    """The 95 % interval in words."""
    return interval_words(row.estimate)


def interval_words(found: Estimate | None) -> str:
    """The 95 % interval of a figure in words; a dash where there is none."""
    if found is None or found.low is None or found.high is None:
        return "—"
    return f"{figure(found.low)} – {figure(found.high)}"


def lines(rows: Sequence[Row]) -> list[tuple[Row, str, str]]:
    """Each row with its figure and interval in words."""
    return [(row, _value(row), spread(row)) for row in rows]


def bars(rows: Sequence[Row], label: str) -> Plot:
    """An index a row as a bar, from 0 to 100; hidden rows are in the table only, as hidden."""
    shown = [(row.label, round(row.estimate.value, 1)) for row in rows if row.estimate is not None]
    option = plots.bars(shown, highest=100)
    table = [
        [
            row.label,
            row.answers,
            "＊" if row.hidden else _value(row),
            spread(row),
        ]
        for row in rows
    ]
    return Plot(option, [label, _("Answers"), "CSI", _("95% interval")], table)


def moved(found: Drivers, labels: Mapping[str, str]) -> Plot:
    """What share of the explained differences each section has."""
    data = [
        {"value": round(100 * row.share), "name": f"{labels[row.section]}: {round(100 * row.share)}%"}
        for row in reversed(found.rows)
    ]
    option = {
        "tooltip": {"formatter": "{b}"},
        "grid": {"left": 8, "right": 40, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": "{value}%"}},
        "yAxis": {"type": "category", "data": [labels[row.section] for row in reversed(found.rows)]},
        "series": [
            {
                "type": "bar",
                "data": data,
                "barMaxWidth": 22,
                "itemStyle": {"color": "$chart-6", "borderRadius": [0, 3, 3, 0]},
            }
        ],
    }
    rows = [
        [labels[row.section], f"{round(100 * row.share)}%", number_format(row.correlation, 2)]
        for row in found.rows
    ]
    return Plot(option, [_("Section"), _("Part in the overall score"), _("Correlation")], rows)
