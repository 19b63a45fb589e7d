"""抢单 and 退单: a technician takes a job that a rule has opened, or gives one back with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.actions.certified import check_certificate
from repairs.actions.steps import EFFECTS, begun_anew
from repairs.models import Ticket
from repairs.queries.crew import crew, job_of
from repairs.queries.ranking import is_meant
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.workflow.run import check, lock, run


class Taken(Refusal):
    """The job is with somebody else by now."""

    code = "taken"
    sentence = _("A colleague was quicker: this job is taken.")


class NotForYou(Refusal):
    """The rule that opened the job speaks of others."""

    code = "not_for_you"
    sentence = _("This job is open for others: it is not your trade.")


def grab(ticket: Ticket, *, by: User, version: int | None = None, at: datetime | None = None) -> Ticket:
    """抢单: the first technician who takes an open job has it, and nobody else gets it.

    Refuses `taken` once a colleague has it, `not_for_you` for another trade, another duty or building than the rule
    names, or too many open jobs, and `invalid` without the certificate that the work needs.
    """
    with transaction.atomic():
        now = instant(at)
        locked = lock(ticket)
        if by.role == Role.TECHNICIAN and locked.grab_rule_id and locked.assignee_id not in (None, by.pk):
            raise Taken
        check(locked, "grab", by)
        _check_open_for(locked, by, now)
        return run(
            ticket,
            "grab",
            by=by,
            at=now,
            version=version,
            changes={"assignee": by, "dispatched_by": by},
            data={"technician": by.pk, "technician_name": str(by)},
            then=EFFECTS,
        ).case


def _check_open_for(ticket: Ticket, by: User, now: datetime) -> None:
    rule = ticket.grab_rule
    if rule is None or not rule.is_active:
        raise NotFound
    if by.trades and ticket.trade not in by.trades:
        raise NotForYou
    check_certificate(ticket, by, at=now)
    me = next((each for each in crew([ticket.community_id], now) if each.id == by.pk), None)
    if me is None:
        raise NotFound
    if rule.max_open is not None and me.open_jobs >= rule.max_open:
        sentence = _("You have %(count)s open jobs. Please finish one before you take another.")
        raise NotForYou(sentence % {"count": me.open_jobs}, code="enough_jobs")
    if not is_meant(rule, me, job_of(ticket)):
        raise NotForYou(_("This job is open for those on duty or of its building."))


def send_back(
    ticket: Ticket, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """退单: the assignee gives the job back to the desk and says why. It is counted.

    Appointment and plan end with it; what was promised to the owner does not. A job that was open for grabbing is open
    again, for others too; no rule ever sends it to the same person again by itself.
    """

    def given_back(locked: Ticket, when: datetime) -> dict[str, Any]:
        return begun_anew(locked, when) | {"sent_back_count": locked.sent_back_count + 1}

    return run(
        ticket,
        "send_back",
        by=by,
        at=at,
        version=version,
        text=reason,
        changes={"assignee": None},
        prepare=given_back,
        data={"technician": by.pk, "technician_name": str(by)},
        then=EFFECTS,
    ).case
