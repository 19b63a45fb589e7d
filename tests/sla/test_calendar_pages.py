"""The page of working time: the year as it is drawn, the week and the exceptions as people type them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now, local_day
from servicecenter.sla import hours
from servicecenter.sla.calendars import OFFICE_WEEK
from servicecenter.sla.models import CalendarChange, DayException
from servicecenter.sla.year import draw

SignIn = Callable[[User], Client]
PAGE = "/manage/calendar/?community=YG"
WEEK, ADD, REMOVE = (
    f"/manage/calendar/{path}/?community=YG" for path in ("week", "exceptions", "exceptions/remove")
)


def week(**days: str) -> dict[str, str]:
    usual = {f"day_{number}": "8:30-12:00, 14:00-18:00" if number < 5 else "" for number in range(7)}
    return usual | {"whose": "own", "version": "0"} | days


def exception(**fields: Any) -> dict[str, str]:
    day = local_day(database_now()) + timedelta(days=3)
    return {
        "day": day.isoformat(),
        "kind": "closed",
        "spans": "",
        "reason": "台风",
        "version": "0",
    } | fields


def test_leaders_see_twelve_months(manager_mei: User, signed_in: SignIn) -> None:
    page = signed_in(manager_mei).get(PAGE).content.decode()
    assert page.count('class="month"') == 12
    assert "week-form" not in page


def test_the_year_of_2026_is_drawn_with_its_bridge_days_and_feasts() -> None:
    days = {
        each.day: each
        for month in draw(OFFICE_WEEK, {}, date(2026, 1, 15))
        for row in month.weeks
        for each in row
        if each
    }
    assert len(days) == 365
    assert (days[date(2026, 2, 14)].kind, days[date(2026, 2, 14)].hours) == (
        "makeup",
        "8:30-12:00, 14:00-18:00",
    )
    assert (days[date(2026, 2, 21)].kind, str(days[date(2026, 2, 21)].name)) == ("holiday", "春节")
    assert days[date(2026, 3, 7)].kind == "off"


def test_a_year_that_is_not_published_is_said(supervisor_bo: User, signed_in: SignIn) -> None:
    year = local_day(database_now()).year + 1
    page = signed_in(supervisor_bo).get(PAGE).content.decode()
    known = OFFICE_WEEK.knows(year)
    assert (f"{year} 年调休安排国务院尚未公布，暂按法定节日推算" in page) != known


def test_a_supervisor_changes_the_week(supervisor_bo: User, yangguang: Community, signed_in: SignIn) -> None:
    # As people type it on a Chinese keyboard.
    answer = signed_in(supervisor_bo).post(WEEK, week(day_5="０９：００－１２：００、13:30至24:00"))
    assert answer.status_code == 302
    assert [len(spans) for spans in hours.calendar_for(yangguang.pk).weekly] == [2, 2, 2, 2, 2, 2, 0]
    assert "13:30-24:00" in signed_in(supervisor_bo).get(PAGE).content.decode()


def test_a_supervisor_closes_a_day_and_opens_it_again(
    supervisor_bo: User, yangguang: Community, signed_in: SignIn
) -> None:
    client = signed_in(supervisor_bo)
    assert client.post(ADD, exception()).status_code == 302
    row = DayException.objects.get(community=yangguang)
    assert f'data-exception="{row.day}"' in client.get(PAGE).content.decode()
    version = str(hours.hours_of(yangguang.pk).version)
    assert client.post(REMOVE, {"day": row.day.isoformat(), "version": version}).status_code == 302
    assert not DayException.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "8:30-25:00",
        "8:30-24:01",
        "8:61-9:00",
        "12:00-8:00",
        "8:00-8:00",
        "8:00-12:00, 11:00-13:00",
        "nine to five",
        "8-12",
        "\x00",
        "9" * 500,
        ", ".join(f"{hour}:00-{hour}:30" for hour in range(8)),
    ],
)
def test_hours_that_make_no_day_are_refused_with_a_sentence(
    typed: str, supervisor_bo: User, signed_in: SignIn
) -> None:
    answer = signed_in(supervisor_bo).post(WEEK, week(day_2=typed, day_3="7:00-8:00"))
    assert answer.status_code == 422
    assert "week_day_2_error" in answer.content.decode()
    assert "7:00-8:00" in answer.content.decode()
    assert not CalendarChange.objects.exclude(by=None).exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"day": "2026-02-30"}, "day"),
        ({"day": "9999-01-01"}, "day"),
        ({"day": "0001-01-01"}, "day"),
        ({"day": ""}, "day"),
        ({"kind": "open"}, "spans"),
        ({"kind": "open", "spans": "26:00-27:00"}, "spans"),
        ({"kind": "maybe"}, "kind"),
        ({"reason": " \u3000"}, "reason"),
        ({"reason": "x" * 81}, "reason"),
        ({"reason": "\x00"}, "reason"),
    ],
)
def test_an_exception_that_makes_no_sense_is_refused_with_a_sentence(
    fields: dict[str, str], name: str, supervisor_bo: User, signed_in: SignIn
) -> None:
    answer = signed_in(supervisor_bo).post(ADD, exception(**fields))
    assert answer.status_code == 422
    assert f"exception_{name}_error" in answer.content.decode()
    assert not DayException.objects.exists()


@pytest.mark.parametrize("version", ["7", "9" * 30])
def test_a_stale_week_is_refused_and_keeps_what_was_typed(
    version: str, supervisor_bo: User, signed_in: SignIn
) -> None:
    answer = signed_in(supervisor_bo).post(WEEK, week(day_3="7:00-8:00", version=version))
    assert answer.status_code == 409
    assert "7:00-8:00" in answer.content.decode()


@pytest.mark.parametrize("address", [WEEK, ADD, REMOVE])
@pytest.mark.parametrize(("who", "status"), [("manager_mei", 403), ("agent_li", 403)])
def test_whoever_does_not_decide_changes_nothing(
    address: str, who: str, status: int, request: pytest.FixtureRequest, signed_in: SignIn
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.post(address, week() | exception()).status_code == status
    assert not CalendarChange.objects.exclude(by=None).exists()


def test_the_calendar_of_another_community_does_not_exist(
    supervisor_bo: User, binjiang: Community, signed_in: SignIn
) -> None:
    client = signed_in(supervisor_bo)
    assert client.get("/manage/calendar/?community=BJ").status_code == 404
    assert client.post("/manage/calendar/week/?community=BJ", week()).status_code == 404
    assert client.post("/manage/calendar/week/?community=", week()).status_code == 403
