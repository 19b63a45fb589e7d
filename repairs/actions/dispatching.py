"""Accepting a report and sending somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.actions.automatic import follow_rules
from repairs.actions.certified import check_certificate
from repairs.actions.steps import EFFECTS, begun_anew
from repairs.models import Ticket
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import run


def accept(
    ticket: Ticket,
    *,
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
    by_rules: bool = True,
) -> Ticket:
    """The desk takes the report on; whoever accepts first stays answerable for it (首问负责制).

    In the same transaction the rules of dispatch may send somebody, or open it for grabbing; not where whoever
    accepts it has chosen already (`by_rules`).
    """

    def first_taker(locked: Ticket, _at: datetime) -> dict[str, Any]:
        return {} if locked.agent_id else {"agent": by}

    with transaction.atomic():
        when = instant(at)
        run(ticket, "accept", by=by, at=when, version=version, prepare=first_taker, then=EFFECTS)
        if by_rules:
            follow_rules(ticket, at=when)
    return ticket


def dispatch(
    ticket: Ticket, *, technician: User, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """Sends a technician. Refuses `invalid` for anybody who is not an active technician of the community, and for
    work that needs a certificate which they do not hold today (持证上岗)."""

    def certified(locked: Ticket, when: datetime) -> dict[str, Any]:
        # Of the locked row: the trade may have been corrected this very second.
        check_certificate(locked, technician, at=when)
        return {}

    _check_technician(ticket, technician)
    return run(
        ticket,
        "dispatch",
        by=by,
        at=at,
        version=version,
        changes={"assignee": technician, "dispatched_by": by or ticket.dispatched_by},
        prepare=certified,
        data={"technician": technician.pk, "technician_name": str(technician)},
        then=EFFECTS,
    ).case


def reassign(
    ticket: Ticket,
    *,
    technician: User,
    reason: str,
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Another technician takes over; contact, appointment and plan begin again. Refuses the same technician, and as
    `dispatch` does."""

    def anew(locked: Ticket, when: datetime) -> dict[str, Any]:
        check_certificate(locked, technician, at=when)
        return begun_anew(locked, when)

    _check_technician(ticket, technician)
    if technician.pk == ticket.assignee_id:
        raise Invalid(errors={"technician": [_("This technician already has the job.")]})
    return run(
        ticket,
        "reassign",
        by=by,
        at=at,
        version=version,
        text=reason,
        changes={"assignee": technician, "dispatched_by": by},
        prepare=anew,
        data={
            "technician": technician.pk,
            "technician_name": str(technician),
            "technician_before": ticket.assignee_id,
        },
        then=EFFECTS,
    ).case


def _check_technician(ticket: Ticket, technician: User) -> None:
    fits = (
        technician.is_active
        and technician.role == Role.TECHNICIAN
        and ticket.community_id in technician.community_ids
    )
    if not fits:
        raise Invalid(errors={"technician": [_("Please choose a technician of this community.")]})
