"""When the next call may be tried, and when a case counts as unreachable (domain §4).

Up to three tries on at least two different days and in two different parts of the day, only in the hours in which the
community makes calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from servicecenter.lib.clock import LOCAL, local_day, start_of_day
from servicecenter.sla.arithmetic import EVENING, NOON, PartOfDay, next_in_window, part_of_day

ENOUGH_TRIES = 3
ENOUGH_DAYS = 2
ENOUGH_PARTS = 2
# A line that was busy or rang out is not tried again before this.
REST = timedelta(hours=2)


def is_unreachable(tries: Sequence[datetime], *, opens: time, closes: time) -> bool:
    """Whether these missed calls are enough to give up. Where calls are made in one part of the day only, that one
    is enough."""
    days = {local_day(each) for each in tries}
    parts = {part_of_day(each) for each in tries}
    needed = min(ENOUGH_PARTS, len(parts_between(opens, closes)))
    return len(tries) >= ENOUGH_TRIES and len(days) >= ENOUGH_DAYS and len(parts) >= needed


def part_to_avoid(tries: Sequence[datetime], *, opens: time, closes: time) -> PartOfDay | None:
    """The part of the day in which the next call must not be made, however late it is made; None for any.

    As long as all missed calls fell into one part, the next one belongs into another.
    """
    parts = {part_of_day(each) for each in tries}
    if len(parts) != 1 or parts_between(opens, closes) <= parts:
        return None
    return parts.pop()


def next_try(tries: Sequence[datetime], *, opens: time, closes: time) -> datetime:
    """The earliest instant of the next try after the missed ones (oldest first, never empty).

    It lies in calling hours, outside `part_to_avoid`, and on another day once a further try on the same one could
    not bring the rule to an end.
    """
    last = tries[-1]
    same_day_only = len({local_day(each) for each in tries}) == 1
    candidate = next_in_window(last + REST, opens, closes)
    if len(tries) >= ENOUGH_TRIES - 1 and same_day_only and local_day(candidate) == local_day(last):
        candidate = _next_morning(last, opens, closes)
    return outside(part_to_avoid(tries, opens=opens, closes=closes), candidate, opens=opens, closes=closes)


def outside(part: str | None, at: datetime, *, opens: time, closes: time) -> datetime:
    """The first instant from `at` on that lies in calling hours and not in `part`, which is not all of them."""
    candidate = next_in_window(at, opens, closes)
    while part and part_of_day(candidate) == part:
        candidate = next_in_window(_part_ends(candidate), opens, closes)
    return candidate


def parts_between(opens: time, closes: time) -> set[PartOfDay]:
    """The parts of the day in which calls may be made from `opens` until `closes`."""
    parts: set[PartOfDay] = set()
    if opens < NOON:
        parts.add("morning")
    if opens < EVENING and closes > NOON:
        parts.add("afternoon")
    if closes > EVENING:
        parts.add("evening")
    return parts


def _part_ends(at: datetime) -> datetime:
    local = at.astimezone(LOCAL)
    for border in (NOON, EVENING):
        if local.time() < border:
            return datetime.combine(local.date(), border, LOCAL)
    return start_of_day(local.date() + timedelta(days=1))


def _next_morning(at: datetime, opens: time, closes: time) -> datetime:
    day_after = datetime.combine(local_day(at) + timedelta(days=1), opens, LOCAL)
    return next_in_window(max(day_after, at), opens, closes)
