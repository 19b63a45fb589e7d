"""The duty roster: who may write it, what it refuses, who is on duty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from servicecenter.accounts.models import Community, Membership, Role, User
from servicecenter.incidents.actions import add_shifts, change_shift, copy_week, remove_shift
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.incidents.queries.duty import on_duty, week_of
from servicecenter.lib.clock import LOCAL, local_day
from servicecenter.lib.refusals import Invalid, NotFound, Refusal
from tests.conftest import make_staff

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
MONDAY = date(2026, 11, 23)


def at_hour(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=LOCAL)


@pytest.fixture
def put(yangguang: Community, agent_li: User, supervisor_bo: User) -> Callable[..., list[DutyShift]]:
    """`put(user=…)`: on duty at the front desk on 25 November from 8 to 20, unless said otherwise."""

    def make(**said: Any) -> list[DutyShift]:
        usual: dict[str, Any] = {
            "community": yangguang,
            "user": agent_li,
            "kind": DutyKind.FRONT_DESK,
            "starts_at": at_hour(25, 8),
            "ends_at": at_hour(25, 20),
            "by": supervisor_bo,
            "at": NOW,
        }
        return add_shifts(**(usual | said))

    return make


Put = Callable[..., list[DutyShift]]


@pytest.mark.parametrize("role", Role.values)
def test_leaders_write_the_roster_and_nobody_else(put: Put, yangguang: Community, role: str) -> None:
    phone = {"phone": "13800000099"} if role == Role.RESIDENT else {}
    by = User.objects.create_user("somebody", role=role, **phone)
    Membership.objects.create(user=by, community=yangguang)
    if role in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        assert put(by=by)
        return
    with pytest.raises(Refusal) as refused:
        put(by=by)
    assert refused.value.code == "not_permitted"
    assert not DutyShift.objects.exists()


def test_a_supervisor_of_another_community_finds_nothing_to_write_in(put: Put, binjiang: Community) -> None:
    with pytest.raises(NotFound):
        put(by=make_staff("other", Role.SUPERVISOR, binjiang))


def test_whoever_does_not_work_there_is_not_put_on_duty(put: Put, agent_binjiang: User) -> None:
    with pytest.raises(Invalid) as refused:
        put(user=agent_binjiang)
    assert set(refused.value.errors) == {"user"}


def test_nobody_is_on_duty_twice_at_a_time(put: Put) -> None:
    put()
    with pytest.raises(Invalid) as refused:
        put(kind=DutyKind.MANAGER, starts_at=at_hour(25, 19), ends_at=at_hour(25, 22))
    assert set(refused.value.errors) == {"user"}


def test_the_database_refuses_two_places_at_once_whoever_writes(put: Put) -> None:
    (shift,) = put()
    shift.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        shift.save(force_insert=True)


def test_a_shift_may_follow_another_one_without_a_gap(put: Put) -> None:
    put()
    put(starts_at=at_hour(25, 20), ends_at=at_hour(26, 8))
    assert DutyShift.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends_at": at_hour(25, 8)}, "ends_at"),
        ({"ends_at": at_hour(29, 8)}, "ends_at"),
        ({"starts_at": at_hour(24, 8), "ends_at": at_hour(24, 20)}, "ends_at"),
        (
            {
                "starts_at": at_hour(25, 8) + timedelta(days=500),
                "ends_at": at_hour(25, 20) + timedelta(days=500),
            },
            "starts_at",
        ),
        ({"kind": "cook"}, "kind"),
        ({"days": 0}, "days"),
        ({"days": 32}, "days"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(put: Put, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        put(**changed)
    assert set(refused.value.errors) == {field}
    assert not DutyShift.objects.exists()


def test_several_days_are_written_all_or_not_at_all(put: Put) -> None:
    put(starts_at=at_hour(27, 8), ends_at=at_hour(27, 20))
    with pytest.raises(Invalid):
        put(days=5)
    assert DutyShift.objects.count() == 1
    assert len(put(days=2)) == 2


def test_who_left_or_moved_is_on_duty_no_more(put: Put, yangguang: Community, agent_li: User) -> None:
    put()
    assert [shift.user for shift in on_duty([yangguang.pk], NOW)[yangguang.pk]] == [agent_li]
    Membership.objects.filter(user=agent_li).delete()
    assert not on_duty([yangguang.pk], NOW)
    Membership.objects.create(user=agent_li, community=yangguang)
    User.objects.filter(pk=agent_li.pk).update(is_active=False)
    assert not on_duty([yangguang.pk], NOW)


def test_a_shift_ends_at_its_end(put: Put, yangguang: Community) -> None:
    put()
    assert on_duty([yangguang.pk], at_hour(25, 20) - timedelta(seconds=1))
    assert not on_duty([yangguang.pk], at_hour(25, 20))


def test_who_is_on_duty_costs_one_query_for_any_number_of_communities(
    put: Put, yangguang: Community, binjiang: Community, agent_binjiang: User, manager_mei: User
) -> None:
    put()
    put(community=binjiang, user=agent_binjiang, by=manager_mei)
    with CaptureQueriesContext(connection) as asked:
        found = on_duty([yangguang.pk, binjiang.pk], NOW)
        assert [str(shift.user) for shifts in found.values() for shift in shifts]
    assert len(asked) == 1
    assert set(found) == {yangguang.pk, binjiang.pk}


def test_what_is_over_stays_as_it_was(put: Put, agent_li: User, supervisor_bo: User) -> None:
    (shift,) = put()
    later = at_hour(25, 21)
    for act in (
        lambda: remove_shift(shift, by=supervisor_bo, at=later),
        lambda: change_shift(
            shift,
            user=agent_li,
            kind=shift.kind,
            starts_at=at_hour(26, 8),
            ends_at=at_hour(26, 20),
            by=supervisor_bo,
            at=later,
        ),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "shift_over"


def test_a_shift_that_has_begun_ends_now_when_it_is_taken_off(put: Put, supervisor_bo: User) -> None:
    (shift,) = put()
    remove_shift(shift, by=supervisor_bo, at=NOW)
    assert DutyShift.objects.get().ends_at == NOW


def test_a_shift_that_has_not_begun_is_taken_off(put: Put, supervisor_bo: User) -> None:
    (shift,) = put(starts_at=at_hour(26, 8), ends_at=at_hour(26, 20))
    remove_shift(shift, by=supervisor_bo, at=NOW)
    assert not DutyShift.objects.exists()


def test_a_week_is_copied_once_without_those_who_left(
    put: Put, yangguang: Community, agent_zhou: User, supervisor_bo: User
) -> None:
    put(days=3)
    put(user=agent_zhou, kind=DutyKind.MANAGER)
    User.objects.filter(pk=agent_zhou.pk).update(is_active=False)
    after = MONDAY + timedelta(days=7)
    copied = [copy_week(community=yangguang, monday=after, by=supervisor_bo, at=NOW) for _twice in range(2)]
    assert copied == [3, 0]
    week = week_of(yangguang, after)
    assert [len(cell.shifts) for cell in week.lines[0].cells] == [0, 0, 1, 1, 1, 0, 0]
    assert week.holes == 4


def test_a_night_that_began_on_sunday_stands_on_monday_too(put: Put, yangguang: Community) -> None:
    put(starts_at=at_hour(29, 20), ends_at=at_hour(30, 8))
    week = week_of(yangguang, date(2026, 11, 30))
    assert [len(cell.shifts) for cell in week.lines[0].cells] == [1, 0, 0, 0, 0, 0, 0]


SAID = {"kind": "front_desk", "begins": "08:00", "ends": "20:00", "days": "1", "note": ""}


def test_a_supervisor_writes_the_roster_in_the_browser(
    signed_in: Callable[[User], Client], supervisor_bo: User, agent_li: User
) -> None:
    tomorrow = local_day(datetime.now(UTC)) + timedelta(days=1)
    client = signed_in(supervisor_bo)
    answer = client.post(
        "/manage/duty/new/", SAID | {"user": agent_li.pk, "day": tomorrow.isoformat(), "ends": "06:00"}
    )
    assert answer.status_code == 302
    shift = DutyShift.objects.get()
    assert shift.ends_at - shift.starts_at == timedelta(hours=22)
    page = client.get(answer.headers["Location"]).content.decode()
    assert "李敏" in page
    assert client.get(f"/manage/duty/{shift.pk}/").status_code == 200
    assert client.post(f"/manage/duty/{shift.pk}/remove/").status_code == 302
    assert not DutyShift.objects.exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"day": "0001-01-01"},
        {"day": "2026-02-30"},
        {"begins": "25:00"},
        {"kind": "cook"},
        {"user": "9999999999999999999999"},
        {"note": "a\x00b"},
        {"days": "1e9"},
        {"days": "-1"},
    ],
)
def test_bad_input_is_shown_on_the_form(
    signed_in: Callable[[User], Client], supervisor_bo: User, agent_li: User, bad: dict[str, str]
) -> None:
    tomorrow = local_day(datetime.now(UTC)) + timedelta(days=1)
    said = SAID | {"user": str(agent_li.pk), "day": tomorrow.isoformat()} | bad
    answer = signed_in(supervisor_bo).post("/manage/duty/new/", said)
    assert answer.status_code == 422
    assert not DutyShift.objects.exists()


@pytest.mark.parametrize("week", ["", "x", "0001-01-01", "9999-12-31", "2026-11-25", "%00"])
def test_any_week_in_the_address_shows_a_page(
    signed_in: Callable[[User], Client], supervisor_bo: User, week: str
) -> None:
    assert signed_in(supervisor_bo).get(f"/manage/duty/?week={week}").status_code == 200


def test_an_agent_reads_the_roster_and_does_not_write_it(
    signed_in: Callable[[User], Client], put: Put, agent_li: User
) -> None:
    (shift,) = put(
        starts_at=at_hour(25, 8) + timedelta(days=30), ends_at=at_hour(25, 20) + timedelta(days=30)
    )
    client = signed_in(agent_li)
    page = client.get("/manage/duty/")
    assert page.status_code == 200
    assert 'data-action="copy"' not in page.content.decode()
    for path in ("new/", f"{shift.pk}/", f"{shift.pk}/remove/", "copy/"):
        assert client.post(f"/manage/duty/{path}").status_code == 403


def test_a_shift_of_another_community_does_not_exist(
    signed_in: Callable[[User], Client], put: Put, binjiang: Community
) -> None:
    (shift,) = put()
    client = signed_in(make_staff("other", Role.SUPERVISOR, binjiang))
    assert client.get(f"/manage/duty/{shift.pk}/").status_code == 404
    assert client.post(f"/manage/duty/{shift.pk}/remove/").status_code == 404
    assert client.get("/manage/duty/?community=YG").status_code == 404


def test_the_desk_shows_who_is_on_duty_now(
    signed_in: Callable[[User], Client], put: Put, agent_li: User, yangguang: Community
) -> None:
    now = datetime.now(UTC)
    put(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=2), at=now)
    page = signed_in(agent_li).get("/desk/").content.decode()
    assert 'data-duty="front_desk"' in page
