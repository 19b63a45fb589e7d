"""Working hours as rows: what counts for whom, at once where they change and within a second everywhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Stale
from servicecenter.sla import hours, policies
from servicecenter.sla.calendars import OFFICE_WEEK, SHANGHAI, Span, Spans, WorkingCalendar, microseconds
from servicecenter.sla.hours import reading
from servicecenter.sla.models import CalendarChange, Clock, WorkingHours, WorkingSpan
from servicecenter.sla.policies import Subject, Terms
from servicecenter.sla.spans import read_spans, write_spans
from tests.conftest import Walk

MORNING, LONG = Span(time(9), time(12)), Span(time(6), time(0))
WEEK = (*(((MORNING,)),) * 5, (), ())
MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _look_afresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees what another one left in the memory of the process."""
    monkeypatch.setattr(reading, "_seen", None)
    yield
    reading._look_again()


def tomorrow() -> date:
    return local_day(database_now()) + timedelta(days=1)


def test_the_company_starts_with_the_office_week(yangguang: Community) -> None:
    assert hours.calendar_for(yangguang.pk).weekly == OFFICE_WEEK.weekly


def test_a_community_keeps_a_week_of_its_own(
    supervisor_bo: User, yangguang: Community, binjiang: Community
) -> None:
    hours.set_week(yangguang, WEEK, by=supervisor_bo, version=0)
    assert hours.calendar_for(yangguang.pk).spans_on(MONDAY) == (MORNING,)
    assert hours.calendar_for(binjiang.pk).weekly == OFFICE_WEEK.weekly


def test_it_goes_back_to_the_companys(supervisor_bo: User, yangguang: Community) -> None:
    hours.set_week(yangguang, WEEK, by=supervisor_bo, version=0)
    hours.set_week(yangguang, None, by=supervisor_bo, version=hours.hours_of(yangguang.pk).version)
    assert hours.calendar_for(yangguang.pk).weekly == OFFICE_WEEK.weekly


def test_the_company_cannot_be_without_a_week(admin_gu: User) -> None:
    with pytest.raises(Invalid):
        hours.set_week(None, None, by=admin_gu, version=hours.company_hours().version)


def test_a_week_without_work_is_refused(supervisor_bo: User, yangguang: Community) -> None:
    with pytest.raises(Invalid):
        hours.set_week(yangguang, ((),) * 7, by=supervisor_bo, version=0)


def test_exceptions_of_the_company_count_in_every_community_unless_it_has_one(
    admin_gu: User, supervisor_bo: User, yangguang: Community, binjiang: Community
) -> None:
    day = tomorrow()
    hours.add_exception(None, day, (), "台风", by=admin_gu, version=hours.company_hours().version)
    hours.add_exception(yangguang, day, (LONG,), "值守", by=supervisor_bo, version=0)
    assert hours.calendar_for(binjiang.pk).spans_on(day) == ()
    assert hours.calendar_for(yangguang.pk).spans_on(day) == (LONG,)


def test_a_day_has_one_exception(supervisor_bo: User, yangguang: Community) -> None:
    hours.add_exception(yangguang, tomorrow(), (), "台风", by=supervisor_bo, version=0)
    version = hours.hours_of(yangguang.pk).version
    with pytest.raises(Invalid) as refused:
        hours.add_exception(yangguang, tomorrow(), (), "又一次", by=supervisor_bo, version=version)
    assert list(refused.value.errors) == ["day"]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1999, 1, 1), date(9999, 12, 31)])
def test_a_day_that_nobody_means_is_refused(day: date, supervisor_bo: User, yangguang: Community) -> None:
    with pytest.raises(Invalid):
        hours.add_exception(yangguang, day, (), "?", by=supervisor_bo, version=0)


def test_a_removed_exception_is_gone_and_its_history_stays(supervisor_bo: User, yangguang: Community) -> None:
    hours.add_exception(yangguang, tomorrow(), (), "台风", by=supervisor_bo, version=0)
    version = hours.hours_of(yangguang.pk).version
    hours.drop_exception(yangguang, tomorrow(), by=supervisor_bo, version=version)
    assert dict(hours.hours_of(yangguang.pk).exceptions) == {}
    kept = CalendarChange.objects.filter(community=yangguang).order_by("id").values_list("reason", "by")
    assert list(kept) == [("台风", supervisor_bo.pk)] * 2
    version = hours.hours_of(yangguang.pk).version
    with pytest.raises(NotFound):
        hours.drop_exception(yangguang, tomorrow(), by=supervisor_bo, version=version)


def test_a_change_of_something_that_was_changed_meanwhile_is_refused(
    supervisor_bo: User, yangguang: Community
) -> None:
    hours.set_week(yangguang, WEEK, by=supervisor_bo, version=0)
    with pytest.raises(Stale):
        hours.set_week(yangguang, OFFICE_WEEK.weekly, by=supervisor_bo, version=0)


@pytest.mark.parametrize("who", ["agent_li", "manager_mei", "technician_chen", "resident_wang"])
def test_only_supervisors_and_administrators_decide(
    who: str, yangguang: Community, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotPermitted):
        hours.set_week(yangguang, WEEK, by=request.getfixturevalue(who), version=0)


