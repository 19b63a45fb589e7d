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


@pytest.fixture
def history(
    repairs: Repairs,
    now: datetime,
    technician_he: User,
    unit_binjiang: Unit,
    agent_binjiang: User,
    technician_binjiang: User,
) -> dict[str, Ticket]:
    """One repair of each kind that a figure has to tell apart, by name."""
    made: dict[str, Ticket] = {}
    made["kept"] = repairs.done(now - 10 * DAY, contact=2 * HOUR, complete=20 * HOUR)
    repairs.call(made["kept"], now - 9 * DAY, Result("no_answer"))
    repairs.call(made["kept"], now - 8 * DAY - 12 * HOUR, answer(9))
    made["late"] = repairs.done(now - 9 * DAY, contact=30 * HOUR, complete=60 * HOUR, trade="electrical")
    repairs.call(made["late"], now - 2 * DAY, answer(7))
    made["forgotten"] = repairs.report(now - 8 * DAY, trade="hvac")
    made["archived"] = repairs.report(begun := now - 9 * DAY, trade="appliance")
    repairs.contact(made["archived"], begun + HOUR)
    window: dict[str, Any] = {"start": begun + 2 * HOUR, "end": begun + 4 * HOUR}
    actions.schedule(made["archived"], **window, by=repairs.technician, at=begun + HOUR + MINUTE)
    repairs.complete(made["archived"], begun + 3 * HOUR)
    repairs.call(made["archived"], now - 8 * DAY, answer(10))
    actions.archive(made["archived"], by=repairs.agent, at=now - 7 * DAY)
    made["cancelled"] = repairs.report(now - 7 * DAY, trade="lift")
    actions.cancel(made["cancelled"], reason="自己修好了", by=repairs.agent, at=now - 7 * DAY + HOUR)
    made["reworked"] = repairs.report(now - 6 * DAY, trade="gas", urgency="emergency")
    repairs.contact(made["reworked"], now - 6 * DAY + 5 * MINUTE)
    repairs.complete(made["reworked"], now - 6 * DAY + 3 * HOUR, arrive=now - 6 * DAY + 20 * MINUTE)
    actions.rework(made["reworked"], reason="还在漏", by=repairs.agent, at=now - 5 * DAY)
    repairs.contact(made["reworked"], now - 5 * DAY + HOUR, by=technician_he)
    repairs.complete(made["reworked"], now - 5 * DAY + 2 * HOUR)
    made["held"] = repairs.report(now - 4 * DAY, trade="door_window")
    repairs.contact(made["held"], now - 4 * DAY + HOUR)
    actions.hold(
        made["held"], reason="parts", resume_at=now + DAY, by=repairs.technician, at=now - 4 * DAY + 2 * HOUR
    )
    made["fresh"] = repairs.report(now - HOUR)
    elsewhere = Repairs(unit_binjiang, agent_binjiang, agent_binjiang, technician_binjiang)
    made["elsewhere"] = elsewhere.done(now - 5 * DAY, contact=26 * HOUR, complete=40 * HOUR)
    return made
