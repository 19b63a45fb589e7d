"""A repair is linked to the outage that is its cause, and taken off it again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.actions.clocks import case_ref, copy_deadlines
from repairs.actions.messages import announce
from repairs.actions.outages.announcing import DESK
from repairs.models import Outage, Ticket
from repairs.outage_workflow import LINKABLE
from repairs.workflow import UNFINISHED
from servicecenter.accounts.models import User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.sla import actions as sla
from servicecenter.sla.models import Stage
from servicecenter.workflow.run import lock
from servicecenter.workflow.standings import Standing


class OutageOver(Refusal):
    """Its repairs are being completed, or it is closed: what is reported now is something of its own."""

    code = "outage_over"
    sentence = _("This outage is being closed. The repair goes on by itself.")


class CaseOver(Refusal):
    """Nothing is left to be done on the repair."""

    code = "repair_over"
    sentence = _("This repair is finished already.")


def join(ticket: Ticket, outage: Outage, *, by: User, at: datetime | None = None) -> Ticket:
    """Links a repair to its cause and tells whoever reported it. By the desk, or by the resident who reports it.

    Telling keeps the promise to answer: what the caller wants to know has been said. It keeps its other promises. An
    emergency that a resident linked alone is answered by a person all the same. Linking again to the same changes
    nothing. Refuses `not_found` out of scope, `not_permitted`, `invalid` for another community, `repair_over`, and
    `outage_over` once the closing has begun.
    """
    now = instant(at)
    with transaction.atomic():
        # The outage first, as its closing does: it begins before or after a link, never between.
        held, mine = lock(outage), lock(ticket)
        _may(mine, held, by)
        if mine.outage_id == held.pk:
            return mine
        if held.status not in LINKABLE:
            raise OutageOver
        if mine.status not in UNFINISHED:
            raise CaseOver
        mine.outage = held
        _told(mine, by, now)
        mine.save(update_fields=["outage", "responded_at"])
        event = record(
            community_id=mine.community_id,
            work="repair",
            case_id=mine.pk,
            action="join_outage",
            by=by,
            at=now,
            text=held.said("zh-hans"),
            data={"outage": held.number},
        )
        copy_deadlines(mine)
        announce(mine, "join_outage", by_id=by.pk, at=now, key=str(event.pk))
    ticket.refresh_from_db()
    return ticket


def leave(ticket: Ticket, *, by: User, at: datetime | None = None) -> Ticket:
    """It has a cause of its own after all; an answer that was given stays given. By the desk, until the closing.

    Refuses `not_found`, `not_permitted`, and `outage_over`.
    """
    now = instant(at)
    if ticket.outage is None:
        raise NotFound
    with transaction.atomic():
        held, mine = lock(ticket.outage), lock(ticket)
        _may(mine, held, by)
        if by.role not in DESK:
            raise NotPermitted
        if mine.outage_id != held.pk:
            raise NotFound
        if held.status not in LINKABLE:
            raise OutageOver
        mine.outage = None
        mine.save(update_fields=["outage"])
        record(
            community_id=mine.community_id,
            work="repair",
            case_id=mine.pk,
            action="leave_outage",
            by=by,
            at=now,
            internal=True,
            data={"outage": held.number},
        )
    ticket.refresh_from_db()
    return ticket


def _may(ticket: Ticket, outage: Outage, by: User) -> None:
    standings = ticket.standings(by)
    if not standings or not Outage.objects.visible_to(by).filter(pk=outage.pk).exists():
        raise NotFound
    if not standings & {Standing.AGENT, Standing.SUPERVISOR, Standing.RESIDENT}:
        raise NotPermitted
    if ticket.community_id != outage.community_id:
        raise Invalid(errors={"outage": [_("This does not belong to the community.")]})


def _told(ticket: Ticket, by: User, at: datetime) -> None:
    """The promise to answer is kept by telling, if there is anybody to be told."""
    if ticket.is_emergency and by.role not in DESK:
        return
    if ticket.responded_at is not None or not (ticket.contact_phone or ticket.reporter_id):
        return
    ticket.responded_at = at
    sla.stop(case_ref(ticket), Stage.RESPOND, at=at, by=by)
