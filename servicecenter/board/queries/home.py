"""The first screen: are we keeping our promises, what is about to break, where does it hurt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from servicecenter.board.queries.counting import Counts, by_day, counts, grouped, total
from servicecenter.board.queries.figures import sets_of
from servicecenter.board.queries.lists import Listed, first
from servicecenter.board.queries.sets import AGES
from servicecenter.board.queries.slices import Grouping, Slice
from servicecenter.lib.clock import local_day

PROMISES = ("respond", "arrive", "complete", "call")
QUALITY = ("coverage", "first_time", "rework", "punctual", "satisfaction")
NOW = ("backlog", "on_hold", "overdue", "due_4h", "due_24h", "queue", "queue_now", "queue_late", *AGES)
# Today, a week, a month: each is compared with the days before it, as many again.
WINDOWS = (1, 7, 30)
SOONEST = 8


@dataclass(frozen=True)
class Home:
    """Everything the first screen shows, in a constant number of queries.

    `days`: the sets of each of the last 60 days. `now`: what stands open at this moment. `hurts`: overdue repairs by
    grouping and group.
    """

    part: Slice
    days: Mapping[date, Counter[str]]
    now: Counts
    soon: list[Listed]
    hurts: Mapping[str, Mapping[Any, Counter[str]]]

    def window(self, days: int) -> Slice:
        """The last `days` days, today included."""
        return self.part.over(self.part.last - timedelta(days=days - 1), self.part.last)

    def sums(self, window: Slice) -> Counter[str]:
        """The sets of a window inside the 60 days."""
        return total(self.days, window.first, window.last)


def home(part: Slice, at: datetime) -> Home:
    """The figures of the communities of `part`, whatever its period, seen at `at`."""
    today = local_day(at)
    part = part.over(today - timedelta(days=2 * max(WINDOWS) - 1), today)
    return Home(
        part=part,
        days=by_day(sets_of(*PROMISES, *QUALITY), part, at),
        now=counts(NOW, part, at),
        soon=first("due_24h", part, at, SOONEST),
        hurts={by: grouped(["overdue"], part, at, by) for by in (Grouping.TRADE, Grouping.BUILDING)},
    )
