"""Plots as ECharts options: plain data, colours by token name, an address in every mark that has rows behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from servicecenter.board import marks
from servicecenter.board.links import link, narrowed
from servicecenter.board.queries.figures import FIGURES, Share
from servicecenter.board.queries.labels import group_labels, hour_label, weekday_label
from servicecenter.board.queries.slices import Grouping, Slice
from servicecenter.board.queries.trends import RATES, Trends
from servicecenter.lib.plots import Plot

HOURS = range(24)
WEEKDAYS = range(1, 8)
LEGEND = {"icon": "roundRect", "itemWidth": 14, "itemHeight": 4}


def attainment(trends: Trends) -> Plot:
    """Shares of promises kept, by day or week; a gap where nothing was due."""
    keys = sorted(trends.series)
    labels = group_labels(trends.step, keys, ())
    figures = [FIGURES[code] for code in RATES]
    series = [_line(code, keys, labels, trends) for code in RATES]
    option = {
        "tooltip": {"trigger": "item"},
        "legend": LEGEND,
        "xAxis": {"type": "category", "data": [labels[key] for key in keys], "boundaryGap": False},
        "yAxis": {"type": "value", "max": 100, "min": _floor(trends), "axisLabel": {"formatter": "{value}%"}},
        "series": series,
    }
    rows = [
        [labels[key], *(cell for each in figures for cell in _rate_cells(each.code, trends, key))]
        for key in keys
    ]
    columns = [str(Grouping(trends.step).label)]
    for each in figures:
        columns += [str(each.label), _("kept / due")]
    return Plot(option, columns, rows)


def _line(code: str, keys: list[date], labels: Mapping[Any, str], trends: Trends) -> dict[str, Any]:
    figure = FIGURES[code]
    points = []
    for key in keys:
        share = figure.of(trends.series[key])
        points.append(
            {
                "value": share.percent,
                "name": _point_words(labels[key], share),
                "url": link(figure.whole, narrowed(trends.part, trends.step, key)),
            }
        )
    return {
        "name": str(figure.label),
        "type": "line",
        "data": points,
        "symbol": "circle",
        "symbolSize": 8,
        "lineStyle": {"width": 2.5},
        "tooltip": {"formatter": "{a}\n{b}"},
    }


def _point_words(label: str, share: Share) -> str:
    return f"{label}: {marks.percent(share)} ({share.part}/{share.whole})"


def _floor(trends: Trends) -> int:
    """Where the axis begins: no lower than needed, in steps of 20, so that differences near the top can be seen."""
    found = [FIGURES[code].of(numbers).percent for numbers in trends.series.values() for code in RATES]
    lowest = min((each for each in found if each is not None), default=0.0)
    return min(80, int(lowest // 20) * 20)


def _rate_cells(code: str, trends: Trends, key: date) -> list[Any]:
    figure, part = FIGURES[code], narrowed(trends.part, trends.step, key)
    share = figure.of(trends.series[key])
    pair = format_html(
        '<a href="{}">{}</a> / <a href="{}">{}</a>',
        link(figure.part, part),
        share.part,
        link(figure.whole, part),
        share.whole,
    )
    return [marks.percent(share), pair]


def heat(part: Slice, cells: Mapping[tuple[int, int], int]) -> Plot:
    """Reports by weekday and hour, Monday at the top."""
    most = max(cells.values(), default=1)
    data = [
        {
            "value": [hour, 7 - day, cells.get((day, hour), 0)],
            "name": f"{weekday_label(day)} {hour_label(hour)}: {cells.get((day, hour), 0)}",
        }
        | ({"url": _cell_url(part, day, hour)} if cells.get((day, hour)) else {})
        for day in WEEKDAYS
        for hour in HOURS
    ]
    option = {
        "tooltip": {"formatter": "{b}"},
        "grid": {"left": 8, "right": 8, "top": 36, "bottom": 48, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(hour) for hour in HOURS], "splitArea": {"show": False}},
        "yAxis": {"type": "category", "data": [weekday_label(day, short=True) for day in reversed(WEEKDAYS)]},
        "visualMap": {
            "min": 0,
            "max": most,
            "orient": "horizontal",
            "left": "center",
            "bottom": 0,
            "itemHeight": 120,
            "itemWidth": 12,
            "precision": 0,
            "textStyle": {"color": "$quiet"},
            "inRange": {"color": ["$plain-bg", "$chart-1"]},
        },
        "series": [
            {
                "type": "heatmap",
                "data": data,
                "itemStyle": {"borderColor": "$surface", "borderWidth": 2, "borderRadius": 3},
            }
        ],
    }
    rows = [
        [weekday_label(day), *(_heat_cell(part, day, hour, cells.get((day, hour), 0)) for hour in HOURS)]
        for day in WEEKDAYS
    ]
    return Plot(option, [_("Weekday"), *(str(hour) for hour in HOURS)], rows)


def _cell_url(part: Slice, day: int, hour: int) -> str:
    return link("reported", narrowed(narrowed(part, "weekday", day), "hour", hour))


def _heat_cell(part: Slice, day: int, hour: int, value: int) -> Any:
    return format_html('<a href="{}">{}</a>', _cell_url(part, day, hour), value) if value else ""


def calls_by_hour(part: Slice, hours: Mapping[int, Counter[str]]) -> Plot:
    """When people are reached: calls made in each hour, and the share that reached somebody."""
    figure = FIGURES["reach"]
    shown = range(min(hours, default=9), max(hours, default=20) + 1)
    shares = {hour: figure.of(hours.get(hour, Counter())) for hour in shown}
    names = {hour: _point_words(hour_label(hour), share) for hour, share in shares.items()}
    urls = {hour: link("attempts", narrowed(part, Grouping.HOUR, hour)) for hour in shown}
    option = {
        "tooltip": {"formatter": "{a}\n{b}"},
        "legend": LEGEND,
        "xAxis": {"type": "category", "data": [hour_label(hour) for hour in shown]},
        "yAxis": [
            {"type": "value", "minInterval": 1},
            {
                "type": "value",
                "min": 0,
                "max": 100,
                "axisLabel": {"formatter": "{value}%"},
                "splitLine": {"show": False},
            },
        ],
        "series": [
            {
                "name": _("Calls made"),
                "type": "bar",
                "barMaxWidth": 28,
                "itemStyle": {"color": "$chart-6", "borderRadius": [3, 3, 0, 0]},
                "data": [
                    {"value": shares[hour].whole, "name": names[hour], "url": urls[hour]} for hour in shown
                ],
            },
            {
                "name": str(figure.label),
                "type": "line",
                "yAxisIndex": 1,
                "symbol": "circle",
                "symbolSize": 8,
                "itemStyle": {"color": "$chart-1"},
                "data": [
                    {"value": shares[hour].percent, "name": names[hour], "url": urls[hour]} for hour in shown
                ],
            },
        ],
    }
    rows = [
        [
            hour_label(hour),
            *(
                format_html('<a href="{}">{}</a>', link(code, narrowed(part, Grouping.HOUR, hour)), value)
                for code, value in (("attempts", shares[hour].whole), ("attempts_reached", shares[hour].part))
            ),
            marks.percent(shares[hour]),
        ]
        for hour in shown
    ]
    return Plot(option, [_("Hour"), _("Calls made"), _("Reached"), str(figure.label)], rows)
