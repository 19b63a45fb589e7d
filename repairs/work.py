"""Repairs as a kind of work: scope for photos, notices of timers, and the hold that ends by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from repairs import actions
from repairs.actions.clocks import recount
from repairs.actions.messages import contact
from repairs.actions.outages.announcing import begin_by_itself
from repairs.actions.outages.reminding import remind_of_end, warn_of_end
from repairs.actions.reminding import remind
from repairs.actions.windows import VISIT
from repairs.models import Outage, QualityCheck, Ticket
from repairs.models.appointments import BUSY
from repairs.queries.repaired import units_repaired
from repairs.workflow import HoldReason
from servicecenter.accounts.models import User
from servicecenter.incidents.queries.ladder import chains
from servicecenter.lib import trouble, works
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import allowed
from surveys import audiences

trouble.explain("appointment_one_place", BUSY)
trouble.explain(
    "appointment_one_of_a_repair", _("Another appointment was agreed meanwhile. Please look at it again.")
)
audiences.register("repaired", units_repaired)


def tell(firings: Sequence[works.Firing], at: datetime) -> None:
    """Notices of fired timers, four queries for any number.

    An appointment: both sides are reminded, see `actions.reminding`. Warning: the assignee and the agent in charge.
    Breach and later: the rung that the policy names, see `incidents.queries.ladder`.
    """
    visits = [firing for firing in firings if firing.stage == VISIT]
    remind(visits, at)
    firings = [firing for firing in firings if firing.stage != VISIT]
    if not firings:
        return
    chain = chains((firing.community_id for firing in firings), at)
    tickets = Ticket.objects.only("id", "number", "assignee", "agent", "status").in_bulk(
        {firing.case_id for firing in firings}
    )
    messages = []
    for firing in firings:
        ticket = tickets[firing.case_id]
        messages += compose(
            recipients=chain[firing.community_id].recipients(
                firing, worker=(ticket.assignee_id, ticket.agent_id)
            ),
            event=f"repair.{firing.step.split('_')[0]}",
            key=str(firing.timer_id),
            at=at,
            community_id=firing.community_id,
            work="repair",
            case_id=firing.case_id,
            params={"number": ticket.number, "stage": firing.stage, "due_at": firing.deadline.isoformat()},
            urgent=firing.urgent,
            channels=firing.channels,
        )
    post(messages)


def lines(user: User, case_ids: Sequence[int]) -> dict[int, works.CaseLine]:
    """Repairs in one line each."""
    tickets = Ticket.objects.visible_to(user).select_related("assignee").filter(pk__in=case_ids)
    return {
        ticket.pk: works.CaseLine(
            number=ticket.number,
            url=reverse("repairs:lookup", args=[ticket.number]),
            text=ticket.text,
            where=ticket.where(),
            who=str(ticket.assignee or ""),
        )
        for ticket in tickets
    }


def resume(ticket_id: int, at: datetime) -> None:
    """A hold reached its end: the ticket goes on by itself."""
    ticket = Ticket.objects.get(pk=ticket_id)
    if any(each.action == "resume" for each in allowed(ticket, None)):
        actions.resume(ticket, by=None, at=at)


works.register(
    works.Work(
        code="repair",
        model=Ticket,
        visible=lambda user: Ticket.objects.visible_to(user),
        tell=tell,
        act={"resume": resume},
        lines=lines,
        retarget=recount,
        pause_reasons=HoldReason.choices,
        contact=contact,
        may_attach=lambda case, user: any(each.action == "add_photo" for each in allowed(case, user)),
    )
)
works.register(
    works.Work(
        code="quality_check",
        model=QualityCheck,
        visible=lambda user: QualityCheck.objects.visible_to(user),
        may_attach=lambda case, user: False,
    )
)
works.register(
    works.Work(
        code="outage",
        model=Outage,
        visible=lambda user: Outage.objects.visible_to(user),
        act={"begin": begin_by_itself, "remind": remind_of_end, "overdue": warn_of_end},
        may_attach=lambda case, user: False,
    )
)
