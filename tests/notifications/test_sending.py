"""Sending: access at the last moment, quiet hours, grouping, gateways that fail in every way."""

from __future__ import annotations

import time as clock
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.utils import timezone

from owners.models import Occupancy
from repairs import actions
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import LOCAL
from servicecenter.notifications import outbox
from servicecenter.notifications.models import Attempt, Delivery, GroupRobot, Message
from servicecenter.notifications.outbox import Sender, send_due
from servicecenter.notifications.planning import WINDOW
from servicecenter.notifications.quiet import quiet_until
from tests.conftest import Walk
from tests.notifications.conftest import Write, reachable
from tests.notifications.gateways import Gateway, gateway

pytestmark = pytest.mark.django_db(transaction=True)


def noon(days: int = 0) -> datetime:
    """Noon of a day near now, when nobody rests."""
    today = timezone.now().astimezone(LOCAL).date() + timedelta(days=days)
    return datetime.combine(today, time(12), tzinfo=LOCAL)


def move_to(at: datetime) -> None:
    """As if everything that waits had been written then."""
    Delivery.objects.update(created_at=at, not_before=at, expires_at=at + timedelta(days=1))


def only() -> Delivery:
    return Delivery.objects.get()


# Access


def test_a_resident_who_moved_out_meanwhile_gets_nothing(
    sms: Gateway, ticket_in: Walk, resident_wang: User
) -> None:
    ticket_in("scheduled")
    Occupancy.objects.update(until=timezone.now())
    move_to(noon())
    send_due(at=noon())
    assert (sms.received, only().state, only().reason) == ([], "skipped", "no_access")


def test_a_colleague_who_left_the_community_gets_nothing(
    mail: None, write: Write, agent_li: User, yangguang: Community
) -> None:
    reachable(agent_li)
    write(agent_li, community_id=yangguang.pk)
    agent_li.memberships.all().delete()
    send_due(at=timezone.now() + WINDOW)
    assert (len(django_mail.outbox), only().reason) == (0, "no_access")


def test_a_technician_whose_job_was_given_to_somebody_else_gets_nothing(
    sms: Gateway, ticket_in: Walk, technician_chen: User, technician_he: User, supervisor_bo: User
) -> None:
    reachable(technician_chen)
    ticket = ticket_in("dispatched", urgency="emergency")
    actions.reassign(ticket, technician=technician_he, reason="会修", by=supervisor_bo)
    send_due()
    delivery = Delivery.objects.get(recipient=technician_chen, message__event="repair.dispatch")
    assert (delivery.state, delivery.reason) == ("skipped", "no_access")


def test_a_closed_account_gets_nothing(mail: None, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    write(agent_li)
    User.objects.filter(pk=agent_li.pk).update(is_active=False)
    send_due(at=timezone.now() + WINDOW)
    assert only().reason == "account_closed"


def test_a_passer_by_is_told_at_the_phone_on_the_case(
    sms: Gateway, ticket_in: Walk, yangguang: Community
) -> None:
    ticket = ticket_in(
        unit=None, reporter=None, public_area="南门", contact_phone="13955556666", by=ticket_in.agent
    )
    actions.accept(ticket, by=ticket_in.agent)
    move_to(noon())
    send_due(at=noon())
    assert sms.received[0].startswith("/13955556666")
    assert ticket.number in sms.received[0]


def test_somebody_without_any_address_is_passed_over(mail: None, write: Write, agent_li: User) -> None:
    write(agent_li)
    send_due(at=timezone.now() + WINDOW)
    assert only().reason == "no_address"


# Quiet hours


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("21:59", None),
        ("22:00", "07:00 next day"),
        ("23:30", "07:00 next day"),
        ("00:10", "07:00"),
        ("06:59", "07:00"),
        ("07:00", None),
    ],
)
def test_quiet_hours_over_midnight(at: str, until: str | None) -> None:
    hour, minute = map(int, at.split(":"))
    moment = datetime(2026, 11, 25, hour, minute, tzinfo=LOCAL)
    day = 26 if until and "next" in until else 25
    expected = datetime(2026, 11, day, 7, tzinfo=LOCAL) if until else None
    assert quiet_until(moment, time(22), time(7)) == expected


def test_quiet_hours_within_a_day() -> None:
    moment = datetime(2026, 11, 25, 5, 30, tzinfo=UTC)  # 13:30 here
    assert quiet_until(moment, time(13), time(14)) == datetime(2026, 11, 25, 14, tzinfo=LOCAL)
    assert quiet_until(moment, time(9), time(9)) is None


