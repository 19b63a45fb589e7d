"""每日盘点: every open complaint with its age, its next step and its promise; what has no next step is red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint, Level, Task
from complaints.queries.cases import with_shown
from complaints.queries.guide import NextStep, next_step
from complaints.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import local_day

GRAVEST = tuple(reversed(Level.values))


@dataclass(frozen=True)
class Line:
    """One open complaint. `trouble`: why nothing will happen by itself; '' for one that is on its way."""

    case: Complaint
    days: int
    next: NextStep
    promised: datetime | None
    trouble: str | Promise
    late: bool

    @property
    def is_red(self) -> bool:
        """Whether it has no next step."""
        return bool(self.trouble)


@dataclass(frozen=True)
class Stock:
    """What stood open at one instant, for one reader: what is red first, then what is late, then the gravest."""

    at: datetime
    lines: Sequence[Line]

    @property
    def red(self) -> int:
        """How many have no next step."""
        return sum(line.is_red for line in self.lines)

    @property
    def late(self) -> int:
        """How many are past a promise."""
        return sum(line.late for line in self.lines)


def taken(user: User, at: datetime) -> Stock:
    """The stock of whoever asks: never a complaint about themselves. Two queries, whatever the number."""
    cases = list(with_shown(Complaint.objects.visible_to(user).open()))
    tasks = _next_tasks(cases)
    lines = [_line(case, user, at, tasks.get(case.pk)) for case in cases]
    lines.sort(key=lambda line: (not line.is_red, not line.late, GRAVEST.index(line.case.level), -line.days))
    return Stock(at, lines)


def _next_tasks(cases: Sequence[Complaint]) -> dict[int, datetime]:
    open_tasks = Task.objects.filter(complaint__in=[case.pk for case in cases], done_at=None)
    return dict(open_tasks.values_list("complaint").annotate(first=Min("due_at")))


def _line(case: Complaint, user: User, at: datetime, task: datetime | None) -> Line:
    dues = [due for due in (case.next_due_at, task) if due is not None]
    return Line(
        case=case,
        days=(local_day(at) - local_day(case.received_at)).days,
        next=next_step(case, user),
        promised=min(dues) if dues else None,
        trouble=_trouble(case, dues, at),
        late=case.next_due_at is not None and case.next_due_at < at,
    )


def _trouble(case: Complaint, dues: Sequence[datetime], at: datetime) -> str | Promise:
    """A next step is somebody who takes it and a day to come by which it is taken."""
    if case.handler_id is None and case.status != Status.RECEIVED:
        return _("Nobody is in charge of it.")
    if case.handler_id is None and case.agent_id is None:
        return _("Nobody has taken it yet.")
    if not any(due >= at for due in dues):
        return _("No day to come is promised and no task is given.")
    return ""
