"""China's public calendar and a community's hours. The lists are typed from the published notices."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from servicecenter.sla.calendars import (
    SHANGHAI,
    OutOfCalendar,
    Span,
    WorkingCalendar,
    microseconds,
    public_day,
    year_of,
)

MORNING = Span(time(8, 30), time(12))
AFTERNOON = Span(time(14), time(18))
OFFICE = WorkingCalendar.monday_to_friday(MORNING, AFTERNOON)


def days(year: int, *ranges: tuple[tuple[int, int], tuple[int, int]]) -> set[date]:
    found = set()
    for first, last in ranges:
        day = date(year, *first)
        while day <= date(year, *last):
            found.add(day)
            day += timedelta(days=1)
    return found


NOTICES = {
    # 国办发明电〔2024〕12号
    2025: (
        days(
            2025,
            ((1, 1), (1, 1)),
            ((1, 28), (2, 4)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((5, 31), (6, 2)),
            ((10, 1), (10, 8)),
        ),
        {date(2025, *day) for day in [(1, 26), (2, 8), (4, 27), (9, 28), (10, 11)]},
    ),
    # 国办发明电〔2025〕7号
    2026: (
        days(
            2026,
            ((1, 1), (1, 3)),
            ((2, 15), (2, 23)),
            ((4, 4), (4, 6)),
            ((5, 1), (5, 5)),
            ((6, 19), (6, 21)),
            ((9, 25), (9, 27)),
            ((10, 1), (10, 7)),
        ),
        {date(2026, *day) for day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]},
    ),
}


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_a_published_year_is_as_in_the_notice(year: int) -> None:
    holidays, makeup = NOTICES[year]
    for day in days(year, ((1, 1), (12, 31))):
        expected = "holiday" if day in holidays else "makeup" if day in makeup else "ordinary"
        assert public_day(day) == expected, day


@pytest.mark.parametrize("year", NOTICES)
def test_an_office_works_on_weekdays_and_make_up_days_but_not_on_holidays(year: int) -> None:
    holidays, makeup = NOTICES[year]
    for day in days(year, ((1, 1), (12, 31))):
        works = day in makeup or (day.weekday() < 5 and day not in holidays)
        assert OFFICE.spans_on(day) == ((MORNING, AFTERNOON) if works else ()), day


def test_a_make_up_day_in_the_december_before_is_known_to_the_earlier_year() -> None:
    # The notice for 2012 made Saturday 31 December 2011 a working day.
    assert public_day(date(2011, 12, 31)) == "makeup"


@pytest.mark.parametrize("year", [2001, 2011, 2025, 2026])
def test_a_year_with_a_published_arrangement_is_known(year: int) -> None:
    assert WorkingCalendar.knows(year)


@pytest.mark.parametrize("year", [1, 1999, 2090, 9999])
def test_a_year_without_a_published_arrangement_is_not_claimed_to_be_known(year: int) -> None:
    assert not WorkingCalendar.knows(year)


def test_the_unknown_years_between_two_instants_are_counted_in_shanghai() -> None:
    # 31 December 2089, 16:30 UTC is already 2090 in Shanghai.
    at = datetime(2089, 12, 31, 16, 30, tzinfo=UTC)
    assert OFFICE.unknown_years(at, at + timedelta(days=400)) == (2090, 2091)


def test_nothing_is_unknown_inside_a_published_year() -> None:
    assert OFFICE.unknown_years(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)) == ()


def test_an_estimated_year_still_rests_on_feast_days() -> None:
    assert public_day(date(2090, 10, 1)) == "holiday"


def test_a_weekend_inside_a_holiday_is_closed_for_a_community_that_works_on_weekends() -> None:
    every_day = WorkingCalendar(weekly=((MORNING,),) * 7)
    assert every_day.spans_on(date(2026, 2, 21)) == ()  # a Saturday within the Spring Festival


def test_an_ordinary_weekend_is_open_for_a_community_that_works_on_weekends() -> None:
    every_day = WorkingCalendar(weekly=((MORNING,),) * 7)
    assert every_day.spans_on(date(2026, 3, 7)) == (MORNING,)


def test_a_make_up_saturday_is_worked_like_a_weekday_even_if_saturdays_are_short() -> None:
    calendar = WorkingCalendar(weekly=(*((MORNING, AFTERNOON),) * 5, (MORNING,), ()))
    assert calendar.spans_on(date(2026, 2, 14)) == (MORNING, AFTERNOON)


def test_the_spans_of_make_up_days_can_be_set() -> None:
    calendar = WorkingCalendar(weekly=(*((MORNING, AFTERNOON),) * 5, (), ()), makeup=(MORNING,))
    assert calendar.spans_on(date(2026, 2, 14)) == (MORNING,)


def test_a_community_that_works_on_weekends_only_keeps_them_on_make_up_days() -> None:
    calendar = WorkingCalendar(weekly=(*((),) * 5, (MORNING,), (AFTERNOON,)))
    assert calendar.spans_on(date(2026, 2, 14)) == (MORNING,)


def test_an_exception_opens_a_holiday() -> None:
    calendar = WorkingCalendar.monday_to_friday(MORNING, exceptions={date(2026, 10, 1): (AFTERNOON,)})
    assert calendar.spans_on(date(2026, 10, 1)) == (AFTERNOON,)


def test_an_empty_exception_closes_a_make_up_day() -> None:
    calendar = WorkingCalendar.monday_to_friday(MORNING, exceptions={date(2026, 10, 10): ()})
    assert calendar.spans_on(date(2026, 10, 10)) == ()


def test_a_calendar_keeps_its_own_copy_of_the_exceptions() -> None:
    exceptions: dict[date, tuple[Span, ...]] = {}
    calendar = WorkingCalendar.monday_to_friday(MORNING, exceptions=exceptions)
    exceptions[date(2026, 3, 2)] = ()
    assert calendar.spans_on(date(2026, 3, 2)) == (MORNING,)


def test_equal_calendars_are_one_key() -> None:
    first = WorkingCalendar.monday_to_friday(MORNING, exceptions={date(2026, 3, 2): ()})
    second = WorkingCalendar.monday_to_friday(MORNING, exceptions={date(2026, 3, 2): ()})
    assert len({first, second}) == 1


def test_calendars_with_other_exceptions_differ() -> None:
    assert WorkingCalendar.monday_to_friday(MORNING) != WorkingCalendar.monday_to_friday(
        MORNING, exceptions={date(2026, 3, 2): ()}
    )


@pytest.mark.parametrize(
    "spans",
    [
        (Span(time(12), time(8)),),
        (Span(time(8), time(8)),),
        (AFTERNOON, MORNING),
        (MORNING, Span(time(11), time(13))),
        (Span(time(20), time(0)), Span(time(21), time(22))),
        (Span(time(8, tzinfo=UTC), time(9, tzinfo=UTC)),),
    ],
    ids=["backwards", "empty", "out of order", "overlapping", "after midnight", "with an offset"],
)
def test_spans_that_make_no_day_are_refused(spans: tuple[Span, ...]) -> None:
    with pytest.raises(ValueError, match="span"):
        WorkingCalendar.monday_to_friday(*spans)


def test_spans_of_an_exception_are_checked_too() -> None:
    with pytest.raises(ValueError, match="span"):
        WorkingCalendar.monday_to_friday(MORNING, exceptions={date(2026, 3, 2): (AFTERNOON, MORNING)})


def test_a_week_of_six_days_is_refused() -> None:
    with pytest.raises(ValueError, match="seven"):
        WorkingCalendar(weekly=((MORNING,),) * 6)


def test_a_week_without_work_is_refused() -> None:
    with pytest.raises(ValueError, match="without working time"):
        WorkingCalendar.monday_to_friday()


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        microseconds(datetime(2026, 1, 1))


def test_an_instant_is_the_same_moment_in_any_zone() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    assert microseconds(at) == microseconds(at.astimezone(timezone(timedelta(hours=-7))))


@pytest.mark.parametrize("year", [1, 1991, 2100, 9998])
def test_a_year_that_cannot_be_counted_is_refused(year: int) -> None:
    with pytest.raises(OutOfCalendar):
        year_of(microseconds(datetime(year, 6, 1, tzinfo=UTC)))


@pytest.mark.parametrize("year", [1, 1991, 2100, 9999])
def test_a_day_that_cannot_be_counted_is_refused(year: int) -> None:
    with pytest.raises(OutOfCalendar):
        public_day(date(year, 6, 1))
