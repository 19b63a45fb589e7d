"""月度投诉分析: what the complaints of one month were about, where, what came back, and which promises were kept.

Nobody's name and nobody's words stand in it, so that it can be laid on any table; and nobody's figures contain a
complaint about themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from complaints.models import Complaint, Type
from complaints.queries.cases import REPEAT_WITHIN
from complaints.workflow import OPEN, Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import start_of_day
from servicecenter.sla.models import Clock, Stage

ASIDE = (Status.WITHDRAWN, Status.CONVERTED)
MOST_BUILDINGS = 10


@dataclass(frozen=True)
class Topic:
    """A type: how many, how many a month before, still open, opened again."""

    label: str
    count: int
    before: int
    open: int
    reopened: int


@dataclass(frozen=True)
class Kept:
    """A promise of a stage: how many fell due, how many of them were kept."""

    label: str
    due: int
    kept: int

    @property
    def share(self) -> int:
        """In per cent."""
        return round(100 * self.kept / self.due) if self.due else 0


@dataclass(frozen=True)
class Analysis:
    """One month of complaints."""

    month: date
    cases: Sequence[Complaint]
    topics: Sequence[Topic]
    buildings: Sequence[tuple[str, int]]
    promises: Sequence[Kept]
    # Of the same home and type within 90 days before.
    repeats: Sequence[Complaint]
    # Opened again, or told again by the same home after it was closed.
    recurred: Sequence[Complaint]
    groups: Sequence[tuple[Complaint, int]]


def first_of(text: str, today: date) -> date:
    """The first day of the month that `2026-11` means, this month's for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m").date() if text.isascii() else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the next one."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_before(month: date) -> date:
    """The first day of the one before."""
    return (month - timedelta(days=1)).replace(day=1)


def analysed(user: User, month: date, at: datetime) -> Analysis:
    """The month as `user` may know it; five queries, whatever the number."""
    cases = _received(user, month, month_after(month))
    earlier = _received(user, month_before(month), month)
    before = Counter(case.type for case in earlier)
    repeats = _repeats(user, cases)
    return Analysis(
        month=month,
        cases=cases,
        topics=_topics(cases, before),
        buildings=Counter(case.building.name for case in cases if case.building).most_common(MOST_BUILDINGS),
        promises=_kept([case.pk for case in cases], at),
        repeats=repeats,
        recurred=[case for case in cases if case.reopen_count or _came_back(case, repeats)],
        groups=_groups(cases),
    )


def _received(user: User, start: date, end: date) -> list[Complaint]:
    rows = Complaint.objects.visible_to(user).exclude(status__in=ASIDE)
    found = rows.filter(received_at__gte=start_of_day(start), received_at__lt=start_of_day(end))
    return list(found.select_related("building", "unit", "lead", "community").order_by("id"))


def _topics(cases: Sequence[Complaint], before: Counter[str]) -> list[Topic]:
    found = [
        _topic(type, [case for case in cases if case.type == type], before[type])
        for type in Type
        if before[type] or any(case.type == type for case in cases)
    ]
    return sorted(found, key=lambda topic: -topic.count)


def _topic(type: Type, cases: Sequence[Complaint], before: int) -> Topic:
    return Topic(
        str(type.label),
        len(cases),
        before,
        sum(case.status in OPEN for case in cases),
        sum(bool(case.reopen_count) for case in cases),
    )


def _kept(ids: Sequence[int], at: datetime) -> list[Kept]:
    """What was promised of these and is due by now; in every round."""
    clocks = Clock.objects.filter(work="complaint", case_id__in=ids, cancelled_at=None, due_at__isnull=False)
    due: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for stage, due_at, met_at in clocks.values_list("stage", "due_at", "met_at"):
        if due_at is not None and (met_at is not None or due_at < at):
            due[stage] += 1
            kept[stage] += met_at is not None and met_at <= due_at
    return [Kept(str(stage.label), due[stage], kept[stage]) for stage in Stage if due[stage]]


def _repeats(user: User, cases: Sequence[Complaint]) -> list[Complaint]:
    """Those with another one of the same home and type up to 90 days before; it stands at `earlier`."""
    homes = {case.unit_id for case in cases if case.unit_id}
    if not homes:
        return []
    since = min(case.received_at for case in cases) - REPEAT_WITHIN
    rows = Complaint.objects.visible_to(user).exclude(status__in=ASIDE).filter(unit__in=homes)
    known: dict[tuple[int | None, str], list[Complaint]] = {}
    for each in rows.filter(received_at__gte=since).order_by("id"):
        known.setdefault((each.unit_id, each.type), []).append(each)
    found = []
    for case in cases:
        same = known.get((case.unit_id, case.type), []) if case.unit_id else []
        limit = case.received_at - REPEAT_WITHIN
        earlier = [each for each in same if limit <= each.received_at < case.received_at]
        if earlier:
            case.earlier = earlier[-1]  # type: ignore[attr-defined]  # for the page
            found.append(case)
    return found


def _came_back(case: Complaint, repeats: Sequence[Complaint]) -> bool:
    """Whether the one before it had been closed already."""
    earlier = getattr(case, "earlier", None) if case in repeats else None
    closed = earlier.first_closed_at if earlier else None
    return closed is not None and closed <= case.received_at


def _groups(cases: Sequence[Complaint]) -> list[tuple[Complaint, int]]:
    """Leads of groups with how many households went with them, the largest first."""
    sizes = Counter(case.lead for case in cases if case.lead is not None)
    return sizes.most_common(MOST_BUILDINGS)
