"""The follow-up queue: how full it is, and how well people are reached."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from servicecenter.board.queries.counting import Counts, counts, grouped
from servicecenter.board.queries.figures import sets_of
from servicecenter.board.queries.slices import Grouping, Slice
from servicecenter.board.queries.trends import FUNNEL, median_time_to_call

FIGURES = ("coverage", "sampled_out", "call", "reach", "satisfaction")
QUEUE = ("queue_now", "queue", "queue_late")


@dataclass(frozen=True)
class FollowUps:
    """One period of calls, and the queue as it stands."""

    part: Slice
    sums: Counts
    before: Counts
    queue: Counts
    callers: Mapping[Any, Counter[str]]
    hours: Mapping[int, Counter[str]]
    time_to_call: timedelta | None


def follow_ups(part: Slice, at: datetime) -> FollowUps:
    """The figures of a slice; a constant number of queries."""
    wanted = sets_of(*FIGURES) | set(FUNNEL)
    attempts = sets_of("reach")
    return FollowUps(
        part=part,
        sums=counts(wanted, part, at),
        before=counts(wanted, part.before(), at),
        queue=counts(QUEUE, part, at),
        callers=grouped(attempts, part, at, "caller"),
        hours=grouped(attempts, part, at, Grouping.HOUR),
        time_to_call=median_time_to_call(part, at),
    )
