"""A repair on its way through every status, each step taken by the person whose step it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from owners.models import Person, Unit
from repairs import actions
from repairs.models import Appointment, Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.desk.actions import finish_call
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.models import FollowUp


@dataclass
class Walk:
    """Walks a ticket to a status through the ordinary actions, each by the person whose step it is."""

    resident: User
    person: Person
    unit: Unit
    agent: User
    caller: User
    supervisor: User
    technician: User

    def __call__(self, status: str = Status.REPORTED, **report: Any) -> Ticket:
        """A new ticket in `status`; `report` overrides what was reported."""
        arguments: dict[str, Any] = {
            "by": self.resident,
            "community": self.unit.community,
            "text": "厨房水龙头滴水",
            "unit": self.unit,
            "reporter": self.person,
        } | report
        ticket = actions.report(**arguments)
        self.walk(ticket, status)
        return ticket

    def walk(self, ticket: Ticket, status: str) -> None:
        """Takes the steps from `reported` that lead to `status`."""
        for action in PATHS[Status(status)]:
            getattr(self, f"_{action}")(ticket)
        assert ticket.status == status

    def _accept(self, ticket: Ticket) -> None:
        actions.accept(ticket, by=self.agent)

    def _dispatch(self, ticket: Ticket) -> None:
        actions.dispatch(ticket, technician=self.technician, by=self.agent)

    def _contact(self, ticket: Ticket) -> None:
        actions.contact(ticket, note="约了明天上午", by=self.technician)

    def _schedule(self, ticket: Ticket) -> None:
        # One technician is in one place at a time: each repair of a test has its own two hours.
        agreed = Appointment.objects.agreed().filter(technician=self.technician).count()
        start = timezone.now() + timedelta(hours=18 + 2 * agreed, minutes=agreed)
        actions.schedule(ticket, start=start, end=start + timedelta(hours=2), by=self.technician)

    def _arrive(self, ticket: Ticket) -> None:
        actions.arrive(ticket, by=self.technician)

    def _propose(self, ticket: Ticket) -> None:
        actions.propose_plan(ticket, plan="换陶瓷阀芯", price=Decimal("60"), by=self.technician)

    def _approve(self, ticket: Ticket) -> None:
        actions.approve_plan(ticket, by=self.resident)

    def _complete(self, ticket: Ticket) -> None:
        actions.complete(ticket, summary="已更换阀芯，试水不漏", by=self.technician)

    def _confirm(self, ticket: Ticket) -> None:
        actions.confirm(ticket, method="portal", by=self.resident)

    def _call(self, ticket: Ticket) -> None:
        follow_up = FollowUp.objects.get(case_id=ticket.pk, completion_no=ticket.completion_no)
        # Straight to this case: the others of a test are not due for the moment.
        others = FollowUp.objects.filter(status="due").exclude(pk=follow_up.pk)
        due = dict(others.values_list("pk", "next_call_at"))
        others.update(next_call_at=timezone.now() + timedelta(days=1))
        claimed = surveys.claim(by=self.caller)
        for pk, next_call_at in due.items():
            FollowUp.objects.filter(pk=pk).update(next_call_at=next_call_at)
        assert claimed is not None
        finish_call(
            claimed, by=self.caller, claim_no=claimed.claim_no, result=Result("reached", {"overall": 9}, True)
        )
        ticket.refresh_from_db()

    def _archive(self, ticket: Ticket) -> None:
        actions.archive(ticket, by=self.agent)

    def _hold(self, ticket: Ticket) -> None:
        actions.hold(ticket, reason="parts", resume_at=timezone.now() + timedelta(days=2), by=self.technician)

    def _rework(self, ticket: Ticket) -> None:
        actions.rework(ticket, reason="还在滴水", by=self.resident)

    def _cancel(self, ticket: Ticket) -> None:
        actions.cancel(ticket, reason="自己修好了", by=self.resident)

    def _duplicate(self, ticket: Ticket) -> None:
        original = actions.report(
            by=self.resident,
            community=self.unit.community,
            text="水龙头滴水",
            unit=self.unit,
            reporter=self.person,
        )
        actions.mark_duplicate(ticket, duplicate_of=original, by=self.agent)


_ON_SITE = ("accept", "dispatch", "contact", "arrive")
PATHS: dict[Status, tuple[str, ...]] = {
    Status.REPORTED: (),
    Status.ACCEPTED: ("accept",),
    Status.DISPATCHED: ("accept", "dispatch"),
    Status.CONTACTED: ("accept", "dispatch", "contact"),
    Status.SCHEDULED: ("accept", "dispatch", "contact", "schedule"),
    Status.ON_SITE: _ON_SITE,
    Status.PLAN_PROPOSED: (*_ON_SITE, "propose"),
    Status.PLAN_APPROVED: (*_ON_SITE, "propose", "approve"),
    Status.COMPLETED: (*_ON_SITE, "complete"),
    Status.CONFIRMED: (*_ON_SITE, "complete", "confirm"),
    Status.FOLLOWED_UP: (*_ON_SITE, "complete", "confirm", "call"),
    Status.ARCHIVED: (*_ON_SITE, "complete", "confirm", "call", "archive"),
    Status.ON_HOLD: ("accept", "dispatch", "contact", "hold"),
    Status.REWORK: (*_ON_SITE, "complete", "rework"),
    Status.CANCELLED: ("cancel",),
    Status.DUPLICATE: ("duplicate",),
}
