"""What is known of contractors: their permits, violations and days, and how many stars that makes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, Q, QuerySet
from django.db.models.functions import Extract

from decoration.models import Contractor, Violation
from decoration.workflow import RUNNING
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event

MOST_STARS = 5
# A permit that changed hands: until when which contractor answered for it, oldest first.
Hands = Mapping[int, list[tuple[datetime, int]]]


@dataclass(frozen=True)
class Record:
    """A contractor as the desk rates it: five stars less one for each violation a permit, never below one."""

    contractor: Any
    violations: int
    # Of these: put right after their day, or not yet although it is past.
    late: int = 0

    @property
    def per_permit(self) -> float:
        """Violations a permit."""
        permits: int = self.contractor.all_permits
        return self.violations / permits if permits else 0.0

    @property
    def stars(self) -> int:
        """1 to 5; 0 for one that never had a permit here."""
        return max(1, MOST_STARS - int(self.per_permit + 0.5)) if self.contractor.all_permits else 0


def contractors_of(user: User) -> QuerySet[Contractor]:
    """Contractors with their record here: permits, how many run, days that works took on average."""
    took = ExpressionWrapper(
        Extract(F("permits__accepted_at") - F("permits__issued_at"), "epoch"), FloatField()
    )
    rows = Contractor.objects.visible_to(user).annotate(
        all_permits=Count("permits", Q(permits__issued_at__isnull=False), distinct=True),
        running=Count("permits", Q(permits__status__in=RUNNING), distinct=True),
        took=Avg(took / 86400.0, filter=Q(permits__accepted_at__isnull=False)),
    )
    return rows.order_by("name", "id")


def records_of(user: User, at: datetime, rows: Iterable[Contractor] | None = None) -> list[Record]:
    """Every contractor (or those of `rows`, as `contractors_of` gives them) with its record; three queries."""
    broken, late = counted_violations(Violation.objects.visible_to(user), at)
    shown = contractors_of(user) if rows is None else rows
    return [Record(each, broken[each.pk], late[each.pk]) for each in shown]


def counted_violations(
    rows: QuerySet[Violation], at: datetime
) -> tuple[Counter[int | None], Counter[int | None]]:
    """Violations by the contractor who answered for the site when they were found, and those of them put right late."""
    found: Counter[int | None] = Counter()
    late: Counter[int | None] = Counter()
    hands = changed_hands(rows)
    wanted = ("permit_id", "permit__contractor_id", "found_at", "due_at", "mended_at")
    for permit_id, now, found_at, due_at, mended_at in rows.order_by("id").values_list(*wanted):
        who = answered_by(permit_id, now, found_at, hands)
        found[who] += 1
        late[who] += (mended_at or at) > due_at
    return found, late


def changed_hands(rows: QuerySet[Violation]) -> Hands:
    """Permits with violations whose contractor was changed."""
    events = Event.objects.filter(
        work="permit",
        action="grant_change",
        case_id__in=rows.order_by().values("permit_id"),
        data__has_key="before",
    )
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for case_id, at, data in events.order_by("id").values_list("case_id", "at", "data"):
        found[case_id].append((at, data["before"]))
    return found


def answered_by(permit_id: int, now: int | None, at: datetime, hands: Hands) -> int | None:
    """Who answered for a site at an instant: whoever has it now, unless it changed hands since."""
    return next((before for until, before in hands.get(permit_id, ()) if at < until), now)


def rules_broken(user: User, contractor: Contractor) -> list[tuple[str, int]]:
    """Which rules were broken on the sites of a contractor, how often, the most often first."""
    rows = Violation.objects.visible_to(user).filter(community=contractor.community_id)
    hands = changed_hands(rows)
    wanted = ("permit_id", "permit__contractor_id", "found_at", "text")
    found = Counter(
        text
        for permit_id, now, found_at, text in rows.order_by("id").values_list(*wanted)
        if answered_by(permit_id, now, found_at, hands) == contractor.pk
    )
    return found.most_common()
