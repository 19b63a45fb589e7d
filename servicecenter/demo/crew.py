"""The people and homes of one community that take part in the history, and when people report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from owners.models import Building, Occupancy, Person, Unit
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import LOCAL, local_day, start_of_day

DAY_BEGINS, DAY_ENDS = 8.5, 20.0


@dataclass
class Crew:
    """The people and units of one community that take part in the history."""

    community: Community
    agents: Sequence[User]
    supervisors: Sequence[User]
    technicians: Sequence[User]
    homes: Sequence[tuple[Unit, Person]]
    buildings: Sequence[Building]
    rng: Random
    slow: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, community: Community, rng: Random) -> Crew:
        """Everybody of a community; the last technician is the one whose phone calls are late."""
        staff = User.objects.staff_of([community.pk]).order_by("id")
        primary = (
            Occupancy.objects.current()
            .filter(community=community, is_primary=True, unit__use="residence", person__user__isnull=False)
            .select_related("unit__building", "unit__community", "person__user")
            .order_by("id")
        )
        technicians = [user for user in staff if user.role == Role.TECHNICIAN]
        return cls(
            community=community,
            agents=[user for user in staff if user.role == Role.AGENT],
            supervisors=[user for user in staff if user.role == Role.SUPERVISOR],
            technicians=technicians,
            homes=[(each.unit, each.person) for each in primary],
            buildings=list(Building.objects.filter(community=community)),
            rng=rng,
            slow={technicians[-1].pk},
        )

    def homes_of(self, phone: str) -> list[tuple[Unit, Person]]:
        """Where the person with this number lives now, as primary contact or not."""
        current = Occupancy.objects.current().filter(community=self.community, person__phone=phone)
        rows = current.select_related("unit__building", "unit__community", "person__user").order_by("id")
        return [(each.unit, each.person) for each in rows]

    def technician_for(self, trade: str) -> User:
        """Somebody of the trade, mostly."""
        fitting = [user for user in self.technicians if trade in user.trades]
        return self.rng.choice(fitting or list(self.technicians))

    def minutes(self, low: float, high: float) -> timedelta:
        return timedelta(minutes=self.rng.uniform(low, high))

    def by_day(self, at: datetime) -> datetime:
        """The same instant, or the next morning if people sleep."""
        local = at.astimezone(LOCAL)
        hour = local.hour + local.minute / 60
        if DAY_BEGINS <= hour < DAY_ENDS:
            return at
        day = local_day(at) if hour < DAY_BEGINS else local_day(at) + timedelta(days=1)
        return start_of_day(day) + timedelta(hours=DAY_BEGINS, minutes=self.rng.uniform(0, 45))

    def chance(self, share: float) -> bool:
        return self.rng.random() < share


def report_times(rng: Random, since: datetime, until: datetime, per_day: float) -> Iterator[datetime]:
    """Instants of reports: more in the morning and evening, a few at night, a lull on no day at all."""
    at = since
    while True:
        at += timedelta(days=rng.expovariate(per_day))
        if at >= until:
            return
        hour = rng.choices(
            range(24), weights=[1] * 6 + [3, 8, 12, 12, 10, 8, 6, 6, 7, 8, 8, 9, 12, 13, 10, 6, 3, 1]
        )[0]
        moment = start_of_day(local_day(at)) + timedelta(hours=hour, minutes=rng.uniform(0, 59))
        if since <= moment < until:
            yield moment
