"""Who is on duty now, and the roster of a week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from servicecenter.accounts.models import Community, User
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.lib.clock import local_day, start_of_day

ORDER = {kind: number for number, kind in enumerate(DutyKind.values)}


def on_duty(communities: Iterable[int], at: datetime) -> Mapping[int, list[DutyShift]]:
    """The shifts that run at `at`, by community, in the order of `DutyKind`; one query for any number of them."""
    found: dict[int, list[DutyShift]] = defaultdict(list)
    shifts = DutyShift.objects.on_duty(communities, at).select_related("user", "community")
    for shift in sorted(shifts, key=lambda each: (ORDER[each.kind], each.starts_at, each.pk)):
        found[shift.community_id].append(shift)
    return found


@dataclass(frozen=True)
class Cell:
    """One day of one duty: the shifts that begin on it; on the first day also those that reach into it."""

    day: date
    shifts: Sequence[DutyShift]


@dataclass(frozen=True)
class Line:
    """One duty over a week."""

    kind: DutyKind
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Week:
    """The roster of one community from a Monday on."""

    community: Community
    monday: date
    lines: Sequence[Line]
    holes: int

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=number) for number in range(7)]

    @property
    def before(self) -> date:
        return self.monday - timedelta(days=7)

    @property
    def after(self) -> date:
        return self.monday + timedelta(days=7)


def monday_of(day: date) -> date:
    """The Monday on or before `day`."""
    return day - timedelta(days=day.weekday())


def week_of(community: Community, monday: date) -> Week:
    """The roster of a week with the number of its days on which nobody at all is on duty; one query."""
    start = start_of_day(monday)
    end = start_of_day(monday + timedelta(days=7))
    shifts = list(
        DutyShift.objects.filter(community=community, starts_at__lt=end, ends_at__gt=start)
        .select_related("user")
        .order_by("starts_at", "id")
    )
    days = [monday + timedelta(days=number) for number in range(7)]
    lines = [
        Line(kind, [Cell(day, [each for each in shifts if _stands(each, kind, day, monday)]) for day in days])
        for kind in DutyKind
    ]
    return Week(community, monday, lines, sum(not _covered(shifts, day) for day in days))


def _stands(shift: DutyShift, kind: DutyKind, day: date, monday: date) -> bool:
    return shift.kind == kind and max(monday, local_day(shift.starts_at)) == day


def _covered(shifts: Sequence[DutyShift], day: date) -> bool:
    start, end = start_of_day(day), start_of_day(day + timedelta(days=1))
    present = [shift for shift in shifts if shift.kind != DutyKind.AWAY]
    return any(shift.starts_at < end and shift.ends_at > start for shift in present)


def engineers_now(user_ids: Iterable[int], at: datetime) -> Mapping[int, str]:
    """Whose engineering shift runs at `at`, and who is away, whatever the community; one query."""
    kinds = (DutyKind.ENGINEERING, DutyKind.AWAY)
    running = DutyShift.objects.filter(user__in=set(user_ids), starts_at__lte=at, ends_at__gt=at)
    return dict(running.filter(kind__in=kinds).values_list("user_id", "kind"))


def people_for_duty(user: User, community: Community) -> list[User]:
    """Active staff of a community of `user`, by role and name."""
    if community.pk not in user.community_ids:
        return []
    return list(User.objects.staff_of([community.pk]).order_by("role", "name", "id"))
