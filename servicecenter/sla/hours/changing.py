"""Changing a calendar: each change is kept, and what it does to open work is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Stale
from servicecenter.sla import recounts
from servicecenter.sla.calendars import Spans, minutes_of
from servicecenter.sla.hours.reading import changed, hours_of
from servicecenter.sla.models import CalendarChange, Clock, ClockKind, DayException, WorkingHours, WorkingSpan

KEEPERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})
BACK, AHEAD = timedelta(days=366), timedelta(days=5 * 366)

Minutes = list[list[int]]


def may_keep(community: Community | None, by: User) -> bool:
    """Whether `by` decides when this community (None: the company) works: supervisors for their own communities,
    administrators for those and for the company."""
    if by.role not in KEEPERS:
        return False
    return by.role == Role.ADMIN if community is None else community.pk in by.community_ids


def set_week(
    community: Community | None,
    week: Sequence[Spans] | None,
    *,
    by: User,
    version: int,
    apply_to_open: bool = False,
    at: datetime | None = None,
) -> None:
    """Makes `week` (Monday first) the week of a community, or of the company; None goes back to the company's week.

    `version` is that of the calendar which the change was made from. Counts for new work, and with `apply_to_open` also
    for every open deadline in working time. A week that is in force already changes nothing.
    Refuses `not_permitted`; `stale` if somebody changed the calendar meanwhile; `invalid` for a week without work.
    """
    if week is None and community is None:
        raise Invalid(errors={"week": [_("The company needs a week of its own.")]})
    if week is not None and not any(week):
        raise Invalid(errors={"week": [_("Somebody has to work at some time of the week.")]})
    after = None if week is None else [_minutes(spans) for spans in week]

    def write(hours: WorkingHours) -> CalendarChange | None:
        own = hours_of(hours.community_id).week
        before = None if own is None else [_minutes(spans) for spans in own]
        if before == after:
            return None
        hours.spans.filter(exception=None).delete()
        _add_spans(hours, [(day, spans) for day, spans in enumerate(after or [])])
        return CalendarChange(kind=CalendarChange.Kind.WEEK, before=before, after=after)

    _change(community, write, by=by, version=version, apply_to_open=apply_to_open, at=at)


def add_exception(
    community: Community | None,
    day: date,
    spans: Spans,
    reason: str,
    *,
    by: User,
    version: int,
    apply_to_open: bool = False,
    at: datetime | None = None,
) -> None:
    """Makes `day` one with `spans` of its own; `()` closes it. Refuses as `set_week`, and `invalid` for a day that has
    an exception already, lies more than a year back or five ahead."""
    today = local_day(instant(at))
    if not today - BACK <= day <= today + AHEAD:
        raise Invalid(errors={"day": [_("Please choose a day from one year back to five years ahead.")]})

    def write(hours: WorkingHours) -> CalendarChange:
        if hours.exceptions.filter(day=day).exists():
            raise Invalid(errors={"day": [_("There is already an exception for this day. Remove it first.")]})
        row = DayException.objects.create(hours=hours, community=hours.community, day=day, reason=reason)
        _add_spans(hours, [(None, _minutes(spans))], row)
        return CalendarChange(
            kind=CalendarChange.Kind.EXCEPTION, day=day, reason=reason, after=_minutes(spans)
        )

    _change(community, write, by=by, version=version, apply_to_open=apply_to_open, at=at)


def drop_exception(
    community: Community | None,
    day: date,
    *,
    by: User,
    version: int,
    apply_to_open: bool = False,
    at: datetime | None = None,
) -> None:
    """The day is like the calendar says again. Refuses as `set_week`, and `not_found` for one without an exception."""

    def write(hours: WorkingHours) -> CalendarChange:
        row = hours.exceptions.filter(day=day).first()
        if row is None:
            raise NotFound
        before = [[span.start, span.end] for span in row.spans.order_by("start")]
        row.delete()
        return CalendarChange(kind=CalendarChange.Kind.EXCEPTION, day=day, reason=row.reason, before=before)

    _change(community, write, by=by, version=version, apply_to_open=apply_to_open, at=at)


def open_cases(community: Community | None) -> int:
    """How many open cases have a deadline in working time that a change of this calendar may move."""
    return _reached(community).values("work", "case_id").distinct().count()


def _change(
    community: Community | None,
    write: Callable[[WorkingHours], CalendarChange | None],
    *,
    by: User,
    version: int,
    apply_to_open: bool,
    at: datetime | None,
) -> None:
    if not may_keep(community, by):
        raise NotPermitted
    at = instant(at)
    with transaction.atomic():
        hours, _made = WorkingHours.objects.get_or_create(community=community)
        hours = WorkingHours.objects.select_for_update().get(pk=hours.pk)
        changed()
        if hours.version != version:
            raise Stale
        change = write(hours)
        if change is None:
            return
        change.hours, change.community, change.by, change.at = hours, community, by, at
        change.save(force_insert=True)
        hours.version = change.pk
        hours.save(update_fields=["version"])
        if apply_to_open:
            _apply(community, by, at)


def _apply(community: Community | None, by: User, at: datetime) -> None:
    """Counts every open case anew that has a deadline in working time: the first ones now, the rest by the workers."""
    clocks = _reached(community).order_by("work", "stage", "id").distinct("work", "stage")
    for clock in clocks.select_related("policy"):
        recounts.ask_within(clock.policy, community.pk if community else None, by=by, at=at)


def _reached(community: Community | None) -> QuerySet[Clock]:
    running = Clock.objects.filter(
        policy__clock=ClockKind.WORKING, policy__target_seconds__gt=0, met_at=None, cancelled_at=None
    )
    return running if community is None else running.filter(community=community)


def _add_spans(
    hours: WorkingHours, days: Sequence[tuple[int | None, Minutes]], exception: DayException | None = None
) -> None:
    WorkingSpan.objects.bulk_create(
        WorkingSpan(
            hours=hours,
            community=hours.community,
            weekday=weekday,
            exception=exception,
            start=start,
            end=end,
        )
        for weekday, spans in days
        for start, end in spans
    )


def _minutes(spans: Spans) -> Minutes:
    return [list(minutes_of(span)) for span in spans]
