"""The repairs of an outage are completed together: each by its own step in its own transaction, a sample called about.

The lines (`OutageLine`) say whose turn it is; whoever is stopped half-way, or leaves the page, leaves them for the
next one who goes on.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from repairs.actions.asides import NOT_HELD
from repairs.actions.clocks import case_ref
from repairs.actions.steps import EFFECTS
from repairs.models import LineState, Outage, OutageLine, Ticket
from repairs.outage_workflow import OutageStatus
from repairs.workflow import UNFINISHED, Status
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, Refusal
from servicecenter.sla import actions as sla
from servicecenter.sla.models import Stage
from servicecenter.workflow.run import Step, lock, run
from surveys.actions import cover, open_follow_up

LEAST_SAMPLE = 3
SUMMARY = 500
BATCH = 20
# Which promises end with the cause.
STAGES = (Stage.RESPOND, Stage.ARRIVE, Stage.SECURE, Stage.COMPLETE)


def close(
    outage: Outage,
    *,
    summary: str,
    technician: User,
    sample_percent: int | None = None,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Outage:
    """Begins the closing: what is linked and unfinished gets a line, and a random sample of them will be called.

    `technician` is who ended the cause: repairs that nobody has are completed in that name. The sample is the outage's
    share, at least three. Nothing can be linked from now on. Refuses as the table does (supervisors, once restored),
    and `invalid` without a summary, for anybody who is not a technician here, or for a share outside 0–100.
    """
    now = instant(at)
    _check(outage, summary, technician, sample_percent)
    changes: dict[str, Any] = {
        "summary": summary.strip(),
        "technician": technician,
        "closing_by": by,
        "closing_at": now,
    }
    if sample_percent is not None:
        changes["sample_percent"] = sample_percent
    run(
        outage,
        "close",
        by=by,
        at=now,
        version=version,
        text=summary.strip(),
        changes=changes,
        then=[_draw_lines, _finish_if_done],
    )
    outage.refresh_from_db()
    return outage


def _check(outage: Outage, summary: str, technician: User, share: int | None) -> None:
    errors: dict[str, Sequence[str | Words]] = {}
    if not 0 < len(summary.strip()) <= SUMMARY:
        errors["summary"] = [_("Please say in a few words what was done.")]
    if not User.objects.staff_of([outage.community_id], Role.TECHNICIAN).filter(pk=technician.pk).exists():
        errors["technician"] = [_("Please choose a technician of this community.")]
    if share is not None and not 0 <= share <= 100:
        errors["sample_percent"] = [_("Please choose a share between 0 and 100 %.")]
    if errors:
        raise Invalid(errors=errors)


def _draw_lines(step: Step[Outage]) -> None:
    outage = step.case
    ids = list(outage.tickets.filter(status__in=UNFINISHED).order_by("id").values_list("id", flat=True))
    size = min(len(ids), max(LEAST_SAMPLE, math.ceil(len(ids) * outage.sample_percent / 100)))
    # Nobody can know beforehand whose repair will be called about.
    sample = set(random.SystemRandom().sample(ids, size))
    OutageLine.objects.bulk_create(
        OutageLine(community_id=outage.community_id, outage=outage, ticket_id=each, sampled=each in sample)
        for each in ids
    )


def work_on(outage: Outage, *, limit: int = BATCH, at: datetime | None = None) -> int:
    """Completes up to `limit` repairs of a closing outage, as whoever began the closing; returns how many took their
    turn. Several may go on at once: nobody waits for a line that another one has."""
    done = 0
    while done < limit and _next(outage, at):
        done += 1
    if done < limit:
        _end(outage, at)
    return done


def go_on(*, limit: int = BATCH) -> int:
    """The next repairs of every closing outage: what a page began is brought to an end without it."""
    closing = Outage.objects.filter(status=OutageStatus.CLOSING).select_related("closing_by", "technician")
    return sum(work_on(outage, limit=limit) for outage in closing)


def _next(outage: Outage, at: datetime | None) -> bool:
    with transaction.atomic():
        line = (
            OutageLine.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            .filter(outage=outage, state=LineState.WAITING)
            .select_related("ticket")
            .order_by("id")
            .first()
        )
        if line is None:
            return False
        _take(outage, line, instant(at))
    return True


def _take(outage: Outage, line: OutageLine, at: datetime) -> None:
    """One repair takes its turn. A refusal leaves it to a person, and its place in the sample to another one."""
    by, technician = outage.closing_by, outage.technician
    assert by is not None
    assert technician is not None
    try:
        with transaction.atomic():
            ticket = settle(
                line.ticket,
                outage=outage,
                technician=technician,
                summary=outage.summary,
                sampled=line.sampled,
                by=by,
                at=at,
            )
            line.state, line.completion_no = LineState.DONE, ticket.completion_no
    except (Refusal, IntegrityError) as refusal:
        ended = Ticket.objects.filter(pk=line.ticket_id).exclude(status__in=UNFINISHED).exists()
        line.state = LineState.OVER if ended else LineState.LEFT
        line.why = getattr(refusal, "code", "refused_by_the_database")[:40]
        _pass_on(line)
    line.at = at
    line.save(update_fields=["state", "completion_no", "why", "sampled", "at"])


def _pass_on(line: OutageLine) -> None:
    """The sample stays as large as it was drawn, as long as others wait."""
    if not line.sampled:
        return
    line.sampled = False
    waiting = OutageLine.objects.filter(outage=line.outage_id, state=LineState.WAITING, sampled=False)
    other = waiting.exclude(pk=line.pk).select_for_update(skip_locked=True).order_by("?").first()
    if other is not None:
        other.sampled = True
        other.save(update_fields=["sampled"])


def settle(
    ticket: Ticket,
    *,
    outage: Outage,
    technician: User,
    summary: str,
    sampled: bool,
    by: Actor,
    at: datetime | None = None,
) -> Ticket:
    """The cause has ended, and the repair with it: one step, from wherever it stood. Its follow-up exists like that of
    any completion; outside the sample it is closed at once, and says so.

    Refuses as the table does, and `not_in_outage` for a repair of another cause.
    """

    def done(locked: Ticket, when: datetime) -> dict[str, Any]:
        if locked.outage_id != outage.pk:
            raise Refusal(_("This repair does not belong to the outage."), code="not_in_outage")
        return {
            "assignee": locked.assignee or technician,
            "dispatched_by": locked.dispatched_by or by,
            "responded_at": locked.responded_at or when,
            "completed_at": when,
            "first_completed_at": locked.first_completed_at or when,
            "completion_no": locked.completion_no + 1,
            "secured_at": locked.secured_at or (when if locked.is_emergency and locked.arrived_at else None),
            "summary": summary,
            **NOT_HELD,
        }

    def call(step: Step[Ticket]) -> None:
        facts: dict[str, Any] = {"work": "repair", "case_id": step.case.pk, "at": step.at, "by": step.by}
        open_follow_up(completion_no=step.case.completion_no, **facts)
        if not sampled:
            cover(completion_no=step.case.completion_no, **facts)

    return run(
        ticket,
        "settle",
        by=by,
        at=at,
        text=summary,
        data={"outage": outage.number, "sampled": sampled},
        prepare=done,
        then=(_promises, call, *EFFECTS),
    ).case


def _promises(step: Step[Ticket]) -> None:
    """The clocks go on if they stood still, then nothing is left to keep."""
    case = case_ref(step.case)
    if step.from_status == Status.ON_HOLD:
        sla.resume(case, at=step.at, by=step.by)
    for stage in STAGES:
        sla.stop(case, stage, at=step.at, by=step.by)


def _finish_if_done(step: Step[Outage]) -> None:
    if step.case.is_worked_through:
        run(step.case, "finish", by=step.by, at=step.at, changes={"closed_at": step.at})


def _end(outage: Outage, at: datetime | None) -> None:
    """After the last line the outage is closed; whoever comes second finds it so."""
    with transaction.atomic():
        held = lock(outage)
        if held.status == OutageStatus.CLOSING and held.is_worked_through:
            when = instant(at)
            run(held, "finish", by=None, at=when, changes={"closed_at": when})
