"""Listening to calls: the program draws which, a supervisor who did not make them says how they were."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal
from surveys.models import Attempt, CallReview

LISTENERS = frozenset({Role.SUPERVISOR.value, Role.MANAGER.value})


class OwnCall(Refusal):
    """Nobody judges a call of their own."""

    code = "own_call"
    status = 403
    sentence = _("This is a call of yours. Somebody else has to listen to it.")


class Listened(Refusal):
    """Somebody was quicker."""

    code = "call_reviewed"
    sentence = _("A colleague has listened to this call already.")


def review(
    attempt: Attempt,
    *,
    marks: Mapping[str, bool],
    by: User,
    recording: str = "",
    note: str = "",
    at: datetime | None = None,
) -> CallReview:
    """Writes down how a call was made. Refuses `not_permitted` to all but supervisors and managers, `not_found` out of
    scope, `own_call`, and `call_reviewed` for one that was listened to."""
    if by.role not in LISTENERS:
        raise NotPermitted
    if attempt.community_id not in by.community_ids:
        raise NotFound
    if attempt.by_id == by.pk:
        raise OwnCall
    try:
        with transaction.atomic():
            return CallReview.objects.create(
                community_id=attempt.community_id,
                attempt=attempt,
                by=by,
                at=instant(at),
                recording=recording,
                note=note,
                **{name: bool(marks.get(name)) for name in CallReview.MARKS},
            )
    except IntegrityError as error:
        raise Listened from error
