"""Making, keeping and withdrawing a promise to a caller."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from owners.models import Person, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.accounts.numbers import next_number
from servicecenter.audit.events import Actor
from servicecenter.desk.models import FARTHEST, KEEPERS, Promise
from servicecenter.lib import works
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.actions import compose, post
from servicecenter.sla import actions as clocks
from servicecenter.sla.models import Stage
from servicecenter.workflow.run import Step, begin, lock, run

# 诺
LETTER = "N"
LONGEST = 200


def case_ref(promise: Promise) -> clocks.CaseRef:
    """The promise as the clocks know it."""
    return clocks.CaseRef("promise", promise.pk, promise.community_id)


def make(
    *,
    community: Community,
    text: str,
    due_at: datetime,
    by: User,
    person: Person | None = None,
    unit: Unit | None = None,
    phone: str = "",
    work: str = "",
    case_id: int | None = None,
    keeper: User | None = None,
    at: datetime | None = None,
) -> Promise:
    """Writes what was promised and arms its timer, in one transaction. Whoever makes it keeps it unless told otherwise.

    Refuses `not_found` for a community or case out of scope, `not_permitted` for whoever does not speak to callers, and
    `invalid`: an instant that is past, over 60 days away or without an offset; no words; a keeper who is not at this
    desk; a person or unit of another community.
    """
    now = instant(at)
    if community.pk not in by.community_ids:
        raise NotFound
    if by.role not in KEEPERS:
        raise NotPermitted
    promise = Promise(
        community=community,
        person=person,
        unit=unit,
        phone=phone or (person.phone if person else ""),
        text=text.strip(),
        due_at=due_at,
        made_by=by,
        made_at=now,
        keeper=keeper or by,
    )
    _check(promise, now)
    if case_id is not None:
        _link(promise, work, case_id, by)
    with transaction.atomic():
        promise.number = next_number(community, LETTER, now)
        begin(
            promise, action="promise", by=by, at=now, text=promise.text, data={"due_at": due_at.isoformat()}
        )
        clock = clocks.start(case_ref(promise), Stage.KEEP, at=now, by=by, fixed_due_at=due_at)
        if clock is None:
            raise RuntimeError("there is no policy that says who hears of a broken promise")
        _tell_keeper(promise, by, now)
    return promise


def _check(promise: Promise, now: datetime) -> None:
    errors: dict[str, list[str | Words]] = {}
    if not 0 < len(promise.text) <= LONGEST:
        errors["text"] = [_("Please say in a few words what was promised.")]
    if timezone.is_naive(promise.due_at) or not now < promise.due_at <= now + FARTHEST:
        errors["due_at"] = [_("Please choose a time from now on, within the next 60 days.")]
    desk = User.objects.staff_of([promise.community_id], *KEEPERS)
    if not desk.filter(pk=promise.keeper_id).exists():
        errors["keeper"] = [_("Please choose somebody of this desk.")]
    for name in ("person", "unit"):
        linked = getattr(promise, name)
        if linked is not None and linked.community_id != promise.community_id:
            errors[name] = [_("We could not find that.")]
    if errors:
        raise Invalid(errors=errors)


def _link(promise: Promise, work: str, case_id: int, by: User) -> None:
    case = works.get(work).visible(by).filter(pk=case_id, community=promise.community_id).first()
    if case is None:
        raise NotFound
    promise.work, promise.case_id, promise.case_number = work, case_id, case.number


def _tell_keeper(promise: Promise, by: User, at: datetime) -> None:
    """Whoever keeps what a colleague promised hears of it at once."""
    if promise.keeper_id == by.pk:
        return
    post(
        compose(
            recipients=[promise.keeper_id],
            event="promise.made",
            key=promise.number,
            at=at,
            community_id=promise.community_id,
            work="promise",
            case_id=promise.pk,
            params={"number": promise.number, "due_at": promise.due_at.isoformat()},
        )
    )


def keep(
    promise: Promise, *, note: str = "", by: User, version: int | None = None, at: datetime | None = None
) -> Promise:
    """What was promised is done. Refuses as the table does: a stranger, a manager, a promise that has ended."""

    def kept(_locked: Promise, when: datetime) -> dict[str, Any]:
        return {"kept_at": when, "kept_by": by}

    return run(
        promise, "keep", by=by, at=at, version=version, text=note, prepare=kept, then=[_stop_clock]
    ).case


def withdraw(
    promise: Promise, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Promise:
    """It cannot or need not be kept any more, and the caller knows. Refuses as the table does, and `invalid` without a
    reason."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST:
        raise Invalid(errors={"reason": [_("Please say why.")]})

    def withdrawn(_locked: Promise, when: datetime) -> dict[str, Any]:
        return {"withdrawn_at": when, "withdrawn_by": by, "reason": reason}

    return run(
        promise,
        "withdraw",
        by=by,
        at=at,
        version=version,
        text=reason,
        prepare=withdrawn,
        then=[_cancel_clock],
    ).case


def recount(promise_id: int, by: Actor, at: datetime) -> None:
    """The ladder of promises changed: an open one keeps its instant and tells others."""
    with transaction.atomic():
        clocks.retarget(case_ref(lock(Promise(pk=promise_id))), at=at, by=by)


def _stop_clock(step: Step[Promise]) -> None:
    clocks.stop(case_ref(step.case), Stage.KEEP, at=step.at, by=step.by)


def _cancel_clock(step: Step[Promise]) -> None:
    clocks.cancel(case_ref(step.case), at=step.at, by=step.by)
