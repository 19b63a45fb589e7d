"""装修统计: how long each stage took, what was done where, which rules were broken by whom, which deposits came back in
time. Nobody's name stands in it: a permit counts, not a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import Count, F, Q
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from decoration.models import Contractor, Permit, PermitQuerySet, Violation, Work
from decoration.queries.records import answered_by, changed_hands
from decoration.workflow import RUNNING, Status
from owners.models import Building
from servicecenter.accounts.models import User
from servicecenter.lib.clock import end_of_day, local_day, start_of_day
from servicecenter.sla.models import Clock, Stage

DAY = 86400


@dataclass(frozen=True)
class Asked:
    """Which permits: from the beginning of one day to the end of another, of one community or of all."""

    since: date
    until: date
    community_id: int | None = None

    @property
    def start(self) -> datetime:
        """Its first instant."""
        return start_of_day(self.since)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return end_of_day(self.until)

    def holds(self, at: datetime | None) -> bool:
        """Whether an instant lies in it."""
        return at is not None and self.start <= at < self.end

    def within(self, name: str) -> Q:
        """The same for a query."""
        return Q(**{f"{name}__gte": self.start, f"{name}__lt": self.end})


@dataclass(frozen=True)
class Took:
    """A stage: how many ended it in the period, and how many days it took."""

    label: str
    count: int
    middle: float
    longest: float


@dataclass(frozen=True)
class Broken:
    """Violations of one rule, or on the sites of one contractor."""

    label: str
    count: int
    permits: int
    late: int
    open: int


@dataclass(frozen=True)
class Month:
    """Deposits of a month: back in time, back late, not back although they should be."""

    month: date
    kept: int
    late: int
    open: int

    @property
    def due(self) -> int:
        """All of them."""
        return self.kept + self.late + self.open

    @property
    def share(self) -> int:
        """Of what was due, in per cent."""
        return round(100 * self.kept / self.due) if self.due else 0


@dataclass(frozen=True)
class Place:
    """A building: permits issued in the period, sites that work goes on at now, violations found in the period."""

    label: str
    permits: int
    running: int
    violations: int


@dataclass(frozen=True)
class Figures:
    """Everything on the page."""

    asked: Asked
    submitted: int
    issued: int
    accepted: int
    closed: int
    stages: Sequence[Took]
    by_contractor: Sequence[Broken]
    by_rule: Sequence[Broken]
    refunds: Sequence[Month]
    works: Sequence[tuple[str, int, int]]
    buildings: Sequence[Place]

    @property
    def violations(self) -> int:
        """Found in the period."""
        return sum(each.count for each in self.by_rule)

    @property
    def refunds_due(self) -> int:
        """Back in the period, or overdue since."""
        return sum(each.due for each in self.refunds)

    @property
    def refunds_kept(self) -> int:
        """Of these in time."""
        return sum(each.kept for each in self.refunds)

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (self.submitted or self.issued or self.accepted or self.closed or self.violations)


# label, begins with, ends with
STAGES: Sequence[tuple[str | Promise, str, str]] = (
    (pgettext_lazy("stage of a permit", "Writing"), "begun_at", "submitted_at"),
    (pgettext_lazy("stage of a permit", "Review"), "submitted_at", "approved_at"),
    (pgettext_lazy("stage of a permit", "Signing and paying"), "approved_at", "issued_at"),
    (pgettext_lazy("stage of a permit", "Works"), "issued_at", "acceptance_asked_at"),
    (pgettext_lazy("stage of a permit", "Acceptance"), "acceptance_asked_at", "accepted_at"),
    (pgettext_lazy("stage of a permit", "Deposit back"), "accepted_at", "closed_at"),
)
INSTANTS = (
    "begun_at",
    "submitted_at",
    "approved_at",
    "issued_at",
    "acceptance_asked_at",
    "accepted_at",
    "closed_at",
)


def figures_of(user: User, asked: Asked, at: datetime) -> Figures:
    """The figures as `user` may know them; ten queries, whatever the number."""
    rows = _permits(user, asked)
    instants = list(rows.values(*INSTANTS))
    counted = {name: sum(asked.holds(each[name]) for each in instants) for name in INSTANTS}
    violations = _violations(user, asked)
    return Figures(
        asked=asked,
        submitted=counted["submitted_at"],
        issued=counted["issued_at"],
        accepted=counted["accepted_at"],
        closed=sum(asked.holds(each["closed_at"]) and each["accepted_at"] is not None for each in instants),
        stages=[_took(instants, asked, *stage) for stage in STAGES],
        by_contractor=_broken(violations, at, lambda each: each.answers),
        by_rule=_broken(violations, at, lambda each: (each.text, None)),
        refunds=_refunds(rows, asked, at),
        works=_works(rows, asked),
        buildings=_buildings(user, asked, violations),
    )


def _permits(user: User, asked: Asked) -> PermitQuerySet:
    """Those that were under way in the period."""
    rows = Permit.objects.visible_to(user).exclude(status=Status.DRAFT).filter(begun_at__lt=asked.end)
    if asked.community_id is not None:
        rows = rows.filter(community=asked.community_id)
    return rows.filter(Q(closed_at=None) | Q(closed_at__gte=asked.start)).order_by("id")


def permits_for_table(user: User, asked: Asked) -> PermitQuerySet:
    """The same with what a table says of each."""
    rows = _permits(user, asked).select_related("community", "unit__building", "contractor")
    return rows.annotate(
        found=Count("violations", distinct=True),
        found_late=Count("violations", Q(violations__mended_at__gt=F("violations__due_at")), distinct=True),
    )


def days_between(first: datetime | None, last: datetime | None) -> float | None:
    """Days with a tenth; None while one of the two is missing, or where they are of different rounds."""
    if first is None or last is None or last < first:
        return None
    return round((last - first).total_seconds() / DAY, 1)


def _took(
    instants: Sequence[dict[str, Any]], asked: Asked, label: str | Promise, first: str, last: str
) -> Took:
    spans = [days_between(each[first], each[last]) for each in instants if asked.holds(each[last])]
    days = [each for each in spans if each is not None]
    return Took(str(label), len(days), round(median(days), 1) if days else 0.0, max(days, default=0.0))


def _violations(user: User, asked: Asked) -> list[Violation]:
    """Those that were found in the period, each with the contractor who answered for the site then (`answers`)."""
    rows = Violation.objects.visible_to(user).filter(asked.within("found_at"))
    if asked.community_id is not None:
        rows = rows.filter(community=asked.community_id)
    hands = changed_hands(rows)
    found = list(rows.select_related("permit__unit__building").order_by("id"))
    names = dict(Contractor.objects.visible_to(user).values_list("pk", "name"))
    for each in found:
        who = answered_by(each.permit_id, each.permit.contractor_id, each.found_at, hands)
        each.answers = (names.get(who, "—") if who else "—", who)  # type: ignore[attr-defined]  # for the counts
    return found


def _broken(
    rows: Sequence[Violation], at: datetime, label: Callable[[Any], tuple[str, int | None]]
) -> list[Broken]:
    groups: dict[tuple[str, int | None], list[Violation]] = {}
    for each in rows:
        groups.setdefault(label(each), []).append(each)
    found = [
        Broken(
            name,
            len(each),
            len({one.permit_id for one in each}),
            sum((one.mended_at or at) > one.due_at for one in each),
            sum(one.mended_at is None for one in each),
        )
        for (name, _who), each in groups.items()
    ]
    return sorted(found, key=lambda each: -each.count)


def _refunds(rows: PermitQuerySet, asked: Asked, at: datetime) -> list[Month]:
    """Deposits that came back in the period, or should have, by month."""
    clocks = Clock.objects.filter(work="refund", stage=Stage.REFUND, cancelled_at=None)
    mine = clocks.filter(case_id__in=rows.order_by().values("pk"), due_at__isnull=False)
    overdue = Q(met_at=None, due_at__lt=at) & asked.within("due_at")
    counts: dict[date, Counter[str]] = {}
    for due_at, met_at in mine.filter(asked.within("met_at") | overdue).values_list("due_at", "met_at"):
        assert due_at is not None
        how = "open" if met_at is None else "kept" if met_at <= due_at else "late"
        counts.setdefault(local_day(met_at or due_at).replace(day=1), Counter())[how] += 1
    return [Month(month, each["kept"], each["late"], each["open"]) for month, each in sorted(counts.items())]


def _works(rows: PermitQuerySet, asked: Asked) -> list[tuple[str, int, int]]:
    """Kind of works, on how many permits that were issued in the period, in how many rooms."""
    issued = rows.filter(asked.within("issued_at")).order_by().values("pk")
    found = Work.objects.in_force().filter(permit__in=issued).order_by().values_list("text")
    counted = found.annotate(permits=Count("permit", distinct=True), rooms=Count("id"))
    return [(text, permits, rooms) for text, permits, rooms in counted.order_by("-permits", "text")]


def _buildings(user: User, asked: Asked, violations: Sequence[Violation]) -> list[Place]:
    rows = Permit.objects.visible_to(user)
    if asked.community_id is not None:
        rows = rows.filter(community=asked.community_id)
    broken = Counter(each.permit.unit.building_id for each in violations)
    counted = (
        rows.filter(issued_at__isnull=False)
        .values_list("unit__building")
        .annotate(issued=Count("id", asked.within("issued_at")), running=Count("id", Q(status__in=RUNNING)))
    )
    facts = {pk: (issued, running) for pk, issued, running in counted.order_by()}
    buildings = Building.objects.filter(pk__in=facts).select_related("community")
    several = len({each.community_id for each in buildings}) > 1
    return [
        Place(f"{each.community} {each}" if several else str(each), *facts[each.pk], broken[each.pk])
        for each in buildings.order_by("community__code", "position", "id")
        if any(facts[each.pk]) or broken[each.pk]
    ]
