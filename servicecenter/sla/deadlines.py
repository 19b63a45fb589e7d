"""The instants of a clock, derived from its facts: start, target, pauses, and an agreed later day if there is one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from servicecenter.sla import arithmetic
from servicecenter.sla.calendars import WorkingCalendar
from servicecenter.sla.hours.reading import calendar_for
from servicecenter.sla.models import Clock, ClockKind, Pause


def derive(clock: Clock, pauses: Iterable[Pause]) -> datetime | None:
    """The deadline; None where the policy sets no target. A pause that is still open has no known length yet."""
    return at_share(clock, pauses, 1)


def at_share(clock: Clock, pauses: Iterable[Pause], share: float) -> datetime | None:
    """The instant at which `share` of the time is used up, as the clock counts; 1 is the deadline itself.

    An instant that was itself promised is not moved by pauses. An agreed later day replaces the promised time
    when it is later: it is counted from the agreement on, day and
    night, so that a pause after the agreement moves that day too.
    """
    if clock.fixed_due_at is not None:
        return clock.started_at + (clock.fixed_due_at - clock.started_at) * share
    target = clock.policy.target
    if target is None:
        return None
    spans = _closed(pauses)
    kind, calendar = _counting(clock)
    promised = arithmetic.due_at(clock.started_at, target, kind, calendar, spans)
    if clock.agreed_at is not None and clock.not_before is not None:
        allowed = clock.not_before - clock.agreed_at
        if arithmetic.due_at(clock.agreed_at, allowed, "always", None, spans) > promised:
            return arithmetic.due_at(clock.agreed_at, allowed * share, "always", None, spans)
    return arithmetic.due_at(clock.started_at, target * share, kind, calendar, spans)


def after_deadline(clock: Clock, pauses: Iterable[Pause], share: float) -> datetime:
    """The instant at which `share` of the target has passed since the deadline, as the clock counts."""
    target = clock.policy.target
    assert clock.due_at is not None
    if clock.fixed_due_at is not None:
        # A promised instant has no target of its own: shares are those of the time there was.
        return clock.due_at + (clock.fixed_due_at - clock.started_at) * share
    assert target is not None
    return arithmetic.due_at(clock.due_at, target * share, *_counting(clock), _closed(pauses))


def estimated_years(clock: Clock) -> tuple[int, ...]:
    """Years that this deadline reaches and whose days off are not published yet; every explanation says them."""
    if clock.due_at is None or clock.policy.clock != ClockKind.WORKING:
        return ()
    return calendar_for(clock.community_id).unknown_years(clock.started_at, clock.due_at)


def _closed(pauses: Iterable[Pause]) -> list[arithmetic.Pause]:
    return [(pause.started_at, pause.ended_at) for pause in pauses if pause.ended_at is not None]


def _counting(clock: Clock) -> tuple[arithmetic.ClockKind, WorkingCalendar | None]:
    calendar = calendar_for(clock.community_id) if clock.policy.clock == ClockKind.WORKING else None
    return cast(arithmetic.ClockKind, clock.policy.clock), calendar
