"""Messages that are held: nothing leaves until somebody lets it go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import NotPermitted, Stale
from servicecenter.notifications.actions import hold, release
from servicecenter.notifications.models import Attempt, Delivery, MessageHold
from servicecenter.notifications.outbox import send_due
from servicecenter.notifications.parcels import take
from tests.notifications.conftest import Write, reachable
from tests.notifications.gateways import Gateway

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[User], Client]
PAGE = "/manage/operations/messages/"


@pytest.fixture
def due(sms: Gateway, write: Write, supervisor_bo: User) -> Delivery:
    """A text message that is ready to leave."""
    write(reachable(supervisor_bo), urgent=True)
    return Delivery.objects.get(channel="sms")


def stuck() -> int:
    """Rows that break V7."""
    return sum(broken(each)[0] for each in every_invariant() if each.code == "V7")


def test_while_messages_are_held_nothing_leaves(due: Delivery, sms: Gateway, admin_gu: User) -> None:
    hold(reason="恢复备份", by=admin_gu)
    assert (send_due(), sms.received) == (0, [])
    due.refresh_from_db()
    assert (due.state, due.attempts) == ("waiting", 0)


def test_a_sender_that_was_just_looking_takes_nothing_any_more(due: Delivery, admin_gu: User) -> None:
    hold(reason="恢复备份", by=admin_gu)
    assert take(due.lane, database_now()) is None


def test_what_was_held_leaves_after_the_release(due: Delivery, sms: Gateway, supervisor_bo: User) -> None:
    hold(reason="恢复备份", by=supervisor_bo)
    release(drop=False, by=supervisor_bo)
    assert (send_due(), len(sms.received)) == (1, 1)


def test_what_waited_before_can_be_written_off_and_the_log_says_so(
    due: Delivery, sms: Gateway, write: Write, supervisor_bo: User
) -> None:
    hold(reason="恢复备份", by=supervisor_bo)
    write(supervisor_bo, key="2", urgent=True)
    assert release(drop=True, by=supervisor_bo).dropped == 1
    assert (send_due(), len(sms.received)) == (1, 1)
    due.refresh_from_db()
    assert (due.state, due.reason) == ("skipped", "held")
    assert Attempt.objects.get(delivery=due).by == supervisor_bo


def test_waiting_on_purpose_is_not_being_stuck(due: Delivery, admin_gu: User) -> None:
    Delivery.objects.update(not_before=database_now() - timedelta(hours=1))
    assert stuck() == 1
    hold(reason="恢复备份", by=admin_gu)
    assert stuck() == 0
    release(drop=False, by=admin_gu)
    assert stuck() == 0


def test_a_second_hold_is_the_first_one(admin_gu: User, supervisor_bo: User) -> None:
    assert hold(reason="一", by=admin_gu) == hold(reason="二", by=supervisor_bo)
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageHold.objects.create(since=database_now(), reason="三")


def test_what_is_not_held_cannot_be_released(admin_gu: User) -> None:
    with pytest.raises(Stale):
        release(drop=False, by=admin_gu)


@pytest.mark.parametrize("who", ["manager_mei", "agent_li", "technician_chen", "resident_wang"])
def test_others_neither_hold_nor_release(who: str, request: pytest.FixtureRequest) -> None:
    user: User = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        hold(reason="x", by=user)
    with pytest.raises(NotPermitted):
        release(drop=False, by=user)


def test_the_command_holds_before_the_first_worker_starts(due: Delivery, sms: Gateway) -> None:
    call_command("hold_messages")
    assert send_due() == 0
    call_command("hold_messages", release=True, drop=True)
    assert (send_due(), sms.received) == (0, [])


def test_a_supervisor_holds_and_releases_in_the_browser(
    due: Delivery, supervisor_bo: User, signed_in: SignIn
) -> None:
    browser = signed_in(supervisor_bo)
    assert browser.post(f"{PAGE}hold/", {"reason": ""}).status_code == 422
    browser.post(f"{PAGE}hold/", {"reason": "短信模板写错了"})
    for page in (PAGE, "/manage/operations/", "/manage/outbox/"):
        assert "短信模板写错了" in browser.get(page).content.decode()
    assert browser.post(f"{PAGE}release/", {"drop": "on"}).status_code == 302
    assert 'data-held="false"' in browser.get(PAGE).content.decode()
    assert browser.post(f"{PAGE}release/", {}).status_code == 409


def test_a_manager_reads_it_and_has_no_button(manager_mei: User, signed_in: SignIn) -> None:
    assert "data-action" not in signed_in(manager_mei).get(PAGE).content.decode().partition("<main")[2]
    assert signed_in(manager_mei).post(f"{PAGE}hold/", {"reason": "x"}).status_code == 403
