"""“I take care of it”: who may, once, and what it stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Membership, Role, User
from servicecenter.lib.refusals import Refusal
from servicecenter.notifications.models import Message
from servicecenter.sla.actions import acknowledge
from servicecenter.sla.models import Acknowledgement, Timer
from servicecenter.sla.sweep import sweep
from servicecenter.sla.unclaimed import unclaimed
from tests.conftest import Walk

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
T0 = datetime(2026, 11, 2, 2, tzinfo=UTC)


def told(ticket: Ticket, event: str) -> list[str]:
    messages = Message.objects.filter(case_id=ticket.pk, work="repair", event=event)
    return sorted(messages.values_list("recipient__username", flat=True))


@pytest.fixture
def late(ticket_in: Walk, manager_mei: User) -> Ticket:
    """Reported 30 hours ago; nobody has called yet."""
    return ticket_in(Status.DISPATCHED, at=timezone.now() - 30 * HOUR)


@pytest.fixture
def long_late(ticket_in: Walk, manager_mei: User) -> Ticket:
    """The same on the virtual clock, an hour after the breach."""
    ticket = ticket_in(Status.DISPATCHED, at=T0)
    sweep(at=T0 + 25 * HOUR)
    return ticket


def test_the_rungs_above_are_not_told_and_the_reminder_goes_to_whoever_took_it(
    long_late: Ticket, agent_zhou: User
) -> None:
    acknowledge("repair", long_late.pk, by=agent_zhou, note="已联系师傅", at=T0 + 25 * HOUR)
    sweep(at=T0 + 47 * HOUR)
    assert told(long_late, "repair.breach") == ["bo"]
    assert told(long_late, "repair.escalate") == []
    for day in (1, 2):
        sweep(at=T0 + 30 * HOUR + day * DAY)
    assert set(told(long_late, "repair.daily")) == {"zhou"}


def test_the_reminder_ends_when_the_promise_is_fulfilled(
    long_late: Ticket, agent_zhou: User, technician_chen: User
) -> None:
    acknowledge("repair", long_late.pk, by=agent_zhou, at=T0 + 25 * HOUR)
    actions.contact(long_late, note="约好了", by=technician_chen, at=T0 + 26 * HOUR)
    sweep(at=T0 + 40 * HOUR)
    assert told(long_late, "repair.daily") == []


def test_when_whoever_took_it_leaves_the_ladder_is_told_again(long_late: Ticket, agent_zhou: User) -> None:
    acknowledge("repair", long_late.pk, by=agent_zhou, at=T0 + 25 * HOUR)
    Membership.objects.filter(user=agent_zhou).delete()
    sweep(at=T0 + 54 * HOUR)
    assert "mei" in told(long_late, "repair.daily")


def test_another_missed_deadline_of_the_case_is_taken_on_by_itself(
    long_late: Ticket, agent_zhou: User
) -> None:
    acknowledge("repair", long_late.pk, by=agent_zhou, at=T0 + 25 * HOUR)
    sweep(at=T0 + 49 * HOUR)
    taken = acknowledge("repair", long_late.pk, by=agent_zhou, at=T0 + 49 * HOUR)
    assert [each.clock.stage for each in taken] == ["complete"]


def test_a_deadline_that_moves_and_is_missed_again_asks_again(
    long_late: Ticket, agent_zhou: User, supervisor_bo: User
) -> None:
    acknowledge("repair", long_late.pk, by=agent_zhou, at=T0 + 25 * HOUR)
    actions.classify(
        long_late, trade=long_late.trade, urgency="emergency", by=supervisor_bo, at=T0 + 26 * HOUR
    )
    taken = acknowledge("repair", long_late.pk, by=supervisor_bo, at=T0 + 28 * HOUR)
    assert "respond" in {each.clock.stage for each in taken}


@pytest.mark.parametrize("role", Role.values)
def test_the_desk_and_those_above_take_it_on_and_nobody_else(late: Ticket, role: str) -> None:
    phone = {"phone": "13800000098"} if role == Role.RESIDENT else {}
    by = User.objects.create_user("somebody", role=role, **phone)
    Membership.objects.create(user=by, community=late.community)
    if role in (Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
        assert acknowledge("repair", late.pk, by=by)
        return
    with pytest.raises(Refusal) as refused:
        acknowledge("repair", late.pk, by=by)
    assert refused.value.code in ("not_permitted", "not_found")
    assert not Acknowledgement.objects.exists()


def test_a_case_of_another_community_does_not_exist(late: Ticket, agent_binjiang: User) -> None:
    with pytest.raises(Refusal) as refused:
        acknowledge("repair", late.pk, by=agent_binjiang)
    assert refused.value.code == "not_found"


def test_there_is_nothing_to_take_on_before_the_deadline(ticket_in: Walk, agent_li: User) -> None:
    with pytest.raises(Refusal) as refused:
        acknowledge("repair", ticket_in(Status.DISPATCHED).pk, by=agent_li)
    assert refused.value.code == "nothing_missed"


def test_the_second_one_hears_who_was_quicker(late: Ticket, agent_li: User, agent_zhou: User) -> None:
    acknowledge("repair", late.pk, by=agent_zhou)
    with pytest.raises(Refusal) as refused:
        acknowledge("repair", late.pk, by=agent_li)
    assert (refused.value.code, refused.value.status) == ("already_acknowledged", 409)
    assert "周洁" in str(refused.value.sentence)


def test_the_api_answers_for_it_and_the_story_tells(
    late: Ticket, api: Callable[[User], APIClient], agent_li: User, resident_wang: User
) -> None:
    path = f"/api/v1/repairs/{late.number}/"
    answer = api(agent_li).post(f"{path}acknowledge/", {"note": "马上派人"}, format="json")
    assert (answer.status_code, answer.data["number"]) == (200, late.number)
    again = api(agent_li).post(f"{path}acknowledge/", {}, format="json")
    assert (again.status_code, again.data["code"]) == (409, "already_acknowledged")
    lines = api(agent_li).get(f"{path}timeline/").data["results"]
    told_us = next(line for line in lines if line["action"] == "clock.acknowledged")
    assert "马上派人" in told_us["text"]
    assert told_us["internal"]
    hers = api(resident_wang).get(f"{path}timeline/").data["results"]
    assert not any(line["action"] == "clock.acknowledged" for line in hers)
    clocks = api(agent_li).get(f"/api/v1/sla/explain/?ticket={late.number}").data["clocks"]
    assert any(event["action"] == "clock.acknowledged" for event in clocks[0]["events"])
    hers = api(resident_wang).get(f"/api/v1/sla/explain/?ticket={late.number}").data["clocks"]
    assert not any(event["action"] == "clock.acknowledged" for event in hers[0]["events"])


@pytest.mark.parametrize("body", [{"note": "x" * 201}, {"note": 5}, {"note": "a\x00b"}])
def test_bad_notes_are_refused(
    late: Ticket, api: Callable[[User], APIClient], agent_li: User, body: dict[str, object]
) -> None:
    answer = api(agent_li).post(f"/api/v1/repairs/{late.number}/acknowledge/", body, format="json")
    assert answer.status_code == 400
    assert not Acknowledgement.objects.exists()


def test_what_nobody_takes_care_of_stands_at_the_desk_and_on_the_board_until_somebody_does(
    late: Ticket, signed_in: Callable[[User], Client], agent_li: User, manager_mei: User
) -> None:
    sweep()
    desk, board = signed_in(agent_li), signed_in(manager_mei)
    pages = [(desk, "/desk/"), (desk, f"/desk/tickets/{late.number}/"), (board, "/board/promises/")]
    for client, path in pages:
        assert 'data-action="acknowledge"' in client.get(path).content.decode(), path
    took = board.post(f"/missed/repair/{late.pk}/acknowledge/", {"next": "/board/promises/"})
    assert (took.status_code, took["Location"]) == (302, "/board/promises/")
    for client, path in pages:
        assert 'data-action="acknowledge"' not in client.get(path).content.decode(), path
    assert "梅经理" in desk.get(f"/desk/tickets/{late.number}/").content.decode()
    assert desk.post(f"/missed/repair/{late.pk}/acknowledge/").status_code == 409
    assert desk.post("/missed/nothing/1/acknowledge/").status_code == 404
    assert desk.post(f"/missed/repair/{2**70}/acknowledge/").status_code == 404
    assert desk.get(f"/missed/repair/{late.pk}/acknowledge/").status_code == 405


def test_the_message_about_a_missed_deadline_has_the_button(
    late: Ticket, signed_in: Callable[[User], Client], supervisor_bo: User
) -> None:
    sweep()
    page = signed_in(supervisor_bo).get("/desk/messages/").content.decode()
    assert f"/missed/repair/{late.pk}/acknowledge/" in page


def test_the_list_shows_a_case_once_and_says_when_there_are_more(
    ticket_in: Walk, agent_li: User, agent_binjiang: User
) -> None:
    for _number in range(3):
        ticket_in(Status.REPORTED, at=timezone.now() - 60 * HOUR)
    found = unclaimed(agent_li, timezone.now(), most=2)
    assert (len(found.rows), found.more) == (2, True)
    assert len({row.case_id for row in unclaimed(agent_li, timezone.now()).rows}) == 3
    assert unclaimed(agent_binjiang, timezone.now()).rows == []


def test_nothing_is_armed_for_the_higher_rungs_any_more(late: Ticket, agent_li: User) -> None:
    sweep()
    acknowledge("repair", late.pk, by=agent_li)
    armed = Timer.objects.filter(case_id=late.pk, stage="respond", state="armed")
    assert [timer.step for timer in armed] == ["daily_1"]
