"""A trial calculation: what a promise would mean for a report at a given instant. Nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from servicecenter.lib.clock import LOCAL, local_day
from servicecenter.sla.calendars import LAST_YEAR, OutOfCalendar, public_day
from servicecenter.sla.deadlines import after_deadline, at_share, derive, estimated_years
from servicecenter.sla.models import Clock, Policy, Told
from servicecenter.sla.policies import Subject, Terms

# Five minutes before most offices close: where working time shows what it does.
LATE = time(17, 55)
FRIDAY = 4
DAY = timedelta(days=1)

When = Literal["now", "friday", "eve", "chosen"]


@dataclass(frozen=True)
class Instant:
    """One thing that would happen: `warn`, `due`, `breach`, `escalate_1`…, and whom it tells."""

    step: str
    whom: str
    at: datetime


@dataclass(frozen=True)
class Trial:
    """What would happen to a report at `started_at`; no instants where there is no target."""

    started_at: datetime
    due_at: datetime | None
    instants: tuple[Instant, ...]
    estimated_years: tuple[int, ...]


def calculate(subject: Subject, terms: Terms, started_at: datetime) -> Trial:
    """The deadline and everything around it. Refuses with OutOfCalendar what lies beyond the calendar."""
    community = subject.community.pk if subject.community else 0
    clock = Clock(
        community_id=community,
        work=subject.work,
        stage=subject.stage,
        policy=Policy(
            target_seconds=terms.target_seconds,
            clock=terms.clock,
            warn_at=terms.warn_at,
        ),
        started_at=started_at,
    )
    clock.due_at = derive(clock, [])
    if clock.due_at is None:
        return Trial(started_at, None, (), ())
    steps = [Instant("due", "", clock.due_at), *_steps(clock, terms)]
    order = {"warn": 0, "due": 1}
    instants = tuple(sorted(steps, key=lambda each: (each.at, order.get(each.step, 2))))
    return Trial(started_at, clock.due_at, instants, estimated_years(clock))


def _steps(clock: Clock, terms: Terms) -> Iterator[Instant]:
    """Warning and ladder, by the same counting as `actions.timers.rungs`; a promise that is only tried has no rows."""
    warned_at = at_share(clock, (), float(terms.warn_at))
    if warned_at is not None:
        yield Instant("warn", Told.WORKER, warned_at)
    for position, rung in enumerate(terms.escalate):
        step = f"escalate_{position}" if position else "breach"
        yield Instant(step, str(rung["to"]), after_deadline(clock, (), float(rung["after"])))


def samples(at: datetime, chosen: datetime | None) -> list[tuple[When, datetime]]:
    """The reports that a trial shows: a chosen one, now, next Friday just before closing, the eve of a holiday."""
    found: list[tuple[When, datetime]] = [("chosen", chosen)] if chosen else []
    today = local_day(at)
    friday = today + DAY * ((FRIDAY - today.weekday()) % 7)
    found += [("now", at), ("friday", datetime.combine(friday, LATE, LOCAL))]
    day = today
    while day.year < LAST_YEAR and public_day(day + DAY) != "holiday":
        day += DAY
    return [*found, ("eve", datetime.combine(day, LATE, LOCAL))]


def calculate_or_none(subject: Subject, terms: Terms, started_at: datetime) -> Trial | None:
    """`calculate`; None for an instant that the calendar does not reach."""
    try:
        return calculate(subject, terms, started_at)
    except (OutOfCalendar, OverflowError):
        return None
