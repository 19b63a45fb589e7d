"""How far an inspection campaign is, as an ECharts option and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from owners.models import Building, Inspection
from owners.queries.inspections import Progress
from owners.workflow import VisitStatus

# In the order of a visit's life; the colours are tokens of the design.
COLOURS = {
    VisitStatus.FINE: "$chart-good",
    VisitStatus.FINDINGS: "$chart-waiting",
    VisitStatus.BOOKED: "$chart-1",
    VisitStatus.INVITED: "$line",
    VisitStatus.MISSED: "$chart-bad",
    VisitStatus.DECLINED: "$chart-6",
}


def progress_option(campaign: Inspection, rows: Sequence[tuple[Building, Progress]]) -> dict[str, Any]:
    """One bar a building, the first on top; each stretch leads to its units."""
    ordered = list(reversed(rows))
    return {
        "tooltip": {"trigger": "item", "formatter": "{a}\n{b}"},
        "legend": {"icon": "roundRect", "itemWidth": 14, "itemHeight": 8, "type": "scroll"},
        "grid": {"left": 8, "right": 16, "top": 40, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [building.name for building, _each in ordered]},
        "series": [
            {
                "name": str(status.label),
                "type": "bar",
                "stack": "units",
                "barMaxWidth": 28,
                "itemStyle": {"color": colour},
                "data": [_mark(campaign, building, each, status) for building, each in ordered],
            }
            for status, colour in COLOURS.items()
        ],
    }


def _mark(
    campaign: Inspection, building: Building, progress: Progress, status: VisitStatus
) -> dict[str, Any]:
    count = progress.counts[status]
    page = reverse("desk:inspection", args=[campaign.number])
    return {
        "value": count,
        "name": f"{building.name}: {count}",
        "url": f"{page}?status={status}&building={building.pk}",
    }


def progress_columns() -> list[str]:
    """The head of the table."""
    return [_("Building"), *(str(status.label) for status in COLOURS), _("Inspected")]


def progress_rows(rows: Sequence[tuple[Building, Progress]]) -> list[list[Any]]:
    """The same figures."""
    return [
        [building.name, *(each.counts[status] for status in COLOURS), f"{each.percent}%"]
        for building, each in rows
    ]
