"""Whom each step of a repair is told to. The words are in templates/messages/, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from owners.models import Unit
from repairs.models import Ticket
from repairs.queries import grabbing
from servicecenter.accounts.models import Role, User
from servicecenter.accounts.queries import rung, staff_by_role
from servicecenter.incidents.queries.ladder import chains
from servicecenter.lib.clock import database_now
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import Step

Audience = Callable[[Ticket], list[int]]


def resident(ticket: Ticket) -> list[int]:
    """The login of whoever reported it, if they have one and may still read the repair (a move ends that).

    For a reporter `Ticket.objects.visible_to` comes down to the home; this runs at every step.
    """
    user = ticket.reporter.user if ticket.reporter else None
    if user is None:
        return []
    homes = Unit.objects.visible_to(user)
    here = homes.filter(pk=ticket.unit_id) if ticket.unit_id else homes.filter(community=ticket.community_id)
    return [user.pk] if here.exists() else []


def contact(ticket: Ticket) -> str:
    """The phone that was left with the report, unless whoever left it has moved out of the unit since."""
    person = ticket.reporter
    if person is not None and ticket.unit_id is not None:
        stays = person.occupancies.filter(unit=ticket.unit_id)
        if stays.exists() and not stays.current().exists():
            return ""
    return ticket.contact_phone


def worker(ticket: Ticket) -> list[int]:
    """The assigned technician as long as they work there, or nobody."""
    if ticket.assignee_id is None:
        return []
    staff = User.objects.staff_of([ticket.community_id]).filter(pk=ticket.assignee_id)
    return list(staff.values_list("pk", flat=True))


def agent(ticket: Ticket) -> list[int]:
    """The agent in charge; while nobody is, all who may take it."""
    if ticket.agent_id:
        return [ticket.agent_id]
    return rung(staff_by_role([ticket.community_id])[ticket.community_id], Role.AGENT)


def dispatchers(ticket: Ticket) -> list[int]:
    """Whoever may send a technician."""
    return rung(staff_by_role([ticket.community_id])[ticket.community_id], Role.AGENT)


def worker_or_dispatchers(ticket: Ticket) -> list[int]:
    """An urge goes to the worker. If nobody has it, or whoever had it has left, it goes to those on duty and to
    whoever may dispatch."""
    return worker(ticket) or [*on_duty(ticket), *dispatchers(ticket)]


def on_duty(ticket: Ticket) -> list[int]:
    """Whoever is on the duty that answers for repairs now; nobody where the roster is empty."""
    place = ticket.community_id
    return chains([place], database_now())[place].on_duty("repair")


def supervisors(ticket: Ticket) -> list[int]:
    """Those who answer for what went wrong."""
    return rung(staff_by_role([ticket.community_id])[ticket.community_id], Role.SUPERVISOR)


def beside(ticket: Ticket) -> list[int]:
    """Helpers and observers who still work there."""
    staff = User.objects.staff_of([ticket.community_id]).filter(participations__ticket=ticket.pk)
    return list(staff.values_list("pk", flat=True))


def takers(ticket: Ticket) -> list[int]:
    """Who may take a job that a rule has opened for grabbing."""
    return grabbing.takers(ticket, database_now())


# One line per step: who hears of it. Whoever took the step is left out.
TELLS: dict[str, tuple[Audience, ...]] = {
    "report": (dispatchers,),
    "accept": (resident,),
    "dispatch": (worker, resident),
    "reassign": (worker, resident, beside),
    "offer": (takers,),
    "grab": (resident, agent),
    "send_back": (dispatchers, beside),
    "involve": (beside,),
    "schedule": (resident, worker, beside),
    # Times that the resident offers, and ours in answer.
    "offer_windows": (worker_or_dispatchers,),
    "counter_windows": (resident,),
    "choose_window": (resident, worker),
    "accept_window": (resident, worker),
    "on_way": (resident,),
    "nobody_home": (resident, agent),
    "nobody_came": (supervisors, worker),
    "arrive": (resident, beside),
    "secure": (resident, agent),
    "propose_plan": (resident,),
    "approve_plan": (worker, agent),
    "decline_plan": (worker, agent),
    "complete": (resident, agent, beside),
    "settle": (resident, worker),
    "join_outage": (resident,),
    "confirm": (worker,),
    "hold": (resident, agent, beside),
    "rework": (dispatchers, resident, beside),
    "cancel": (worker, resident, agent, beside),
    "mark_duplicate": (resident,),
    "urge": (worker_or_dispatchers,),
    "classify": (worker,),
    "note": (resident, worker, agent),
}


# What a message says besides the number of the repair, from the facts of its step.
SPOKEN: dict[str, dict[str, str]] = {"on_way": {"in_minutes": "minutes", "engineer_name": "engineer"}}


def tell(step: Step[Ticket]) -> None:
    """Writes the in-app messages of a step, in its transaction."""
    announce(
        step.case,
        step.transition.action,
        by_id=step.by.pk if step.by else None,
        at=step.at,
        key=str(step.event.pk),
        internal=step.event.internal,
        facts={fact: step.data[name] for fact, name in SPOKEN.get(step.transition.action, {}).items()},
    )


def announce(
    ticket: Ticket,
    action: str,
    *,
    by_id: int | None,
    at: datetime,
    key: str,
    internal: bool = False,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """The messages of one action to everybody concerned but the actor; an internal note never reaches a resident."""
    audiences = TELLS.get(action, ())
    if internal:
        audiences = tuple(each for each in audiences if each is not resident)
    found = {audience: audience(ticket) for audience in audiences}
    people = [user_id for users in found.values() for user_id in users if user_id != by_id]
    post(
        compose(
            recipients=people,
            event=f"repair.{action}",
            key=key,
            at=at,
            community_id=ticket.community_id,
            work="repair",
            case_id=ticket.pk,
            params={"number": ticket.number} | dict(facts or {}),
            urgent=ticket.is_emergency,
            to_contact=found.get(resident) == [] and bool(ticket.contact_phone),
        )
    )
