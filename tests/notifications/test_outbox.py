"""Sign-in codes leave through a real gateway, before everything else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from servicecenter.accounts import actions
from servicecenter.accounts.models import PhoneCode, User
from servicecenter.notifications.models import Delivery
from servicecenter.notifications.outbox import send_due
from servicecenter.notifications.parcels import PATIENCE
from tests.notifications.conftest import Write, reachable
from tests.notifications.gateways import Gateway

pytestmark = pytest.mark.django_db(transaction=True)


def ask(user: User) -> PhoneCode:
    row = actions.request_code(phone=user.phone or "", address="10.0.0.9")
    assert row is not None
    return row


def test_the_code_that_was_sent_signs_in(sms: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    assert send_due() == 1
    digits = re.findall(r"\d{6}\b", sms.received[0].partition(" ")[2])
    known = {"phone": resident_wang.phone or "", "code": digits[0], "address": "10.0.0.9"}
    assert actions.sign_in_by_phone(**known) == resident_wang


def test_a_code_is_sent_once(sms: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    send_due()
    assert send_due() == 0
    assert len(sms.received) == 1


def test_a_gateway_that_fails_is_tried_again_a_little_later(sms: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    sms.status = 503
    send_due()
    assert send_due() == 0
    sms.status = 200
    assert send_due(at=timezone.now() + timedelta(seconds=30)) == 1
    assert len(sms.received) == 1
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("sent", 2)


def test_a_gateway_that_stays_down_is_given_up(sms: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    sms.status = 503
    most = PATIENCE["code"][1]
    for number in range(most):
        Delivery.objects.update(not_before=timezone.now())
        send_due(at=timezone.now() + timedelta(seconds=number))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.reason) == ("failed", most, "http_503")


def test_an_expired_code_is_not_sent_any_more(sms: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    send_due(at=timezone.now() + timedelta(minutes=6))
    assert sms.received == []
    assert Delivery.objects.get().reason == "expired"


def test_without_a_gateway_nothing_is_tried_for_ever(resident_wang: User) -> None:
    ask(resident_wang)
    assert (send_due(), send_due()) == (1, 0)
    assert Delivery.objects.get().reason == "no_gateway"


def test_the_code_is_written_in_the_language_of_the_page(sms: Gateway, resident_wang: User) -> None:
    with translation.override("en"):
        ask(resident_wang)
    with translation.override("zh-hans"):
        send_due()
    assert "sign-in code" in sms.received[0]


def test_a_code_leaves_while_the_gateway_hangs_on_other_messages(
    sms: Gateway, write: Write, agent_li: User, resident_wang: User
) -> None:
    reachable(agent_li)
    sms.hangs_on = "/13911110000"
    for number in range(6):
        write(agent_li, event="repair.dispatch", key=str(number), channels=["sms"])
    ask(resident_wang)
    send_due(seconds=1)
    assert Delivery.objects.get(lane="code").state == "sent"
    assert set(Delivery.objects.filter(lane="sms").values_list("state", flat=True)) == {"sending", "waiting"}


def test_the_digits_stand_nowhere_in_the_database(sms: Gateway, resident_wang: User) -> None:
    ask(resident_wang)
    send_due()
    digits = re.findall(r"\d{6}\b", sms.received[0].partition(" ")[2])[0]
    stored = [
        *Delivery.objects.values_list("text", "dedup_key", "reason"),
        *PhoneCode.objects.values_list("code_hash"),
    ]
    assert not any(digits in str(value) for row in stored for value in row)