def test_at_night_a_resident_is_left_in_peace_until_morning(
    sms: Gateway, ticket_in: Walk, resident_wang: User
) -> None:
    ticket_in("scheduled")
    night = noon() + timedelta(hours=11)
    move_to(night)
    send_due(at=night)
    assert (sms.received, only().state, only().attempts) == ([], "waiting", 0)
    send_due(at=noon(1))
    assert len(sms.received) == 1


def test_an_emergency_wakes_the_resident(sms: Gateway, ticket_in: Walk, resident_wang: User) -> None:
    ticket_in("accepted", urgency="emergency")
    night = noon() + timedelta(hours=11)
    move_to(night)
    send_due(at=night)
    assert len(sms.received) >= 1


def test_a_colleague_rests_only_if_they_asked_to(mail: None, write: Write, agent_li: User) -> None:
    reachable(agent_li, quiet=True)
    write(agent_li)
    night = noon() + timedelta(hours=11)
    move_to(night)
    send_due(at=night)
    assert django_mail.outbox == []
    reachable(agent_li, quiet=None)
    move_to(night)
    send_due(at=night)
    assert len(django_mail.outbox) == 1


# Grouping


def test_fifty_breaches_leave_as_one_message(mail: None, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    for number in range(50):
        due = f"2026-11-22T06:{number:02d}:00+00:00"
        write(agent_li, key=str(number), params={"number": f"R261122-{number:04d}", "due_at": due})
    assert send_due() == 0
    assert send_due(at=timezone.now() + WINDOW) == 50
    (letter,) = django_mail.outbox
    assert "50" in letter.subject
    assert "R261122-0000" in letter.body
    assert Delivery.objects.filter(state="sent").count() == 50
    assert Delivery.objects.filter(sent_with=Delivery.objects.earliest("id")).count() == 49


def test_one_breach_alone_says_what_it_is_about(mail: None, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    write(
        agent_li, params={"number": "R261122-0001", "stage": "respond", "due_at": "2026-11-22T06:20:00+00:00"}
    )
    send_due(at=timezone.now() + WINDOW)
    assert "R261122-0001" in django_mail.outbox[0].subject


def test_emergencies_do_not_wait_for_a_group(mail: None, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    write(agent_li, urgent=True, params={"number": "R1", "due_at": "2026-11-22T06:20:00+00:00"})
    send_due()
    assert len(django_mail.outbox) == 1


def test_messages_of_two_people_are_never_one(
    mail: None, write: Write, agent_li: User, agent_zhou: User
) -> None:
    reachable(agent_li)
    reachable(agent_zhou)
    for number in range(3):
        write(agent_li, agent_zhou, key=str(number), params={"number": "R1"})
    send_due(at=timezone.now() + WINDOW)
    assert sorted(letter.to[0] for letter in django_mail.outbox) == ["li@example.com", "zhou@example.com"]


def test_a_member_of_a_group_that_lost_access_is_left_out(
    mail: None, ticket_in: Walk, supervisor_bo: User, write: Write, yangguang: Community, binjiang: Community
) -> None:
    reachable(supervisor_bo)
    write(supervisor_bo, key="1", community_id=yangguang.pk, params={"number": "R1"})
    write(
        supervisor_bo,
        key="2",
        community_id=yangguang.pk,
        work="repair",
        case_id=10**9,
        params={"number": "R2"},
    )
    send_due(at=timezone.now() + WINDOW)
    assert sorted(Delivery.objects.values_list("state", "reason")) == [("sent", ""), ("skipped", "no_access")]


# Gateways


@pytest.mark.parametrize(
    ("status", "state", "reason"),
    [(500, "waiting", "http_500"), (429, "waiting", "http_429"), (404, "failed", "http_404")],
)
def test_what_a_status_means(
    status: int, state: str, reason: str, sms: Gateway, write: Write, agent_li: User
) -> None:
    reachable(agent_li)
    sms.status = status
    write(agent_li, event="repair.dispatch", channels=["sms"])
    send_due()
    assert (only().state, only().reason) == (state, reason)


def test_a_gateway_that_takes_the_message_and_hangs_up_is_tried_again(
    sms: Gateway, write: Write, agent_li: User
) -> None:
    reachable(agent_li)
    sms.drops = True
    write(agent_li, event="repair.dispatch", channels=["sms"])
    send_due()
    assert (only().state, only().reason) == ("waiting", "ConnectionError")


def test_a_robot_that_says_no_with_a_friendly_status_has_failed(
    write: Write, agent_li: User, yangguang: Community, robot: tuple[GroupRobot, Gateway]
) -> None:
    robot[1].answer = {"errcode": 93000, "errmsg": "invalid webhook url"}
    write(agent_li, event="repair.dispatch", community_id=yangguang.pk, channels=["group"])
    send_due()
    assert (only().state, only().reason) == ("failed", "robot_93000")


def test_a_robot_that_is_asked_too_often_is_asked_again_later(
    write: Write, agent_li: User, yangguang: Community, robot: tuple[GroupRobot, Gateway]
) -> None:
    robot[1].answer = {"errcode": 45009}
    write(agent_li, event="repair.dispatch", community_id=yangguang.pk, channels=["group"])
    send_due()
    assert only().state == "waiting"


def test_a_hanging_robot_delays_neither_e_mail_nor_another_robot(
    mail: None, write: Write, agent_li: User, yangguang: Community, robot: tuple[GroupRobot, Gateway]
) -> None:
    reachable(agent_li)
    robot[1].hangs_on = ""
    with gateway() as other:
        second = GroupRobot(
            community=yangguang, name="二群", provider="other", by=agent_li, at=timezone.now()
        )
        second.seal(f"json://127.0.0.1:{other.port}/group")
        second.save()
        write(agent_li, community_id=yangguang.pk, urgent=True, channels=["group"])
        send_due(seconds=1)
        assert (len(other.received), len(django_mail.outbox)) == (1, 1)
    assert Delivery.objects.get(robot=robot[0]).state == "sending"


def test_a_gateway_that_never_answers_is_given_up_within_the_limit(
    sms: Gateway, write: Write, agent_li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "LIMIT", 0.2)
    reachable(agent_li)
    sms.hangs_on = ""
    write(agent_li, event="repair.dispatch", channels=["sms"])
    send_due(seconds=1)
    assert (only().state, only().reason) == ("waiting", "no_answer_in_time")


def test_a_hanging_gateway_holds_neither_lock_nor_transaction(
    sms: Gateway, write: Write, agent_li: User
) -> None:
    reachable(agent_li)
    sms.hangs_on = ""
    write(agent_li, event="repair.dispatch", channels=["sms"])
    sender = Sender()
    sender.round(seconds=0.2)
    assert sender.flights
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT id FROM notifications_delivery FOR UPDATE NOWAIT")
        assert cursor.fetchone() is not None


def test_a_lost_lease_is_found_again_and_the_late_report_not_taken(
    sms: Gateway, write: Write, agent_li: User
) -> None:
    reachable(agent_li)
    sms.hangs_on = ""
    write(agent_li, event="repair.dispatch", channels=["sms"])
    first = Sender()
    first.round(seconds=0.2)
    later = timezone.now() + timedelta(seconds=21)
    sms.hangs_on = None
    assert send_due(at=later) == 1
    sms.released.set()
    while first.flights:
        first._land(0.1)
    assert (only().state, only().attempts, len(sms.received)) == ("sent", 2, 2)
    assert Attempt.objects.filter(outcome="sent").count() == 1


def test_a_subject_never_breaks_the_line(mail: None, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    write(
        agent_li,
        event="repair.note",
        channels=["email"],
        params={"number": "R1\r\nBcc: everybody@example.com"},
    )
    send_due(at=timezone.now() + WINDOW)
    (letter,) = django_mail.outbox
    assert "\n" not in letter.subject
    assert letter.recipients() == ["li@example.com"]


def test_no_address_and_no_words_stay_in_the_database(sms: Gateway, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    write(agent_li, event="repair.dispatch", channels=["sms"], params={"number": "R1"})
    send_due()
    stored = str([*Delivery.objects.values(), *Attempt.objects.values(), *Message.objects.values()])
    assert "13911110000" not in stored
    assert only().text == ""


def test_the_demo_sends_nothing_and_keeps_the_words(
    sms: Gateway, write: Write, agent_li: User, settings: Any
) -> None:
    settings.DEMO = True
    reachable(agent_li)
    write(agent_li, event="repair.dispatch", channels=["sms"], params={"number": "R1"})
    started = clock.monotonic()
    send_due()
    assert (sms.received, only().state) == ([], "sent")
    assert "R1" in only().text
    assert clock.monotonic() - started < 60
