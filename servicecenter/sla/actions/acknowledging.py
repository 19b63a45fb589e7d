"""“I take care of it”: somebody answers for a missed deadline."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import record
from servicecenter.lib import works
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal
from servicecenter.sla.actions.timers import ESCALATE
from servicecenter.sla.models import Acknowledgement, Clock, Timer, TimerState

# Those who can change how a case goes on. Not whoever was late: the ladder is there to reach somebody else.
ACKNOWLEDGERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})


class NothingMissed(Refusal):
    """There is nothing to answer for."""

    code = "nothing_missed"
    sentence = _("No deadline of this case is missed at the moment.")


class AlreadyAcknowledged(Refusal):
    """Somebody was quicker."""

    code = "already_acknowledged"


def acknowledge(
    work: str, case_id: int, *, by: User, note: str = "", at: datetime | None = None
) -> list[Acknowledgement]:
    """Takes on every missed deadline of a case that nobody has taken on yet.

    The further rungs of its ladder are not told any more; the daily reminder goes on, to `by`, until the promise is
    fulfilled. Refuses `not_found` out of scope, `not_permitted` for other roles, `nothing_missed`, and
    `already_acknowledged` with the name of whoever was quicker.
    """
    kind = works.get(work)
    if not kind.visible(by).filter(pk=case_id).exists():
        raise NotFound
    if by.role not in ACKNOWLEDGERS:
        raise NotPermitted
    with transaction.atomic():
        # The case's row first, as the sweep does: of two taps one waits and then finds the other's answer.
        kind.model._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=case_id)
        now = instant(at)
        missed = Clock.objects.filter(work=work, case_id=case_id).missed(now)
        clocks = list(missed.unacknowledged().order_by("due_at", "id"))
        if not clocks:
            raise _refusal(list(missed))
        return [_take(clock, by, note, now) for clock in clocks]


def _refusal(missed: list[Clock]) -> Refusal:
    if not missed:
        return NothingMissed()
    latest = Acknowledgement.objects.filter(clock__in=missed).select_related("by").latest("at")
    return AlreadyAcknowledged(_("%(name)s already takes care of it.") % {"name": latest.by})


def _take(clock: Clock, by: User, note: str, at: datetime) -> Acknowledgement:
    assert clock.due_at is not None
    taken = Acknowledgement.objects.create(
        community_id=clock.community_id, clock=clock, deadline=clock.due_at, by=by, at=at, note=note
    )
    Timer.objects.filter(
        work=clock.work,
        case_id=clock.case_id,
        stage=clock.stage,
        round=clock.round,
        step__startswith=ESCALATE,
        state=TimerState.ARMED,
    ).update(state=TimerState.CANCELLED, cancelled_at=at)
    record(
        community_id=clock.community_id,
        work=clock.work,
        case_id=clock.case_id,
        action="clock.acknowledged",
        by=by,
        at=at,
        internal=True,
        text=note,
        data={"stage": clock.stage, "round": clock.round, "due_at": clock.due_at.isoformat()},
    )
    return taken
