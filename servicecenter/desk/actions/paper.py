"""What a paper form says is done by the ordinary steps, by whoever types it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from repairs import actions as repairs
from repairs.models import Ticket
from repairs.workflow import ConfirmMethod, Status
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.lib.clock import instant


def type_in(
    ticket: Ticket,
    *,
    summary: str,
    note: str,
    signed: bool = False,
    complaint: str = "",
    pictures: Sequence[Filed] = (),
    by: User,
    at: datetime | None = None,
) -> Ticket:
    """Takes the steps that the paper tells of and that were not taken yet: contacted, arrived, completed; then accepted
    by signature, or sent back for rework. All or nothing.

    `note` (the times as they were written, materials) is kept beside them; the steps carry the time of typing, since
    handwriting proves none. Refuses as the steps do: a supervisor may, an agent may not.
    """
    when = instant(at)
    with transaction.atomic():
        if ticket.status == Status.DISPATCHED:
            repairs.contact(ticket, note=note, by=by, at=when)
        else:
            repairs.add_note(ticket, note=note, by=by, at=when)
        if ticket.status in (Status.CONTACTED, Status.SCHEDULED):
            repairs.arrive(ticket, by=by, at=when)
        if ticket.status != Status.COMPLETED:
            repairs.complete(ticket, summary=summary, by=by, at=when)
        for picture in pictures:
            kind = PhotoKind.SIGNATURE if signed else PhotoKind.AFTER
            repairs.add_photo(ticket, picture=picture, kind=kind, by=by, at=when)
        if signed:
            repairs.confirm(ticket, method=ConfirmMethod.SIGNATURE, by=by, at=when)
        elif complaint:
            repairs.rework(ticket, reason=complaint, by=by, at=when)
    return ticket
