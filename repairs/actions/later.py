"""Steps that a phone took without signal and reports later, with the instant at which they happened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.models import PhoneTimeRule, Ticket
from repairs.queries.later import REPORTED_LATER, step_before
from servicecenter.audit.events import Actor, record
from servicecenter.audit.models import Event
from servicecenter.cases.later import SLACK, PhoneTimeRefused, check_phone_time, write_dropped
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotPermitted, Stale
from servicecenter.workflow.run import check, lock
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Transition

# What keeps a promise counts from when it happened.
COUNTED = frozenset(
    {"contact", "arrive", "secure", "propose_plan", "complete", "confirm", "note", "add_photo"}
)
# What moves a deadline counts from when we hear of it: nobody stops a clock, or agrees to a later day, in hindsight.
HEARD = frozenset({"schedule", "nobody_home", "hold", "resume"})
LATER = COUNTED | HEARD
# Whoever helps writes notes and adds photos down there, too.
AT_THE_JOB = frozenset({Standing.ASSIGNEE.value, Standing.HELPER.value})


@contextmanager
def when_it_happened(
    ticket: Ticket, action: str, *, happened_at: datetime | None, by: Actor, version: int | None = None
) -> Iterator[datetime | None]:
    """Around a step: the instant from which it counts, None (the present one) if the phone tells none.

    What the phone told is written down with the step, beside when we heard of it. Refuses `not_permitted` to anybody
    but the engineer whose job it is and those who help with it, what the table refuses, `stale` for a job that others
    moved since `version`, and `phone_time_refused` for an instant that is to come, lies before the step before this
    one, or further back than the community allows, and for a late step that makes sense at its moment only.
    """
    if happened_at is None:
        yield None
        return
    with transaction.atomic():
        locked = lock(ticket)
        row = _row(locked, action, by, version)
        heard_at = database_now()
        told = _checked(locked, row, happened_at, heard_at)
        if action not in LATER and heard_at - told > SLACK:
            # To offer times, or to be on the way, says something about the moment at which it is said.
            raise PhoneTimeRefused(
                _("This step cannot be reported later. Does it still fit? Then send it now.")
            )
        before = locked.events().latest("id").pk
        yield told if action in COUNTED else heard_at
        if heard_at - told > SLACK:
            for step in ticket.events().filter(action=action, id__gt=before):
                _write_down(step, told, heard_at, by)


def _row(ticket: Ticket, action: str, by: Actor, version: int | None) -> Transition:
    row = check(ticket, action, by)
    if not ticket.standings(by) & AT_THE_JOB:
        raise NotPermitted
    # Said before anything about its time: what others did meanwhile explains a time that cannot be.
    if version is not None and not row.aside and version != ticket.version:
        raise Stale
    return row


def _checked(ticket: Ticket, row: Transition, happened_at: datetime, now: datetime) -> datetime:
    """The instant if it can be, moved by what two clocks may differ; refuses as above."""
    check_phone_time(happened_at, longest=PhoneTimeRule.longest(ticket.community_id), now=now)
    # A note or a photo belongs to no place in the order of the steps.
    before = ticket.reported_at if row.aside else step_before(ticket)
    if happened_at < before - SLACK:
        raise PhoneTimeRefused(
            _(
                "By this phone it happened before the step that came before it. Please check the clock of the phone."
            )
        )
    return min(max(happened_at, before), now)


def _write_down(step: Event, told: datetime, heard_at: datetime, by: Actor) -> None:
    record(
        community_id=step.community_id,
        work="repair",
        case_id=step.case_id,
        action=REPORTED_LATER,
        by=by,
        at=heard_at,
        internal=True,
        data={"event": step.pk, "action": step.action, "happened_at": told.isoformat()},
    )


def drop_later(ticket: Ticket, *, what: str, reason: str, by: Actor, at: datetime | None = None) -> None:
    """A step that waited on a phone will not be sent: colleagues read what it was and why. The job stays as it is."""
    write_dropped(ticket, work="repair", what=what, reason=reason, by=by, at=at)
