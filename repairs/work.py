"""Repairs as a kind of work: scope for photos, notices of timers, and the hold that ends by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from repairs import actions
from repairs.actions.clocks import recount
from repairs.actions.messages import contact
from repairs.models import Ticket
from servicecenter.accounts.models import Role
from servicecenter.accounts.queries import rung, staff_by_role
from servicecenter.lib import works
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import allowed


def tell(firings: Sequence[works.Firing], at: datetime) -> None:
    """Notices of fired timers, three queries for any number.

    Warning: the assignee and the agent in charge. Breach and later: the rung that the policy names. A rung
    that is empty
    falls through to the next one, so the ladder never ends in nobody.
    """
    staff = staff_by_role(firing.community_id for firing in firings)
    tickets = Ticket.objects.only("id", "number", "assignee", "agent", "status").in_bulk(
        {firing.case_id for firing in firings}
    )
    messages = []
    for firing in firings:
        ticket = tickets[firing.case_id]
        messages += compose(
            recipients=recipients(ticket, firing.tell, staff[firing.community_id]),
            event=f"repair.{firing.step.split('_')[0]}",
            key=str(firing.timer_id),
            at=at,
            community_id=firing.community_id,
            work="repair",
            case_id=firing.case_id,
            params={"number": ticket.number, "stage": firing.stage, "due_at": firing.deadline.isoformat()},
            urgent=firing.urgent,
        )
    post(messages)


def recipients(ticket: Ticket, tell_whom: str, staff: dict[str, list[int]]) -> list[int]:
    """User ids for one rung of the ladder of one ticket; never empty while the community has a supervisor, manager or
    administrator. Whoever left, or works elsewhere now, is not told."""
    if tell_whom == "worker":
        here = {user_id for people in staff.values() for user_id in people}
        people = [user_id for user_id in (ticket.assignee_id, ticket.agent_id) if user_id in here]
        return people or rung(staff, Role.SUPERVISOR)
    return rung(staff, tell_whom)


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
        retarget=recount,
        contact=contact,
        may_attach=lambda case, user: any(each.action == "add_photo" for each in allowed(case, user)),
    )
)
