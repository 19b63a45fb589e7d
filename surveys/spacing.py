"""When the next call may be tried, and when a case counts as unreachable (domain §4).

Up to three tries on at least two different days and in two different parts of the day, only in the hours in which the
community makes calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from servicecenter.lib.clock import local_day
from servicecenter.sla.arithmetic import next_in_window, part_of_day

ENOUGH_TRIES = 3
ENOUGH_DAYS = 2
ENOUGH_PARTS = 2
# A line that was busy or rang out is not tried again before this.
REST = timedelta(hours=2)


def is_unreachable(tries: Sequence[datetime]) -> bool:
    """Whether these missed calls are enough to give up."""
    days = {local_day(each) for each in tries}
    parts = {part_of_day(each) for each in tries}
    return len(tries) >= ENOUGH_TRIES and len(days) >= ENOUGH_DAYS and len(parts) >= ENOUGH_PARTS


def next_try(tries: Sequence[datetime], *, opens: time, closes: time) -> datetime:
    """The earliest instant of the next try after the missed ones (oldest first, never empty).

    It lies in calling hours, in another part of the day than the last try where possible, and on another day
    once a further
    try on the same one could not bring the rule to an end.
    """
    last = tries[-1]
    used = {part_of_day(each) for each in tries}
    same_day_only = len({local_day(each) for each in tries}) == 1
    candidate = next_in_window(last + REST, opens, closes)
    if len(tries) >= ENOUGH_TRIES - 1 and same_day_only and local_day(candidate) == local_day(last):
        candidate = _next_morning(last, opens, closes)
    for _step in range(24):
        if len(used) >= ENOUGH_PARTS or part_of_day(candidate) not in used:
            break
        candidate = next_in_window(candidate + timedelta(hours=1), opens, closes)
    return candidate


def _next_morning(at: datetime, opens: time, closes: time) -> datetime:
    day_after = datetime.combine(local_day(at) + timedelta(days=1), opens, at.astimezone().tzinfo)
    return next_in_window(max(day_after, at), opens, closes)
