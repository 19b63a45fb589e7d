"""How promises, quality and load went over a period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from servicecenter.board.queries.counting import Counts, counts, grouped
from servicecenter.board.queries.figures import sets_of
from servicecenter.board.queries.lengths import Median, Took, lengths
from servicecenter.board.queries.sets import SETS
from servicecenter.board.queries.slices import Grouping, Slice
from servicecenter.board.queries.sources import REPORTS, rows_of
from servicecenter.lib.clock import LOCAL

RATES = ("respond", "complete")
TOTALS = (
    "respond",
    "arrive",
    "secure",
    "complete",
    "complete_first",
    "first_time",
    "rework",
    "satisfaction",
    "handling",
)
COLUMNS = ("respond", "complete", "rework", "satisfaction")
FUNNEL = ("completions", "to_call", "called", "reached", "content")
# Longer periods are drawn by the week.
MOST_DAYS = 62


@dataclass(frozen=True)
class Trends:
    """One period: totals and those of the period before, a series, a table of groups and the load by hour.

    `step`: what the series goes by. `heat`: reports by (weekday, hour). `took`: how long repairs took.
    """

    part: Slice
    step: str
    series: Mapping[date, Counter[str]]
    sums: Counts
    before: Counts
    by: str
    groups: Mapping[Any, Counter[str]]
    heat: Mapping[tuple[int, int], int]
    took: Mapping[str, Took]


def trends(part: Slice, at: datetime, by: str) -> Trends:
    """The figures of a slice, its table grouped by `by`; a constant number of queries."""
    step = Grouping.DAY if part.days <= MOST_DAYS else Grouping.WEEK
    wanted = sets_of(*TOTALS) | {"reported", *FUNNEL}
    return Trends(
        part=part,
        step=step,
        series=grouped(sets_of(*RATES), part, at, step),
        sums=counts(wanted, part, at),
        before=counts(wanted, part.before(), at),
        by=by,
        groups=grouped(sets_of(*COLUMNS) | {"reported"}, part, at, by),
        heat=heat(part),
        took=lengths(part, at),
    )


def heat(part: Slice) -> dict[tuple[int, int], int]:
    """How many repairs were reported in each (weekday from 1, hour)."""
    cells = (
        rows_of(REPORTS, part)
        .annotate(
            day=ExtractIsoWeekDay(REPORTS.clock, tzinfo=LOCAL), time=ExtractHour(REPORTS.clock, tzinfo=LOCAL)
        )
        .order_by()
        .values_list("day", "time")
        .annotate(number=Count("pk"))
    )
    return {(day, hour): number for day, hour, number in cells}


def median_time_to_call(part: Slice, at: datetime) -> timedelta | None:
    """The median time from a completion to the outcome of its call, of calls promised for the period."""
    done = SETS["calls_covered"]
    took: timedelta | None = rows_of(done.source, part).aggregate(
        took=Median(F("finished_at") - F("completed_at"), filter=done.where(part, at))
    )["took"]
    return took
