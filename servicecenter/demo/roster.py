"""The duty roster of the demo: the week before, this one and the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from servicecenter.accounts.models import Community, User
from servicecenter.incidents.actions import add_shifts
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.incidents.queries.duty import monday_of
from servicecenter.lib.clock import LOCAL, local_day, start_of_day

DAYS = 21


@dataclass(frozen=True)
class Turn:
    """People who take turns at one duty, day by day; `days` are the weekdays (0 Monday) on which it is kept."""

    community: str
    kind: DutyKind
    people: tuple[str, ...]
    begins: int
    hours: int
    days: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)


TURNS = (
    Turn("YG", DutyKind.FRONT_DESK, ("agent", "zhoujie"), 8, 12),
    Turn("YG", DutyKind.ENGINEERING, ("technician", "heyong", "fangwei", "luobin"), 8, 24),
    Turn("YG", DutyKind.SECURITY, ("security",), 19, 12),
    Turn("YG", DutyKind.MANAGER, ("supervisor",), 9, 9, (0, 1, 2, 3, 4)),
    Turn("BJ", DutyKind.FRONT_DESK, ("agent2",), 8, 12),
    Turn("BJ", DutyKind.ENGINEERING, ("technician2",), 8, 14),
    Turn("BJ", DutyKind.MANAGER, ("caixia",), 9, 9, (0, 1, 2, 3, 4)),
    Turn("BJ", DutyKind.MANAGER, ("manager",), 9, 9, (5, 6)),
)


def build(communities: Iterable[Community], *, at: datetime) -> None:
    """Writes the roster around `at`, by a supervisor of each community; a second call changes nothing."""
    monday = monday_of(local_day(at)) - timedelta(days=7)
    for community in communities:
        if DutyShift.objects.filter(community=community).exists():
            continue
        keeper = User.objects.staff_of([community.pk], "supervisor").order_by("id").first()
        assert keeper is not None
        for turn in TURNS:
            if turn.community == community.code:
                _keep(turn, community, keeper, monday)


def _keep(turn: Turn, community: Community, keeper: User, monday: date) -> None:
    people = [User.objects.get(username=name) for name in turn.people]
    for number in range(DAYS):
        day = monday + timedelta(days=number)
        if day.weekday() not in turn.days:
            continue
        begins = datetime.combine(day, time(turn.begins), LOCAL)
        add_shifts(
            community=community,
            user=people[number % len(people)],
            kind=turn.kind,
            starts_at=begins,
            ends_at=begins + timedelta(hours=turn.hours),
            by=keeper,
            at=start_of_day(monday),
        )
