"""Moving a job on the board of the workload: the ordinary steps, one after the other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs import actions as repairs
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import lock

WAITING = frozenset({Status.REPORTED.value, Status.ACCEPTED.value, Status.REWORK.value})


def move_job(
    ticket: Ticket,
    *,
    technician: User | None,
    start: datetime | None = None,
    end: datetime | None = None,
    reason: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Gives a job to `technician`, or where that is who has it, moves its visit to `start`–`end`. All or nothing.

    What nobody has is accepted if need be, and dispatched; what somebody has is reassigned, for which a reason is
    asked. Whoever takes over agrees on a visit anew. Refuses as these steps do, and `invalid` where nothing changes.
    """
    now = instant(at)
    with transaction.atomic():
        locked = lock(ticket)
        if technician is not None and (locked.status in WAITING or technician.pk != locked.assignee_id):
            return _give(locked, technician, reason, by, version, now)
        if (
            start is None
            or end is None
            or (start == locked.appointment_start and end == locked.appointment_end)
        ):
            raise Invalid(errors={"technician": [_("Please choose another technician or another time.")]})
        return repairs.schedule(locked, start=start, end=end, by=by, version=version, at=now)


def _give(
    ticket: Ticket, technician: User, reason: str, by: User, version: int | None, now: datetime
) -> Ticket:
    if ticket.status not in WAITING:
        if not reason:
            raise Invalid(errors={"reason": [_("Please say why somebody else goes.")]})
        return repairs.reassign(ticket, technician=technician, reason=reason, by=by, version=version, at=now)
    if ticket.status == Status.REPORTED:
        repairs.accept(ticket, by=by, version=version, at=now, by_rules=False)
        version = None
    return repairs.dispatch(ticket, technician=technician, by=by, version=version, at=now)
