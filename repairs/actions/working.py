"""The technician's steps, from the first call to the finished work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from repairs.actions import quoting, standards, stock
from repairs.actions.clocks import case_ref
from repairs.actions.drawing import draw_completed
from repairs.actions.steps import EFFECTS, NO_PLAN
from repairs.models import Ticket
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.sla import actions as sla
from servicecenter.sla.models import Stage
from servicecenter.workflow.run import Step, run
from servicecenter.workflow.standings import Standing
from surveys.actions import open_follow_up

LATEST_APPOINTMENT = timedelta(days=60)
LONGEST_APPOINTMENT = timedelta(hours=12)


def contact(
    ticket: Ticket, *, note: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """An engineer has spoken to the owner: this is what the response promise (24 h, emergency 10 min) asks for."""

    def first_contact(locked: Ticket, when: datetime) -> dict[str, Any]:
        return {"responded_at": locked.responded_at or when}

    return run(
        ticket, "contact", by=by, at=at, version=version, text=note, prepare=first_contact, then=EFFECTS
    ).case


def schedule(
    ticket: Ticket,
    *,
    start: datetime,
    end: datetime,
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Makes or moves the appointment. Refuses `invalid` for one in the past, beyond 60 days, or longer than 12
    hours."""
    now = instant(at)
    if end <= start:
        raise Invalid(errors={"end": [_("The end must come after the start.")]})
    if end - start > LONGEST_APPOINTMENT:
        raise Invalid(errors={"end": [_("An appointment lasts 12 hours at most.")]})
    if end <= now:
        raise Invalid(errors={"start": [_("This time is already past.")]})
    if start > now + LATEST_APPOINTMENT:
        raise Invalid(errors={"start": [_("Please choose a day within the next 60 days.")]})
    return run(
        ticket,
        "schedule",
        by=by,
        at=now,
        version=version,
        changes={"appointment_start": start, "appointment_end": end},
        data={"start": start.isoformat(), "end": end.isoformat()},
        then=EFFECTS,
    ).case


def arrive(ticket: Ticket, *, by: Actor, version: int | None = None, at: datetime | None = None) -> Ticket:
    """The technician is at the door."""

    def on_site(_locked: Ticket, when: datetime) -> dict[str, Any]:
        return {"arrived_at": when}

    return run(ticket, "arrive", by=by, at=at, version=version, prepare=on_site, then=EFFECTS).case


def secure(
    ticket: Ticket, *, note: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """险情排除: an emergency endangers nobody and gets no worse, whatever is left to be done; `note` says how.

    This is what the promise “made safe” (4 h) asks for. Refuses `transition_refused` where there is no danger (left).
    """

    def safe(_locked: Ticket, when: datetime) -> dict[str, Any]:
        return {"secured_at": when}

    return run(ticket, "secure", by=by, at=at, version=version, text=note, prepare=safe, then=EFFECTS).case


def propose_plan(
    ticket: Ticket,
    *,
    plan: str,
    price: Decimal | None = None,
    payer: str = "",
    payer_reason: str = "",
    lines: Sequence[quoting.Wanted] = (),
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Explains a feasible plan with its quote; the owner has to agree, and again after every change.

    The price in yuan is the sum of `lines` from the price list, or what was named without them (0: free). Refuses as
    `quoting.offer` does.
    """
    now = instant(at)
    offered = quoting.offer(ticket, price=price, payer=payer, reason=payer_reason, lines=lines, at=now)

    def kept(step: Step[Ticket]) -> None:
        quoting.keep(step, offered)

    return run(
        ticket,
        "propose_plan",
        by=by,
        at=now,
        version=version,
        text=plan,
        changes={"plan": plan, "price": offered.total, "plan_approved_at": None},
        data={"price": str(offered.total), "payer": offered.payer, "payer_reason": offered.reason},
        then=(kept, *EFFECTS),
    ).case


def approve_plan(
    ticket: Ticket, *, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """The owner agrees to plan and price: in the portal, by signing on the engineer's phone, or told to a supervisor.

    Refuses `invalid` to an engineer without the owner's signature for this very quote.
    """

    def approved(locked: Ticket, when: datetime) -> dict[str, Any]:
        if Standing.ASSIGNEE in locked.standings(by):
            quoting.check_signed(locked)
        return {"plan_approved_at": when}

    return run(
        ticket,
        "approve_plan",
        by=by,
        at=at,
        version=version,
        prepare=approved,
        data={"price": str(ticket.price)},
        then=EFFECTS,
    ).case


def decline_plan(
    ticket: Ticket, *, reason: str, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """The owner does not agree: plan and price are off the table, and the technician may propose another plan."""
    return run(
        ticket, "decline_plan", by=by, at=at, version=version, text=reason, changes=NO_PLAN, then=EFFECTS
    ).case


def complete(
    ticket: Ticket,
    *,
    summary: str,
    ticks: Sequence[int] = (),
    materials: Sequence[stock.Used] = (),
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """The work is done. Its follow-up call exists from this moment on (made by the database, dated here).

    An emergency that is done is safe as well, if nobody said so before. `ticks` are the lines of the community's
    standards that were kept; refuses `invalid` while a required one is open. `materials` leave the stock with it;
    refuses `invalid` where the list has less. What the owner agreed to pay is owed from now on, in the same
    transaction.
    """
    kept, used = standards.chosen(ticket, ticks), stock.taken(ticket, materials)
    said = {"ticks": [each.text for each in kept], "materials": stock.said(used)}

    def keep(step: Step[Ticket]) -> None:
        standards.keep_ticks(step, kept)
        stock.use(step, used)

    def done(locked: Ticket, when: datetime) -> dict[str, Any]:
        return {
            "completed_at": when,
            "first_completed_at": locked.first_completed_at or when,
            "completion_no": locked.completion_no + 1,
            "secured_at": when if locked.is_dangerous else locked.secured_at,
            "summary": summary,
        }

    return run(
        ticket,
        "complete",
        by=by,
        at=at,
        version=version,
        text=summary,
        data={name: words for name, words in said.items() if words},
        prepare=done,
        then=(keep, draw_completed, _response_too, _follow_up, quoting.bill_work, *EFFECTS),
    ).case


def _response_too(step: Step[Ticket]) -> None:
    """Nothing is left to respond to once the work is done."""
    sla.stop(case_ref(step.case), Stage.RESPOND, at=step.at, by=step.by)


def _follow_up(step: Step[Ticket]) -> None:
    ticket = step.case
    open_follow_up(
        work="repair", case_id=ticket.pk, completion_no=ticket.completion_no, at=step.at, by=step.by
    )
