"""What is made of a message: which channels, for whom, and in which transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now
from servicecenter.notifications.models import Choice, Delivery, GroupRobot, Message
from tests.conftest import Walk
from tests.notifications.conftest import Write
from tests.notifications.gateways import Gateway


@pytest.fixture(autouse=True)
def _gateways(settings: Any) -> None:
    settings.SMS_URL, settings.EMAIL_URL = "json://127.0.0.1:1/{phone}", True


def made(**which: Any) -> list[tuple[str, str]]:
    rows = Delivery.objects.filter(**which).order_by("id")
    return [(row.channel, row.kind) for row in rows]


def test_a_breach_goes_to_the_colleague_by_e_mail(write: Write, agent_li: User) -> None:
    write(agent_li)
    assert made() == [("email", "overdue")]


def test_a_breach_in_an_emergency_also_goes_by_sms_whatever_was_chosen(write: Write, agent_li: User) -> None:
    Choice.objects.create(user=agent_li, kind="overdue", channel="sms", wanted=False)
    write(agent_li, urgent=True)
    assert sorted(made()) == [("email", "overdue"), ("sms", "overdue")]


def test_a_channel_that_was_turned_off_stays_silent(write: Write, agent_li: User) -> None:
    Choice.objects.create(user=agent_li, kind="overdue", channel="email", wanted=False)
    write(agent_li)
    assert made() == []


def test_a_channel_that_was_turned_on_is_used(write: Write, agent_li: User) -> None:
    Choice.objects.create(user=agent_li, kind="warning", channel="sms", wanted=True)
    write(agent_li, event="repair.warn")
    assert made() == [("sms", "warning")]


def test_a_rung_that_insists_is_heard_though_the_channel_was_turned_off(write: Write, agent_li: User) -> None:
    Choice.objects.create(user=agent_li, kind="overdue", channel="sms", wanted=False)
    write(agent_li, channels=["sms"])
    assert ("sms", "overdue") in made()


def test_writing_a_message_twice_makes_no_second_delivery(write: Write, agent_li: User) -> None:
    write(agent_li)
    write(agent_li)
    assert len(made()) == 1


def test_a_delivery_falls_with_the_transaction_of_its_message(write: Write, agent_li: User) -> None:
    with transaction.atomic():
        write(agent_li)
        transaction.set_rollback(True)
    assert (Message.objects.count(), Delivery.objects.count()) == (0, 0)


def test_without_a_gateway_no_delivery_is_made_by_default(
    write: Write, agent_li: User, settings: Any
) -> None:
    settings.EMAIL_URL = False
    write(agent_li)
    assert made() == []


def test_what_happened_long_ago_is_told_in_the_app_only(write: Write, agent_li: User) -> None:
    write(agent_li, at=database_now() - timedelta(days=2))
    assert (Message.objects.count(), made()) == (1, [])


def test_a_group_is_told_once_however_many_colleagues_are(
    write: Write, agent_li: User, supervisor_bo: User, yangguang: Community, robot: tuple[GroupRobot, Gateway]
) -> None:
    write(agent_li, supervisor_bo, community_id=yangguang.pk, channels=["group"])
    assert made(channel="group") == [("group", "overdue")]


def test_a_robot_hears_the_kinds_that_it_was_told_to(
    write: Write, agent_li: User, yangguang: Community, robot: tuple[GroupRobot, Gateway]
) -> None:
    GroupRobot.objects.update(hears=["warning"])
    write(agent_li, event="repair.warn", community_id=yangguang.pk)
    write(agent_li, event="repair.breach", community_id=yangguang.pk)
    assert made(channel="group") == [("group", "warning")]


def test_a_robot_of_another_community_hears_nothing(
    write: Write, agent_li: User, binjiang: Community, robot: tuple[GroupRobot, Gateway]
) -> None:
    write(agent_li, community_id=binjiang.pk, channels=["group"])
    assert made(channel="group") == []


def test_news_of_residents_never_reaches_a_group(
    write: Write, resident_wang: User, yangguang: Community, robot: tuple[GroupRobot, Gateway]
) -> None:
    write(resident_wang, event="repair.complete", community_id=yangguang.pk, channels=["group"])
    assert made(channel="group") == []


def test_a_resident_hears_by_sms_when_somebody_comes(ticket_in: Walk, resident_wang: User) -> None:
    ticket_in("scheduled")
    assert made(recipient=resident_wang) == [("sms", "visit")]


def without_login(walk: Walk, community: Community) -> Ticket:
    """Somebody passing by reports a broken lamp and leaves a phone number."""
    return walk(
        unit=None,
        reporter=None,
        community=community,
        public_area="南门",
        contact_phone="13955556666",
        by=walk.agent,
    )


def test_a_reporter_without_a_login_hears_at_the_phone_that_was_left(
    ticket_in: Walk, yangguang: Community
) -> None:
    actions.accept(without_login(ticket_in, yangguang), by=ticket_in.agent)
    delivery = Delivery.objects.get(recipient=None)
    assert (delivery.channel, delivery.kind) == ("sms", "accepted")
    assert "13955556666" not in str(list(Delivery.objects.values()) + list(Message.objects.values()))


def test_a_reporter_without_a_phone_is_told_nothing(ticket_in: Walk, yangguang: Community) -> None:
    ticket = without_login(ticket_in, yangguang)
    Ticket.objects.filter(pk=ticket.pk).update(contact_phone="")
    actions.accept(Ticket.objects.get(pk=ticket.pk), by=ticket_in.agent)
    assert not Message.objects.filter(recipient=None).exists()


def test_two_hundred_messages_take_three_statements(
    write: Write, yangguang: Community, django_assert_num_queries: Any
) -> None:
    people = [User.objects.create_user(f"many{number}", role="agent") for number in range(200)]
    # Three statements in one savepoint; the fifth query is the fixture's own.
    with django_assert_num_queries(5):
        write(*people)
    assert Delivery.objects.count() == 200
