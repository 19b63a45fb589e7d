"""Accepting a report and sending somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from repairs.actions.steps import EFFECTS, NO_PLAN
from repairs.models import Ticket
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import run


def accept(ticket: Ticket, *, by: Actor, version: int | None = None, at: datetime | None = None) -> Ticket:
    """The desk takes the report on; whoever accepts first stays answerable for it (首问负责制)."""

    def first_taker(locked: Ticket, _at: datetime) -> dict[str, Any]:
        return {} if locked.agent_id else {"agent": by}

    return run(ticket, "accept", by=by, at=at, version=version, prepare=first_taker, then=EFFECTS).case


def dispatch(
    ticket: Ticket, *, technician: User, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """Sends a technician. Refuses `invalid` for anybody who is not an active technician of the community."""
    _check_technician(ticket, technician)
    return run(
        ticket,
        "dispatch",
        by=by,
        at=at,
        version=version,
        changes={"assignee": technician, "dispatched_by": by or ticket.dispatched_by},
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
    """Another technician takes over; contact, appointment and plan begin again. Refuses the same technician."""
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
        changes={
            "assignee": technician,
            "dispatched_by": by,
            "appointment_start": None,
            "appointment_end": None,
            "arrived_at": None,
            **NO_PLAN,
        },
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
