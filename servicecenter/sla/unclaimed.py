"""Missed deadlines that nobody has taken on yet 无人认领的超时, of every kind of work that can be listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from servicecenter.accounts.models import User
from servicecenter.lib import works
from servicecenter.lib.works import CaseLine
from servicecenter.sla.models import Clock, Stage

SHOWN = 10


@dataclass(frozen=True)
class Late:
    """One case with a missed deadline: since when it is late, and what it is about."""

    work: str
    case_id: int
    stage: str
    due_at: datetime
    line: CaseLine


@dataclass(frozen=True)
class Unclaimed:
    """The longest missed ones, and whether there are more."""

    rows: list[Late]
    more: bool


def unclaimed(
    user: User, at: datetime, *, communities: Iterable[int] | None = None, most: int = SHOWN
) -> Unclaimed:
    """What nobody takes care of in the communities of `user`, one row a case, the longest missed first.

    Kinds of work without lines are left out: a late follow-up call is taken on by claiming it. One query, and one for
    each kind.
    """
    mine = set(user.community_ids)
    kinds = {work.code: work for work in works.all_works() if work.lines is not None}
    clocks = (
        Clock.objects.missed(at)
        .unacknowledged()
        .filter(work__in=kinds, community__in=mine if communities is None else mine & set(communities))
        .order_by("due_at", "id")
    )
    # A case has at most one clock a stage; one case more than is shown tells whether there are more.
    first: dict[tuple[str, int], Clock] = {}
    for clock in clocks[: (most + 1) * len(Stage)]:
        first.setdefault((clock.work, clock.case_id), clock)
    chosen = list(first.values())[:most]
    lines = {
        (code, case_id): line
        for code, work in kinds.items()
        if work.lines is not None and (ids := [clock.case_id for clock in chosen if clock.work == code])
        for case_id, line in work.lines(user, ids).items()
    }
    rows = [
        Late(clock.work, clock.case_id, str(Stage(clock.stage).label), clock.due_at, line)
        for clock in chosen
        if clock.due_at is not None and (line := lines.get((clock.work, clock.case_id))) is not None
    ]
    return Unclaimed(rows, len(first) > most)
