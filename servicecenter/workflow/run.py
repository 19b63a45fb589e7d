"""The one runner: the only code that sets a status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.audit.events import Actor, record
from servicecenter.audit.models import Event
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal, Stale
from servicecenter.workflow.case import Case
from servicecenter.workflow.table import BACK, SAME, Transition

C = TypeVar("C", bound=Case)


class TransitionRefused(Refusal):
    """The action exists and the person may do it, but not from this status."""

    code = "transition_refused"
    sentence = _("This step is not possible in the present state.")


@dataclass(frozen=True)
class Step(Generic[C]):
    """A step that is being taken, for the effects that belong to it (clocks, messages, further rows)."""

    case: C
    transition: Transition
    event: Event
    by: Actor
    at: datetime
    from_status: str

    @property
    def data(self) -> dict[str, Any]:
        """What was recorded with the step."""
        return dict(self.event.data)


Effect = Callable[[Step[C]], None]


def allowed(case: Case, by: Actor) -> list[Transition]:
    """What `by` may do to `case` now. Every button, page and API answer asks here, and so does `run`."""
    return [each for each in case.TABLE.allowed(case.status, case.standings(by)) if applies(each, case)]


def applies(transition: Transition, case: Case) -> bool:
    """Whether the row is for a case of this status with these facts."""
    return case.status in transition.sources and (not transition.when or bool(getattr(case, transition.when)))


def rows_for(case: Case, action: str, by: Actor) -> list[Transition]:
    """The rows of an action that are for `by`, from whatever status; refuses with `not_found` or `not_permitted`."""
    standings = case.standings(by)
    if not standings:
        raise NotFound
    rows = case.TABLE.rows_of(action)
    if not rows:
        raise NotFound(_("There is no such action."), code="unknown_action")
    mine = [each for each in rows if each.who & standings]
    if not mine:
        raise NotPermitted
    return mine


def check(case: Case, action: str, by: Actor) -> Transition:
    """The row that permits this; refuses with `not_found`, `not_permitted` or `transition_refused` (409)."""
    mine = rows_for(case, action, by)
    found = next((each for each in mine if applies(each, case)), None)
    if found is None:
        raise TransitionRefused(status=409, allowed=sorted({each.action for each in allowed(case, by)}))
    return found


def lock(case: C) -> C:
    """The same row, fresh and locked until the transaction ends; refuses `not_found` if it is gone."""
    manager = type(case)._default_manager
    locked = manager.select_for_update(no_key=True, of=("self",)).filter(pk=case.pk).first()
    if locked is None:
        raise NotFound
    return locked


def run(
    case: C,
    action: str,
    *,
    by: Actor,
    at: datetime | None = None,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    internal: bool | None = None,
    version: int | None = None,
    then: Sequence[Effect[C]] = (),
    prepare: Callable[[C, datetime], Mapping[str, Any]] | None = None,
) -> Step[C]:
    """Takes one step in one transaction: lock the row, check, write the named fields, write the event, run the effects.

    `changes` are fields to write with the step; `prepare(case, at)` computes more of them from the locked row.
    `version` is the version the person saw, if known. The caller's instance is brought up to date.
    Refuses as `check` does, and `stale` when `version` is not the present one. A step aside leaves the version alone.
    """
    with transaction.atomic():
        locked = lock(case)
        when = instant(at)
        transition = check(locked, action, by)
        if version is not None and version != locked.version:
            raise Stale
        fields = dict(changes or {}) | dict(prepare(locked, when) if prepare else {})
        before = locked.status
        target = {SAME: before, BACK: locked.held_from}.get(transition.target, transition.target)
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.status = target
        locked.version += not transition.aside
        locked.save(update_fields=["status", "version", *fields])
        event = record(
            community_id=locked.community_id,
            work=locked.TABLE.work,
            case_id=locked.pk,
            action=action,
            by=by,
            at=when,
            from_status=before,
            to_status=target,
            text=text,
            internal=transition.internal if internal is None else internal,
            data=dict(data or {}),
        )
        step = Step(locked, transition, event, by, when, before)
        for effect in then:
            effect(step)
    case.__dict__.update({k: v for k, v in locked.__dict__.items() if k != "_state"})
    case._state.fields_cache.update(locked._state.fields_cache)
    return step


def begin(
    case: C, *, action: str, by: Actor, at: datetime, text: str = "", data: Mapping[str, Any] | None = None
) -> Event:
    """Writes a new case (already filled in, not yet saved) in its initial status, with its first event.

    Call it inside a transaction.
    """
    case.status = case.TABLE.initial
    case.save(force_insert=True)
    return record(
        community_id=case.community_id,
        work=case.TABLE.work,
        case_id=case.pk,
        action=action,
        by=by,
        at=at,
        to_status=case.status,
        text=text,
        data=dict(data or {}),
    )
