"""Plots as ECharts options, each with the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Plot:
    """An option, and its table."""

    option: dict[str, Any]
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]] = field(default_factory=list)


def bars(points: Sequence[tuple[str, float]], *, highest: float | None = None) -> dict[str, Any]:
    """A bar for each label with its value, the first on top."""
    shown = list(reversed(points))
    return {
        "tooltip": {"formatter": "{b}"},
        "grid": {"left": 8, "right": 40, "top": 32, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "min": 0} | ({"max": highest} if highest else {"minInterval": 1}),
        # What is too long for its place stands whole in the tooltip and in the table.
        "yAxis": {
            "type": "category",
            "data": [label for label, _value in shown],
            "axisLabel": {"width": 150, "overflow": "truncate"},
        },
        "series": [
            {
                "type": "bar",
                "data": [{"value": value, "name": f"{label}: {value}"} for label, value in shown],
                "barMaxWidth": 22,
                "label": {"show": True, "position": "right", "formatter": "{c}"},
                "itemStyle": {"color": "$chart-1", "borderRadius": [0, 3, 3, 0]},
            }
        ],
    }


def stacked(labels: Sequence[str], parts: Sequence[tuple[str, str, Sequence[int]]]) -> dict[str, Any]:
    """A column for each label, made of parts: each with its name, the token of its colour and a value a label."""
    return {
        "tooltip": {"trigger": "item", "formatter": "{a}\n{b}"},
        "legend": {"icon": "roundRect", "itemWidth": 14, "itemHeight": 8},
        "xAxis": {"type": "category", "data": list(labels)},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "name": name,
                "type": "bar",
                "stack": "all",
                "barMaxWidth": 36,
                "itemStyle": {"color": colour},
                "data": [
                    {"value": value, "name": f"{label}: {value}"}
                    for label, value in zip(labels, values, strict=True)
                ],
            }
            for name, colour, values in parts
        ],
    }