def test_a_supervisor_decides_neither_for_others_nor_for_the_company(
    supervisor_bo: User, binjiang: Community
) -> None:
    for place in (binjiang, None):
        with pytest.raises(NotPermitted):
            hours.set_week(place, WEEK, by=supervisor_bo, version=0)


def test_the_database_refuses_spans_that_overlap(yangguang: Community) -> None:
    row = WorkingHours.objects.create(community=yangguang)
    WorkingSpan.objects.create(hours=row, community=yangguang, weekday=0, start=60, end=120)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkingSpan.objects.create(hours=row, community=yangguang, weekday=0, start=119, end=200)
    WorkingSpan.objects.create(hours=row, community=yangguang, weekday=0, start=120, end=200)


def test_the_database_refuses_a_day_of_25_hours(yangguang: Community) -> None:
    row = WorkingHours.objects.create(community=yangguang)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkingSpan.objects.create(hours=row, community=yangguang, weekday=0, start=60, end=1500)


def test_open_deadlines_follow_a_new_week_when_asked(
    supervisor_bo: User, yangguang: Community, ticket_in: Walk
) -> None:
    policies.change(
        Subject("repair", "complete", yangguang, "normal"),
        Terms(40 * 3600, "working"),
        by=supervisor_bo,
    )
    ticket = ticket_in("accepted")
    clock = Clock.objects.get(work="repair", case_id=ticket.pk, stage="complete")
    assert hours.open_cases(yangguang) == 1
    every_day = ((LONG,),) * 7
    hours.set_week(yangguang, every_day, by=supervisor_bo, version=0)
    before = clock.due_at
    clock.refresh_from_db()
    assert clock.due_at == before
    version = hours.hours_of(yangguang.pk).version
    hours.add_exception(
        yangguang, tomorrow(), (), "停电", by=supervisor_bo, version=version, apply_to_open=True
    )
    clock.refresh_from_db()
    assert clock.due_at is not None
    calendar = hours.calendar_for(yangguang.pk)
    worked = calendar.between(microseconds(clock.started_at), microseconds(clock.due_at))
    assert worked == 40 * 3600 * 1_000_000
    assert clock.due_at != before


def test_nothing_is_asked_of_the_database_again_within_a_second(
    yangguang: Community, django_assert_num_queries: Any
) -> None:
    hours.calendar_for(yangguang.pk)
    reading._memory.changing = False
    reading._state()
    with django_assert_num_queries(0):
        hours.calendar_for(yangguang.pk)


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_change_after_at_most_a_second(
    supervisor_bo: User, yangguang: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another connection changes the calendar; here only the age of what was seen decides."""
    at = [100.0]
    monkeypatch.setattr(reading, "monotonic", lambda: at[0])
    assert hours.calendar_for(yangguang.pk).weekly == OFFICE_WEEK.weekly
    seen = reading._seen

    def elsewhere() -> None:
        hours.set_week(yangguang, WEEK, by=supervisor_bo, version=0)
        connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    # The thread shares this process, so what it told the memory is taken back: as if it were another one.
    monkeypatch.setattr(reading, "_seen", seen)
    at[0] += 1.1
    assert hours.calendar_for(yangguang.pk).spans_on(MONDAY) == (MORNING,)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_rolled_back_is_forgotten(supervisor_bo: User, yangguang: Community) -> None:
    with transaction.atomic():
        hours.set_week(yangguang, WEEK, by=supervisor_bo, version=0)
        assert hours.calendar_for(yangguang.pk).spans_on(MONDAY) == (MORNING,)
        transaction.set_rollback(True)
    assert hours.calendar_for(yangguang.pk).weekly == OFFICE_WEEK.weekly


MINUTES = st.integers(0, 1440)


@st.composite
def days(draw: st.DrawFn) -> Spans:
    """A day of up to three spans on quarters of an hour, in order and apart."""
    marks = sorted(draw(st.sets(st.integers(0, 96), min_size=0, max_size=6)))
    pairs = list(zip(marks[::2], marks[1::2], strict=False))
    text = ", ".join(f"{a // 4}:{a % 4 * 15:02d}-{b // 4}:{b % 4 * 15:02d}" for a, b in pairs)
    return read_spans(text)


@given(days())
def test_spans_are_read_as_they_were_written(spans: Spans) -> None:
    assert read_spans(write_spans(spans)) == spans


@settings(max_examples=60, deadline=None)
@given(st.lists(days(), min_size=7, max_size=7).filter(any), st.integers(0, 6), days(), st.integers(0, 3000))
def test_a_calendar_counts_like_somebody_with_a_watch(
    week: list[Spans], offset: int, exception: Spans, length: int
) -> None:
    """Against a counter that walks minute by minute through a week without holidays (March 2026)."""
    calendar = WorkingCalendar(tuple(week), {MONDAY + timedelta(days=offset): exception})
    start = datetime(2026, 3, 2, tzinfo=SHANGHAI).astimezone(UTC)
    counted = sum(
        _works(calendar, (start + timedelta(minutes=minute)).astimezone(SHANGHAI)) for minute in range(length)
    )
    end = start + timedelta(minutes=length)
    assert calendar.between(microseconds(start), microseconds(end)) == counted * 60_000_000


def _works(calendar: WorkingCalendar, local: datetime) -> bool:
    return any(
        start <= local.time() and (local.time() < end or end == time.min)
        for start, end in calendar.spans_on(local.date())
    )
