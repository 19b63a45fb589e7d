"""Steps beside the main road: hold, resume, duplicate, urge, notes, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import EllipsisType
from typing import Any, NoReturn

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.models import WarrantyPart
from repairs.actions.steps import EFFECTS, NO_APPOINTMENT
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, Refusal, TooMany
from servicecenter.sla.models import PauseRule
from servicecenter.sla.queries import pause_rules, paused_time
from servicecenter.workflow.run import check, lock, run
from servicecenter.workflow.standings import Standing

URGE_REST = timedelta(minutes=30)
NOT_HELD: Mapping[str, Any] = {"hold_reason": "", "hold_until": None, "held_from": "", "held_at": None}


class ConsentNeeded(Refusal):
    """The repair has waited so long that a supervisor must decide whether it waits on."""

    status = 422
    code = "consent_needed"


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

    Refuses `invalid` for another reason, a time in the past, or one beyond the longest pause of that reason, and
    `consent_needed` where a supervisor must agree; a supervisor's own hold is that consent, and is kept as such.
    """
    with transaction.atomic():
        locked = lock(ticket)
        now = instant(at)
        check(locked, "hold", by)
        missed = _beyond_appointment(locked, resume_at)
        return run(
            ticket,
            "hold",
            by=by,
            at=now,
            version=version,
            text=note,
            changes={
                "held_from": Status.CONTACTED if missed else locked.status,
                "held_at": now,
                "hold_reason": reason,
                "hold_until": resume_at,
                **(NO_APPOINTMENT if missed else {}),
            },
            data={
                "reason": reason,
                "resume_at": resume_at.isoformat(),
                "consent": _with_consent(locked, reason, resume_at, by, now),
            },
            then=EFFECTS,
        ).case


def _beyond_appointment(ticket: Ticket, resume_at: datetime) -> bool:
    """Whether the work waits past the beginning of its appointment: then another one has to be agreed afterwards."""
    begins = ticket.appointment_start
    return ticket.status == Status.SCHEDULED and begins is not None and begins < resume_at


def _with_consent(ticket: Ticket, reason: str, resume_at: datetime, by: Actor, now: datetime) -> bool:
    """Whether this hold is beyond the limit and `by` may decide that; refuses as `hold` does."""
    rule = pause_rules(work="repair", community_id=ticket.community_id).get(reason)
    if rule is None:
        raise Invalid(errors={"reason": [_("Please choose one of the listed reasons.")]})
    if not now < resume_at <= now + rule.longest:
        days = {"days": rule.longest_days}
        raise Invalid(errors={"resume_at": [_("Please choose a time within the next %(days)s days.") % days]})
    if paused_time("repair", ticket.pk, now) + (resume_at - now) <= rule.consent_after:
        return False
    if Standing.SUPERVISOR not in ticket.standings(by):
        _ask_supervisor(ticket, rule)
    return True


def _ask_supervisor(ticket: Ticket, rule: PauseRule) -> NoReturn:
    supervisors = User.objects.staff_of([ticket.community_id], Role.SUPERVISOR)
    sentence = _(
        "Altogether this repair would wait for more than %(days)s days. A supervisor must put it on hold: %(names)s."
    ) % {"days": rule.consent_after_days, "names": ", ".join(map(str, supervisors)) or "—"}
    raise ConsentNeeded(sentence, errors={"resume_at": [sentence]})


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
    part: WarrantyPart | EllipsisType | None = ...,
    reason: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Corrects trade or urgency; a changed urgency counts from the original start, with its pauses kept.

    `part`: what the warranty is judged by, None for the trade; as it is where it is not named. Refuses `invalid` for a
    part of a public area.
    """
    with transaction.atomic():
        before = lock(ticket)
        judged = before.part if part is ... else part
        if judged is not None and before.unit_id is None:
            raise Invalid(errors={"part": [_("Only a part of a unit has a warranty here.")]})
        return run(
            ticket,
            "classify",
            by=by,
            at=at,
            version=version,
            text=reason,
            changes={"trade": trade, "urgency": urgency, "part": judged},
            data={
                "trade": trade,
                "urgency": urgency,
                "trade_before": before.trade,
                "urgency_before": before.urgency,
                "part": judged.label if judged else "",
                "part_before": before.part.label if before.part else "",
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
