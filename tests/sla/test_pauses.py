"""How long a clock may pause, who must agree, and who paused for how long."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from repairs import actions
from repairs.forms import form_for
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.lib.refusals import Invalid, Refusal
from servicecenter.sla.models import Pause, PauseRule
from servicecenter.sla.queries import paused_by_reason_and_person
from servicecenter.sla.sweep import sweep
from tests.conftest import Walk

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def t0() -> datetime:
    return timezone.now() - 60 * DAY


def hold(ticket: Ticket, by: User, at: datetime, days: float, reason: str = "parts") -> None:
    actions.hold(ticket, reason=reason, resume_at=at + days * DAY, by=by, at=at)


def held_twice(ticket_in: Walk, t0: datetime, by: User) -> Ticket:
    """A repair that waited for parts for 13 days and is put on hold for two more."""
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    hold(ticket, ticket_in.technician, t0 + HOUR, 13)
    sweep(at=t0 + HOUR + 13 * DAY)
    ticket.refresh_from_db()
    hold(ticket, by, t0 + 14 * DAY, 2)
    return ticket


@pytest.mark.parametrize(("reason", "days"), [("owner_absent", 7), ("parts", 14), ("third_party", 30)])
def test_a_hold_lasts_as_long_as_its_rule_says(
    reason: str, days: int, ticket_in: Walk, technician_chen: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    with pytest.raises(Invalid) as refused:
        hold(ticket, technician_chen, t0 + HOUR, days + 0.01, reason)
    assert "resume_at" in refused.value.errors
    hold(ticket, technician_chen, t0 + HOUR, days, reason)
    assert ticket.status == Status.ON_HOLD


@pytest.mark.parametrize("who", ["technician_chen", "agent_li"])
def test_holds_in_a_row_need_a_supervisor(
    who: str, ticket_in: Walk, t0: datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(Refusal) as refused:
        held_twice(ticket_in, t0, request.getfixturevalue(who))
    assert refused.value.code == "consent_needed"
    assert "薄文" in str(refused.value.sentence)


def test_a_supervisors_hold_beyond_the_limit_is_kept_as_consent(
    ticket_in: Walk, supervisor_bo: User, t0: datetime
) -> None:
    ticket = held_twice(ticket_in, t0, supervisor_bo)
    first, second = Pause.objects.filter(case_id=ticket.pk).order_by("started_at")
    assert (first.consent_by, second.consent_by) == (None, supervisor_bo)
    assert ticket.events().filter(action="hold").reverse()[0].data["consent"] is True


def test_a_supervisors_hold_within_the_limit_is_no_consent(
    ticket_in: Walk, supervisor_bo: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    hold(ticket, supervisor_bo, t0 + HOUR, 3)
    assert Pause.objects.get(case_id=ticket.pk).consent_by is None


def test_nobody_may_hold_beyond_the_longest_pause(ticket_in: Walk, supervisor_bo: User, t0: datetime) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    with pytest.raises(Invalid):
        hold(ticket, supervisor_bo, t0 + HOUR, 15)


def test_a_communitys_own_rule_comes_first(
    ticket_in: Walk, yangguang: Community, technician_chen: User, t0: datetime
) -> None:
    PauseRule.objects.create(
        work="repair", community=yangguang, reason="parts", longest_days=2, consent_after_days=2
    )
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    with pytest.raises(Invalid):
        hold(ticket, technician_chen, t0 + HOUR, 3)


def test_a_reason_that_a_community_forbids_is_neither_offered_nor_taken(
    ticket_in: Walk, yangguang: Community, technician_chen: User, t0: datetime
) -> None:
    PauseRule.objects.create(
        work="repair", community=yangguang, reason="parts", longest_days=2, consent_after_days=2, active=False
    )
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    offered = form_for("hold", ticket, technician_chen).fields["reason"].choices  # type: ignore[attr-defined]
    assert "parts" not in dict(offered)
    with pytest.raises(Invalid) as refused:
        hold(ticket, technician_chen, t0 + HOUR, 1)
    assert "reason" in refused.value.errors


def test_paused_time_is_reported_by_reason_and_person(
    ticket_in: Walk, technician_chen: User, agent_li: User, t0: datetime
) -> None:
    ticket = ticket_in(Status.DISPATCHED, at=t0)
    hold(ticket, technician_chen, t0 + HOUR, 3)
    sweep(at=t0 + HOUR + 3 * DAY)
    ticket.refresh_from_db()
    hold(ticket, agent_li, t0 + 5 * DAY, 4, "owner_request")
    found = paused_by_reason_and_person([ticket.community_id], t0, t0 + 9 * DAY, t0 + 7 * DAY)
    assert [(each.reason, each.by_name, each.count, each.total) for each in found] == [
        ("parts", "陈刚", 1, 3 * DAY),
        ("owner_request", "李敏", 1, 2 * DAY),
    ]
