"""How long repairs took, until they were first done and until nothing had to be redone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Avg, Count, DurationField, F
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from servicecenter.board.queries.sets import SETS
from servicecenter.board.queries.slices import Slice
from servicecenter.board.queries.sources import COMPLETIONS, rows_of


class Median(Aggregate):
    """The middle of a length of time."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Length:
    """A figure of time: from the report to the completions of a set."""

    code: str
    label: str | Words
    rows: str
    meaning: str | Words


@dataclass(frozen=True)
class Took:
    """What it was in a slice: the middle, the mean, and how many repairs they are of. None without any."""

    median: timedelta | None
    average: timedelta | None
    count: int


_ALL = (
    Length(
        "first_resolution",
        _("Time to the first completion"),
        "first_completions",
        _(
            "From the report to the first completion, of repairs first completed in the period; by the wall clock, "
            "pauses included. What was redone later does not change it."
        ),
    ),
    Length(
        "total_resolution",
        _("Time to completion for good"),
        "last_completions",
        _(
            "From the report to the completion after which nothing had to be redone, of repairs completed so in the "
            "period; by the wall clock, rework and pauses included."
        ),
    ),
)
LENGTHS: Mapping[str, Length] = {each.code: each for each in _ALL}


def lengths(part: Slice, at: datetime) -> Mapping[str, Took]:
    """Every figure of time in a slice; one query."""
    took = F("completed_at") - F("ticket__reported_at")
    wanted: dict[str, Aggregate] = {}
    for code, each in LENGTHS.items():
        where = SETS[each.rows].where(part, at)
        wanted |= {
            f"{code}_median": Median(took, filter=where),
            f"{code}_average": Avg(took, filter=where, output_field=DurationField()),
            f"{code}_count": Count("pk", filter=where),
        }
    found = rows_of(COMPLETIONS, part).aggregate(**wanted)
    return {
        code: Took(found[f"{code}_median"], found[f"{code}_average"], found[f"{code}_count"])
        for code in LENGTHS
    }
