"""A changed promise reaches open work in small steps that nothing can lose or double."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.lib import works
from servicecenter.sla import policies, recounts
from servicecenter.sla.models import Policy, Recount
from tests.conftest import Walk

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _one_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The web request counts one case anew; the others are left to the workers."""
    monkeypatch.setattr(recounts, "AT_ONCE", 1)


def three(ticket_in: Walk) -> datetime:
    """Three open repairs, reported an hour ago."""
    at = timezone.now() - HOUR
    for _number in range(3):
        ticket_in(at=at, urgency="normal")
    return at


def shorten(by: User) -> Policy:
    row = Policy.objects.get(work="repair", urgency="normal", stage="respond", replaced_at=None)
    return policies.revise(row, by=by, target_seconds=2 * 3600, apply_to_open=True)


def deadlines() -> list[datetime | None]:
    return list(Ticket.objects.order_by("id").values_list("respond_due_at", flat=True))


def test_the_first_cases_follow_at_once_and_the_rest_is_said(ticket_in: Walk, admin_gu: User) -> None:
    at = three(ticket_in)
    policy = shorten(admin_gu)
    assert deadlines() == [at + 2 * HOUR, at + 24 * HOUR, at + 24 * HOUR]
    found = recounts.progress(policy)
    assert found == recounts.Progress(applied=1, left=2)
    assert "2" in found.words()


def test_the_workers_go_on_where_the_request_ended(ticket_in: Walk, admin_gu: User) -> None:
    at = three(ticket_in)
    policy = shorten(admin_gu)
    while recounts.go_on(1):
        pass
    assert deadlines() == 3 * [at + 2 * HOUR]
    assert recounts.progress(policy) == recounts.Progress(applied=3, left=0)
    assert recounts.go_on() == 0


def test_an_interruption_forgets_and_repeats_nothing(
    ticket_in: Walk, admin_gu: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = three(ticket_in)
    shorten(admin_gu)
    real = works.get("repair").retarget

    def dies(case_id: int, by: Any, at: datetime) -> None:
        real(case_id, by, at)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(recounts, "_next", lambda recount, now: dies(_second(), recount.asked_by, now))
        with pytest.raises(KeyboardInterrupt):
            recounts.go_on()
    assert deadlines()[1] == at + 24 * HOUR
    recounts.go_on()
    assert deadlines() == 3 * [at + 2 * HOUR]
    assert [each.events().filter(action="clock.retargeted").count() for each in Ticket.objects.all()] == 3 * [
        1
    ]


def _second() -> int:
    return Ticket.objects.order_by("id")[1].pk


def test_a_change_for_new_work_only_leaves_nothing_to_do(ticket_in: Walk, admin_gu: User) -> None:
    three(ticket_in)
    row = Policy.objects.get(work="repair", urgency="normal", stage="respond", replaced_at=None)
    policy = policies.revise(row, by=admin_gu, target_seconds=2 * 3600)
    assert (recounts.progress(policy), Recount.objects.count()) == (None, 0)
