"""Steps beside the main road: hold, resume, duplicate, urge, notes, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.actions.steps import EFFECTS
from repairs.models import Ticket
from repairs.workflow import HoldReason
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, TooMany
from servicecenter.workflow.run import lock, run

# The longest hold for each listed reason; afterwards the ticket goes on by itself.
LONGEST_HOLD: dict[str, timedelta] = {
    HoldReason.OWNER_ABSENT: timedelta(days=7),
    HoldReason.PARTS: timedelta(days=14),
    HoldReason.THIRD_PARTY: timedelta(days=30),
    HoldReason.OWNER_REQUEST: timedelta(days=30),
}
URGE_REST = timedelta(minutes=30)
NOT_HELD: Mapping[str, Any] = {"hold_reason": "", "hold_until": None, "held_from": "", "held_at": None}


def hold(
    ticket: Ticket,
    *,
    reason: str,
    resume_at: datetime,
    note: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Stops the clocks for a listed reason until `resume_at`, when the ticket goes on by itself.

    Refuses `invalid` for another reason, a time in the past, or one beyond the longest hold of that reason.
    """
    now = instant(at)
    longest = LONGEST_HOLD.get(reason)
    if longest is None:
        raise Invalid(errors={"reason": [_("Please choose one of the listed reasons.")]})
    if not now < resume_at <= now + longest:
        raise Invalid(
            errors={
                "resume_at": [
                    _("Please choose a time within the next %(days)s days.") % {"days": longest.days}
                ]
            }
        )

    def held(locked: Ticket, when: datetime) -> dict[str, Any]:
        return {"held_from": locked.status, "held_at": when, "hold_reason": reason, "hold_until": resume_at}

    return run(
        ticket,
        "hold",
        by=by,
        at=now,
        version=version,
        text=note,
        data={"reason": reason, "resume_at": resume_at.isoformat()},
        prepare=held,
        then=EFFECTS,
    ).case


def resume(ticket: Ticket, *, by: Actor, version: int | None = None, at: datetime | None = None) -> Ticket:
    """The ticket goes on where it was; every deadline moves by exactly the paused time."""
    return run(
        ticket,
        "resume",
        by=by,
        at=at,
        version=version,
        changes=NOT_HELD,
        then=EFFECTS,
    ).case


def mark_duplicate(
    ticket: Ticket, *, duplicate_of: Ticket, by: Actor, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """The same problem is already in work under another number. Refuses itself, another community, or a closed one.

    Both rows are locked, lower id first, so that two repairs can never become duplicates of each other.
    """
    pair = sorted({ticket.pk, duplicate_of.pk})

    def closed(locked: Ticket, when: datetime) -> dict[str, Any]:
        other = Ticket.objects.get(pk=duplicate_of.pk)
        if other.pk == locked.pk or other.community_id != locked.community_id:
            raise Invalid(
                errors={"duplicate_of": [_("Please choose another open repair of this community.")]}
            )
        if other.status in locked.TABLE.final:
            raise Invalid(errors={"duplicate_of": [_("That repair is already closed.")]})
        return {"duplicate_of": other, "closed_at": when}

    with transaction.atomic():
        for pk in pair:
            lock(Ticket(pk=pk))
        return run(
            ticket,
            "mark_duplicate",
            by=by,
            at=at,
            version=version,
            data={"duplicate_of": duplicate_of.number},
            prepare=closed,
            then=EFFECTS,
        ).case


def classify(
    ticket: Ticket,
    *,
    trade: str,
    urgency: str,
    reason: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Corrects trade or urgency; a changed urgency counts from the original start, with its pauses kept."""
    with transaction.atomic():
        before = lock(ticket)
        return run(
            ticket,
            "classify",
            by=by,
            at=at,
            version=version,
            text=reason,
            changes={"trade": trade, "urgency": urgency},
            data={
                "trade": trade,
                "urgency": urgency,
                "trade_before": before.trade,
                "urgency_before": before.urgency,
            },
            then=EFFECTS,
        ).case


def urge(ticket: Ticket, *, note: str = "", by: Actor, at: datetime | None = None) -> Ticket:
    """催单: tells the worker, or whoever may dispatch if nobody has it; it is counted. Refuses a second one within
    half an hour by the same person."""
    now = instant(at)
    recent = ticket.events().filter(action="urge", by=by, at__gt=now - URGE_REST)
    if by is not None and recent.exists():
        raise TooMany(
            _("You have just urged. We have passed it on; please wait half an hour before the next one.")
        )

    def counted(locked: Ticket, _at: datetime) -> dict[str, Any]:
        return {"urge_count": locked.urge_count + 1}

    return run(ticket, "urge", by=by, at=now, text=note, prepare=counted, then=EFFECTS).case


def add_note(
    ticket: Ticket, *, note: str, internal: bool = False, by: Actor, at: datetime | None = None
) -> Ticket:
    """A note on the timeline: for colleagues only, or to be read by the resident too. A resident's note never
    is internal."""
    hidden = internal and by is not None and by.is_employee
    return run(ticket, "note", by=by, at=at, text=note, internal=hidden, then=EFFECTS).case
