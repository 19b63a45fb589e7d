"""Applying a changed promise to open work: a few cases at once, the rest by the workers, none twice and none lost."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext

from servicecenter.accounts.models import User
from servicecenter.lib import works
from servicecenter.lib.clock import database_now
from servicecenter.sla.models import Clock, Policy, Recount

# So many cases are counted anew while the person waits.
AT_ONCE = 50
# So many in a round of a worker's clock, after whatever fell due: about forty in a second.
A_ROUND = 20
A_MINUTE = 2400
# A case in a person's hands is tried again in the next round; no deadline waits for it.
PATIENCE = "100ms"


@dataclass(frozen=True)
class Progress:
    """How many open cases a change has reached, and how many it still will."""

    applied: int
    left: int

    @property
    def minutes(self) -> int:
        return -(-self.left // A_MINUTE)

    def words(self) -> str:
        """What the person who made the change is told."""
        done = ngettext(
            "Applied to %(count)s open case.", "Applied to %(count)s open cases.", self.applied
        ) % {"count": self.applied}
        if not self.left:
            return done
        rest = ngettext(
            "The other %(left)s follow within %(count)s minute.",
            "The other %(left)s follow within %(count)s minutes.",
            self.minutes,
        )
        return gettext("%(done)s %(rest)s") % {
            "done": done,
            "rest": rest % {"left": self.left, "count": self.minutes},
        }


def ask(policy: Policy, *, by: User, at: datetime) -> Recount:
    """Counts every open case anew that `policy` is about: the first ones now, the rest by the workers.

    Call it in the transaction of the change.
    """
    return ask_within(policy, policy.community_id, by=by, at=at)


def ask_within(policy: Policy, community_id: int | None, *, by: User, at: datetime) -> Recount:
    """`ask` for the cases of one community (None: of all), whatever the policy itself reaches: its calendar changed."""
    recount = Recount.objects.create(
        policy=policy,
        community_id=community_id,
        work=policy.work,
        stage=policy.stage,
        asked_by=by,
        asked_at=at,
    )
    for _number in range(AT_ONCE):
        if not _next(recount, at):
            break
    return recount


def go_on(most: int = A_ROUND) -> int:
    """Up to `most` of the cases that wait, each in its own transaction; returns how many were counted anew."""
    done = 0
    with contextlib.suppress(OperationalError):
        while done < most and _go_on():
            done += 1
    return done


def _go_on() -> bool:
    with transaction.atomic():
        unfinished = Recount.objects.select_for_update(skip_locked=True).filter(finished_at=None)
        recount = unfinished.order_by("id").first()
        if recount is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        _next(recount, database_now())
    return True


def progress(policy: Policy) -> Progress | None:
    """How far the application of this change has come; None if it was for new work only."""
    recount = Recount.objects.filter(policy=policy).order_by("id").last()
    if recount is None:
        return None
    left = 0 if recount.finished_at else _waiting(recount).count()
    return Progress(recount.applied, left)


def unfinished(policy: Policy | None) -> Progress | None:
    """The same while cases are left, for the page of the promise."""
    found = progress(policy) if policy else None
    return found if found and found.left else None


def _next(recount: Recount, at: datetime) -> bool:
    """Counts the next case anew; False (and the recount is finished) when none is left."""
    case_id = _waiting(recount).first()
    if case_id is None:
        recount.finished_at = at
    else:
        works.get(recount.work).retarget(case_id, recount.asked_by, at)
        recount.done_until = case_id
        recount.applied += 1
    recount.save(update_fields=["finished_at", "done_until", "applied"])
    return case_id is not None


def _waiting(recount: Recount) -> QuerySet[Clock, int]:
    """Ids of open cases that were not counted anew yet, lowest first."""
    reached = Q() if recount.community_id is None else Q(community=recount.community_id)
    cases = Clock.objects.filter(
        reached,
        work=recount.work,
        stage=recount.stage,
        met_at=None,
        cancelled_at=None,
        case_id__gt=recount.done_until,
        started_at__lte=recount.asked_at,
    )
    return cases.order_by("case_id").values_list("case_id", flat=True).distinct()
