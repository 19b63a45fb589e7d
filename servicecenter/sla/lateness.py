"""How late the timers of this process fired, counted in memory until somebody takes the counts."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass

# Upper bounds in seconds; the promise is 1.5 for nearly all, 3 for the worst, 5 after an outage.
BOUNDS = (0.25, 0.5, 1.0, 1.5, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0, math.inf)


@dataclass
class Count:
    """Timers within one bound."""

    fired: int = 0
    seconds: float = 0.0


_counts: dict[float, Count] = {}
_lock = threading.Lock()


def note(seconds_late: Iterable[float]) -> None:
    """Counts timers that have just fired and were committed."""
    with _lock:
        for seconds in seconds_late:
            count = _counts.setdefault(next(bound for bound in BOUNDS if seconds <= bound), Count())
            count.fired += 1
            count.seconds += seconds


def take() -> dict[float, Count]:
    """The counts by bound since the last time; they are the caller's now."""
    with _lock:
        taken = dict(_counts)
        _counts.clear()
    return taken
