"""A fortnight of repairs whose figures can be counted by hand, taken through the ordinary actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from owners.models import Unit
from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import Community, User
from servicecenter.board.queries.slices import Slice
from servicecenter.desk.actions import finish_call
from servicecenter.lib.clock import local_day, start_of_day
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.models import FollowUp

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Repairs:
    """Takes repairs through their steps at given times after the report."""

    unit: Unit
    agent: User
    caller: User
    technician: User

    def report(self, at: datetime, *, trade: str = "plumbing", urgency: str = "normal") -> Ticket:
        """A repair that was reported at `at`."""
        return actions.report(
            by=self.agent,
            community=self.unit.community,
            text="厨房水龙头滴水",
            unit=self.unit,
            trade=trade,
            urgency=urgency,
            channel="hotline",
            contact_phone="13811112222",
            at=at,
        )

    def contact(self, ticket: Ticket, at: datetime, by: User | None = None) -> None:
        """Dispatches the repair and reaches the owner at `at`."""
        technician = by or self.technician
        if ticket.status == "reported":
            actions.accept(ticket, by=self.agent, at=at - MINUTE)
        actions.dispatch(ticket, technician=technician, by=self.agent, at=at - MINUTE)
        actions.contact(ticket, note="约好了", by=technician, at=at)

    def complete(self, ticket: Ticket, at: datetime, arrive: datetime | None = None) -> None:
        """The technician comes, and is done at `at`."""
        actions.arrive(ticket, by=ticket.assignee, at=arrive or at - MINUTE)
        actions.complete(ticket, summary="已更换阀芯", by=ticket.assignee, at=at)

    def call(self, ticket: Ticket, at: datetime, result: Result) -> None:
        """A call about the latest completion."""
        about = FollowUp.objects.get(case_id=ticket.pk, completion_no=ticket.completion_no)
        FollowUp.objects.exclude(pk=about.pk).filter(status="due").update(next_call_at=timezone.now() + DAY)
        claimed = surveys.claim(by=self.caller, at=at)
        assert claimed == about
        finish_call(claimed, by=self.caller, claim_no=claimed.claim_no, result=result, at=at + MINUTE)
        ticket.refresh_from_db()

    def done(self, at: datetime, *, contact: timedelta, complete: timedelta, **report: Any) -> Ticket:
        """A repair that was answered and completed so long after its report."""
        ticket = self.report(at, **report)
        self.contact(ticket, at + contact)
        self.complete(ticket, at + complete)
        return ticket


def answer(overall: int, *, solved: bool = True) -> Result:
    """Somebody was reached and gave a rating."""
    return Result("reached", {"overall": overall}, solved)


@pytest.fixture
def repairs(unit_3_2_1201: Unit, agent_li: User, agent_zhou: User, technician_chen: User) -> Repairs:
    """Repairs of unit 3-2-1201: registered by agent_li, done by technician_chen, called about by agent_zhou."""
    return Repairs(unit_3_2_1201, agent_li, agent_zhou, technician_chen)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def fortnight(yangguang: Community, binjiang: Community, now: datetime) -> Slice:
    """The last fourteen days of both communities, today included."""
    today = local_day(now)
    return Slice((binjiang, yangguang), start_of_day(today - 13 * DAY), start_of_day(today + DAY))
