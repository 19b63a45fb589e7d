"""V7: a stuck outbox and a timer that told nobody are found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from repairs.models import Ticket
from servicecenter.accounts.models import PhoneCode, User
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.notifications.models import Delivery, Message
from servicecenter.sla.models import Timer
from servicecenter.sla.sweep import sweep
from tests.conftest import Walk
from tests.notifications.conftest import Write


def found() -> list[int]:
    """How many rows break each line of V7 that is about messages."""
    others = ("communities", "appointments")
    v7 = [each for each in every_invariant() if each.code == "V7"]
    mine = [each for each in v7 if not any(word in each.sentence for word in others)]
    return [broken(each)[0] for each in mine]


@pytest.fixture
def late_repair(ticket_in: Walk, settings: Any) -> Ticket:
    """A repair whose response is overdue, with everybody told."""
    settings.EMAIL_URL = True
    ticket = ticket_in("reported", at=timezone.now() - timedelta(hours=25))
    sweep()
    return ticket


def test_a_breach_that_was_told_breaks_nothing(late_repair: Ticket) -> None:
    assert Timer.objects.filter(step="breach", state="fired").exists()
    assert found() == [0, 0]


def test_a_timer_that_told_nobody_is_found(late_repair: Ticket) -> None:
    Message.objects.filter(event="repair.breach").delete()
    assert 1 in found()


@pytest.mark.parametrize("state", ["waiting", "sending"])
def test_a_delivery_that_nobody_sends_is_found(state: str, late_repair: Ticket) -> None:
    past = database_now() - timedelta(seconds=61)
    first = Delivery.objects.earliest("id")
    values: dict[str, Any] = {"not_before": past, "state": state}
    if state == "sending":
        values |= {"lease_until": past, "claim": "6f1c1c3e-8d1f-4b39-9c53-0d4a5f6f7a10"}
    Delivery.objects.filter(pk=first.pk).update(**values)
    assert 1 in found()


def test_a_code_that_nobody_sends_is_found(resident_wang: User) -> None:
    past = timezone.now() - timedelta(seconds=61)
    PhoneCode.objects.create(
        phone="13811112222", created_at=past, send_at=past, expires_at=past + timedelta(minutes=5)
    )
    assert 1 in found()


def test_a_message_that_waits_for_the_morning_is_not_stuck(
    write: Write, agent_li: User, settings: Any
) -> None:
    settings.EMAIL_URL = True
    write(agent_li)
    Delivery.objects.update(not_before=database_now() + timedelta(hours=9))
    assert found() == [0, 0]
