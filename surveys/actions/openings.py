"""How follow-ups begin, and how they become pointless."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from owners.models import Person
from servicecenter.audit.events import Actor
from servicecenter.sla import actions as clocks
from servicecenter.sla.arithmetic import next_in_window
from servicecenter.sla.models import Clock, Stage
from surveys.models import Attempt, FollowUp
from surveys.workflow import AttemptOutcome, FollowUpStatus, Outcome


def case_ref(follow_up: FollowUp) -> clocks.CaseRef:
    """The follow-up as the clocks know it."""
    return clocks.CaseRef(
        "follow_up",
        follow_up.pk,
        follow_up.community_id,
        urgency="emergency" if follow_up.urgent else "normal",
    )


def open_follow_up(*, work: str, case_id: int, completion_no: int, at: datetime, by: Actor) -> FollowUp:
    """Completes the follow-up that the database made with the completion: first calling time, and the 48-hour promise.

    Call it in the transaction of the completing step.
    """
    follow_up = FollowUp.objects.select_related("community").get(
        work=work, case_id=case_id, completion_no=completion_no
    )
    community = follow_up.community
    clock = clocks.start(case_ref(follow_up), Stage.CALL, at=at, by=by)
    follow_up.next_call_at = next_in_window(at, community.calls_from, community.calls_until)
    follow_up.due_at = clock.due_at if clock else None
    follow_up.language = _language(follow_up)
    follow_up.save(update_fields=["next_call_at", "due_at", "language"])
    return follow_up


def _language(follow_up: FollowUp) -> str:
    """In which language whoever has this number wishes to be called; '' as usual."""
    if not follow_up.phone:
        return ""
    people = Person.objects.filter(community=follow_up.community_id, phone=follow_up.phone)
    return people.exclude(language="").values_list("language", flat=True).first() or ""


def recount(follow_up_id: int, by: Actor, at: datetime) -> None:
    """The promise of calls changed: an open follow-up counts anew from its completion."""
    with transaction.atomic():
        follow_up = FollowUp.objects.open().select_for_update().filter(pk=follow_up_id).first()
        if follow_up is None:
            return
        clocks.retarget(case_ref(follow_up), at=at, by=by)
        clock = Clock.objects.get(work="follow_up", case_id=follow_up.pk, stage=Stage.CALL)
        follow_up.due_at = clock.due_at
        follow_up.save(update_fields=["due_at"])


def cover(*, work: str, case_id: int, completion_no: int, at: datetime, by: Actor) -> None:
    """One cause ended many cases, and a sample of them is called about: this one is not in it, and says so.

    Call it in the transaction of the completing step, after `open_follow_up`. A call that has an outcome keeps it.
    """
    rows = FollowUp.objects.select_for_update().open().filter(work=work, case_id=case_id)
    follow_up = rows.get(completion_no=completion_no)
    follow_up.status = FollowUpStatus.DONE
    follow_up.outcome = Outcome.COVERED
    follow_up.finished_at = at
    follow_up.finished_by = by
    follow_up.save(update_fields=["status", "outcome", "finished_at", "finished_by"])
    clocks.cancel(case_ref(follow_up), at=at, by=by)


def supersede(*, work: str, case_id: int, at: datetime) -> None:
    """The work is done again: calls about earlier completions that were not made yet make no sense any more.

    An agent who is on the phone about one of them is refused when they finish, with the reason.
    """
    pending = FollowUp.objects.select_for_update().filter(work=work, case_id=case_id).open()
    for follow_up in pending:
        Attempt.objects.filter(follow_up=follow_up, ended_at=None).update(
            ended_at=at, outcome=AttemptOutcome.RELEASED
        )
        follow_up.status = FollowUpStatus.DONE
        follow_up.outcome = Outcome.SUPERSEDED
        follow_up.finished_at = at
        follow_up.claimed_by = None
        follow_up.claimed_until = None
        follow_up.save()
        clocks.cancel(case_ref(follow_up), at=at)
