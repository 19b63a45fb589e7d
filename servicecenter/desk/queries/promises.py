"""Promises to callers as the desk reads them: the queue, a caller's card, a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from servicecenter.accounts.models import User
from servicecenter.desk.models import Promise, PromiseQuerySet
from servicecenter.lib.refusals import NotFound
from servicecenter.workflow.run import allowed

CARD = 10


@dataclass(frozen=True)
class Shown:
    """A promise with what the reader may do to it now."""

    promise: Promise
    actions: frozenset[str]


def with_shown(promises: PromiseQuerySet) -> PromiseQuerySet:
    """Everything that a row shows, in the same query."""
    return promises.select_related(
        "community", "person", "unit", "keeper", "made_by", "kept_by", "withdrawn_by"
    )


def promise_named(user: User, number: str) -> Promise:
    """The promise with this number; refuses `not_found`."""
    found = with_shown(Promise.objects.visible_to(user)).filter(number=number.strip().upper()[:24]).first()
    if found is None:
        raise NotFound
    return found


def shown(promises: Iterable[Promise], user: User) -> list[Shown]:
    """Rows with their buttons."""
    return [Shown(each, frozenset(row.action for row in allowed(each, user))) for each in promises]


def open_promises(user: User, at: datetime, *, mine: bool = False, overdue: bool = False) -> PromiseQuerySet:
    """The queue: what is to be kept, the nearest first."""
    promises = Promise.objects.visible_to(user).open()
    if overdue:
        promises = promises.overdue(at)
    if mine:
        promises = promises.filter(keeper=user)
    return with_shown(promises)


def promises_about(
    user: User,
    *,
    person_id: int | None = None,
    unit_ids: Iterable[int] = (),
    work: str = "",
    case_id: int | None = None,
) -> list[Shown]:
    """What was promised to a caller or about a case and is still to be kept, the nearest first."""
    about: Any = Q(unit__in=list(unit_ids))
    if person_id is not None:
        about |= Q(person=person_id)
    if case_id is not None:
        about |= Q(work=work, case_id=case_id)
    found = with_shown(Promise.objects.visible_to(user).open().filter(about)).order_by("due_at", "id")
    return shown(found[:CARD], user)
