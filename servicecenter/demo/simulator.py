"""A virtual clock: lives of cases take their steps through the ordinary actions, in the order of time.

A life is a generator: it yields the instant of its next step and goes on when the clock gets there. Before
every step the
timers that fell due in between fire on the dot, as the workers would have fired them.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator
from datetime import datetime, timedelta
from itertools import count
from random import Random

from servicecenter.lib.refusals import Refusal
from servicecenter.sla.models import Timer, TimerState
from servicecenter.sla.sweep import sweep

# Yields the instant of the next step, receives the instant at which it goes on (the same one).
Life = Generator[datetime, datetime, None]

# How far in the past a step may arm a timer: an urgency that is raised counts from the report.
LONGEST_AGO = timedelta(days=15)


class Simulator:
    """Runs lives until `until`; `seed` makes a run repeatable."""

    def __init__(self, *, until: datetime, seed: int) -> None:
        self.until = until
        self.rng = Random(seed)
        self.steps = 0
        self.refused = 0
        self._order = count()
        self._fired_at: datetime | None = None
        self._queue: list[tuple[datetime, int, Life]] = []

    def begin(self, life: Life) -> None:
        """Starts a life: it runs to its first instant."""
        try:
            self._push(next(life), life)
        except StopIteration:
            return

    def run(self) -> None:
        """Takes every step up to `until`, and fires every timer up to then."""
        while self._queue and self._queue[0][0] <= self.until:
            at, _number, life = heapq.heappop(self._queue)
            self._fire(at)
            self._step(at, life)
        self._fire(self.until)

    def _step(self, at: datetime, life: Life) -> None:
        self.steps += 1
        try:
            self._push(life.send(at), life)
        except StopIteration:
            return
        except Refusal:
            # Somebody else was quicker (a resident cancelled, a hold ended): this story ends here.
            self.refused += 1

    def _push(self, at: datetime, life: Life) -> None:
        heapq.heappush(self._queue, (at, next(self._order), life))

    def _fire(self, at: datetime) -> None:
        due = Timer.objects.filter(state=TimerState.ARMED, due_at__lte=at)
        if self._fired_at is not None:
            # The index still holds every timer that was ever armed in this transaction: begin near its live end.
            due = due.filter(due_at__gt=self._fired_at - LONGEST_AGO)
        self._fired_at = at
        while (first := due.order_by("due_at").values_list("due_at", flat=True).first()) is not None:
            if not sweep(at=first):
                raise RuntimeError("a due timer did not fire")
