"""Small drawings of the board: a bar, a line of days, a percentage.

SVG attributes only: our pages allow no inline style. The figures stand beside the drawings in words, so all of them are
hidden from assistive technology.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from servicecenter.board.queries.figures import Share

SPARK_WIDTH, SPARK_HEIGHT = 120, 28
HIDDEN = mark_safe('aria-hidden="true" focusable="false"')
TRACK = mark_safe('<rect class="meter-track" width="100%" height="100%" rx="3"/>')


def percent(share: Share) -> str:
    """A share in percent with one decimal where it has one; a dash without any row."""
    return "—" if share.percent is None else f"{number(share.percent)}%"


def number(value: float) -> str:
    """A number as the language writes it, with one decimal where it has one."""
    return str(formats.number_format(value, 0 if value == round(value) else 1, use_l10n=True))


def bar(share: float, tone: str = "") -> SafeString:
    """A bar of `share` (0–1) of its track."""
    return format_html(
        '<svg class="meter{}" {}>{}<rect class="meter-fill" width="{}%" height="100%" rx="3"/></svg>',
        f" meter-{tone}" if tone else "",
        HIDDEN,
        TRACK,
        _fixed(100 * min(1.0, max(0.0, share))),
    )


def interval(share: Share) -> SafeString:
    """A share with its 95 % interval: a dot on a band on the track from 0 to 100 %."""
    low, high = share.interval() or (0.0, 0.0)
    return format_html(
        '<svg class="meter meter-interval" {}>{}<rect class="meter-band" x="{}%" width="{}%" height="100%" rx="3"/>'
        '<rect class="meter-dot" x="{}%" width="3" height="100%"/></svg>',
        HIDDEN,
        TRACK,
        _fixed(low),
        _fixed(high - low),
        _fixed(share.percent or 0.0),
    )


def spark(values: Sequence[float | None]) -> SafeString:
    """Percentages of successive days as a line; gaps where a day has none. The scale ends at 100 %."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return SafeString("")
    lowest = min([*known, 80.0])
    step = SPARK_WIDTH / max(1, len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            height = (value - lowest) / (100.0 - lowest) * (SPARK_HEIGHT - 4)
            runs[-1].append((index * step, SPARK_HEIGHT - 2 - height))
    lines = format_html_join("", '<polyline points="{}"/>', ((_points(run),) for run in runs if run))
    return format_html(
        '<svg class="spark" viewBox="-2 0 {} {}" preserveAspectRatio="none" {}>{}</svg>',
        SPARK_WIDTH + 4,
        SPARK_HEIGHT,
        HIDDEN,
        lines,
    )


def _points(run: list[tuple[float, float]]) -> str:
    """A single day between two gaps still shows, as a short stroke."""
    points = run if len(run) > 1 else [run[0], (run[0][0] + 2, run[0][1])]
    return " ".join(f"{_fixed(x)},{_fixed(y)}" for x, y in points)


def _fixed(value: float) -> str:
    """For attributes: a point, never the comma of a language."""
    return f"{value:.1f}"
