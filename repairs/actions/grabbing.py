"""抢单 and 退单: a technician takes a job that a rule has opened, or gives one back with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from repairs.actions.certified import check_certificate
from repairs.actions.steps import EFFECTS, begun_anew
from repairs.models import Ticket
from repairs.queries.crew import as_worker, job_of
from repairs.queries.grabbing import hindrance
from repairs.workflow import Status
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.workflow.run import check, lock, run


class Taken(Refusal):
    """The job is with somebody else by now."""

    code = "taken"
    sentence = _("A colleague was quicker: this job is taken.")


class Closed(Refusal):
    """Nobody has it, and nobody can take it any more."""

    code = "not_open"
    sentence = _("This job is not open any more: the desk has settled it, or the rule was switched off.")


class NotForYou(Refusal):
    """The rule that opened the job speaks of others."""

    code = "not_for_you"
    sentence = _("This job is open for others: it is not your trade.")


def grab(ticket: Ticket, *, by: User, version: int | None = None, at: datetime | None = None) -> Ticket:
    """抢单: the first technician who takes an open job has it, and nobody else gets it.

    Refuses `taken` once a colleague has it, `not_open` once nobody can take it, `not_for_you` for another trade,
    another duty or building than the rule names, `enough_jobs` for too many open ones, and `invalid` without the
    certificate that the work needs.
    """
    with transaction.atomic():
        now = instant(at)
        locked = lock(ticket)
        _check_still_open(locked, by)
        check(locked, "grab", by)
        # One at a time for a person: two taps do not slip past the limit of the rule together.
        User.objects.select_for_update(no_key=True).values_list("pk").get(pk=by.pk)
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


def _check_still_open(ticket: Ticket, by: User) -> None:
    """What whoever has just seen it in the list is told; everybody else is refused by the table."""
    rule = ticket.grab_rule
    if rule is None or by.role != Role.TECHNICIAN or ticket.community_id not in by.community_ids:
        return
    if ticket.assignee_id not in (None, by.pk):
        raise Taken
    if ticket.assignee_id is None and (ticket.status != Status.ACCEPTED or not rule.is_active):
        raise Closed


def _check_open_for(ticket: Ticket, by: User, now: datetime) -> None:
    rule = ticket.grab_rule
    if rule is None:
        raise NotFound
    me = as_worker(by, now)
    match hindrance(rule, me, job_of(ticket)):
        case "other_trades":
            raise NotForYou
        case "certificate":
            check_certificate(ticket, by, at=now)
        case "enough_jobs":
            sentence = _("You have %(count)s open jobs. Please finish one before you take another.")
            raise NotForYou(sentence % {"count": me.open_jobs}, code="enough_jobs")
        case "others":
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
