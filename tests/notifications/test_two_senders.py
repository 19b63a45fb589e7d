"""Several senders at once, and one that dies at the worst moment."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.utils import timezone

from servicecenter.accounts.models import User
from servicecenter.notifications.models import Delivery
from servicecenter.notifications.outbox import send_due
from servicecenter.notifications.parcels import take
from servicecenter.notifications.planning import WINDOW
from tests.notifications.conftest import Write, reachable
from tests.notifications.gateways import Gateway
from tests.races.test_races import collide
from tests.worker.processes import ROOT, database_url

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

DOOMED = """
import django; django.setup()
from django.conf import settings
settings.SMS_URL = {url!r}
from servicecenter.notifications.outbox import send_due
send_due()
"""


def test_two_senders_on_one_row_send_it_once(sms: Gateway, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    write(agent_li, event="repair.dispatch", channels=["sms"])
    results = collide(*[lambda: send_due(seconds=5)] * 4)
    assert sorted(results) == [0, 0, 0, 1]
    assert len(sms.received) == 1


def test_forty_messages_and_four_senders_send_each_once(sms: Gateway, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    for number in range(40):
        write(
            agent_li,
            event="repair.dispatch",
            key=str(number),
            channels=["sms"],
            params={"number": f"R{number}"},
        )
    assert sum(collide(*[lambda: send_due(seconds=30)] * 4)) == 40
    assert len(sms.received) == len(set(sms.received)) == 40


def test_two_senders_never_split_a_group(mail: None, write: Write, agent_li: User) -> None:
    reachable(agent_li)
    for number in range(30):
        write(agent_li, key=str(number), params={"number": f"R{number}"})
    later = timezone.now() + WINDOW
    parcels = [each for each in collide(*[lambda: take("email", later)] * 4) if each is not None]
    assert [len(parcel.rows) for parcel in parcels] == [30]
    assert django_mail.outbox == []


def test_a_sender_that_dies_before_reporting_costs_one_repeat(
    sms: Gateway, write: Write, agent_li: User
) -> None:
    reachable(agent_li)
    write(agent_li, event="repair.dispatch", channels=["sms"])
    sms.hangs_on = ""
    environment: dict[str, Any] = {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "servicecenter.settings",
    }
    with subprocess.Popen(
        ["env", *(f"{key}={value}" for key, value in environment.items()), sys.executable, "-c",
         DOOMED.format(url=sms.url)],
        cwd=ROOT,
    ) as doomed:  # fmt: skip
        ends = time.monotonic() + 60
        while not sms.received and time.monotonic() < ends:
            time.sleep(0.05)
        doomed.kill()
    sms.hangs_on = None
    assert Delivery.objects.get().state == "sending"
    assert send_due() == 0
    assert send_due(at=timezone.now() + timedelta(seconds=21)) == 1
    assert len(sms.received) == 2
    assert Delivery.objects.get().state == "sent"
    connection.close()
