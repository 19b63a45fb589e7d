"""每日盘点: what each supervisor is told at half past five, and what the page shows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from complaints.actions import CALLS
from complaints.actions.stock import EVENT, TAKEN_AT, take_stock
from complaints.queries.stock import taken
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now, local_day, start_of_day
from servicecenter.notifications.models import Message
from tests.complaints.conftest import Cast

DO = CALLS["complaint"]
PAGE = "/complaints/stock/"


@pytest.fixture
def half_past_five() -> datetime:
    return start_of_day(local_day(database_now())) + TAKEN_AT


def test_every_supervisor_is_told_once_a_day(cast: Cast, half_past_five: datetime) -> None:
    cast.file()
    early = half_past_five - timedelta(seconds=1)
    late = half_past_five + timedelta(hours=3)
    assert [take_stock(at=at) for at in (early, half_past_five, half_past_five, late)] == [0, 1, 0, 0]
    told = Message.objects.get(event=EVENT)
    assert (told.recipient, told.params["count"]) == (cast.supervisor, 1)
    assert take_stock(at=half_past_five + timedelta(days=1)) == 1


def test_two_at_once_tell_once(cast: Cast, half_past_five: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.file()
    take_stock(at=half_past_five)
    monkeypatch.setattr(Message.objects, "filter", lambda **_kwargs: Message.objects.none())
    take_stock(at=half_past_five)
    assert Message.objects.all().filter(event=EVENT).count() == 1


def test_nobody_is_told_of_a_complaint_about_themselves_not_even_by_number(
    cast: Cast, half_past_five: datetime
) -> None:
    cast.file("周主管态度差", by=cast.agent, channel="hotline", type="staff_attitude", about=cast.supervisor)
    assert take_stock(at=half_past_five) == 0
    assert not taken(cast.supervisor, database_now()).lines
    assert len(taken(cast.manager, database_now()).lines) == 1


def test_what_nobody_has_taken_is_red_and_stands_first(cast: Cast) -> None:
    going = cast.complaint("acknowledged")
    left = cast.file("路灯不亮没人管")
    stock = taken(cast.supervisor, database_now())
    assert [(line.case, line.is_red) for line in stock.lines] == [(left, True), (going, False)]
    assert stock.red == 1


def test_a_broken_promise_without_a_new_day_is_red_until_a_task_is_given(cast: Cast) -> None:
    complaint = cast.complaint("acknowledged")
    later = database_now() + timedelta(days=30)
    assert taken(cast.supervisor, later).red == 1
    DO["give_task"](
        complaint, what="重新排班", owner=cast.agent, due_at=later + timedelta(days=1), by=cast.agent
    )
    assert taken(cast.supervisor, later).red == 0


def test_the_page_shows_age_next_step_and_trouble(cast: Cast, client: Client) -> None:
    complaint = cast.file("路灯不亮没人管")
    client.force_login(cast.supervisor)
    page = client.get(PAGE).content.decode()
    assert complaint.number in page
    assert "data-red" in page


def test_residents_and_technicians_take_no_stock(cast: Cast, client: Client, technician_chen: User) -> None:
    for user in (cast.resident, technician_chen):
        client.force_login(user)
        assert client.get(PAGE).status_code in (302, 403, 404)
