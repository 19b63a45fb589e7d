"""Whom a rung of a ladder means. Never nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from servicecenter.accounts.models import Role, User
from servicecenter.accounts.queries import staff_by_role
from servicecenter.incidents.models import DutyKind, DutyShift
from servicecenter.incidents.queries.duty import on_duty
from servicecenter.lib.works import Firing
from servicecenter.sla.models import Told

# Where nobody is on a rung, the next one hears of it.
CLIMB: tuple[str, ...] = (Told.AGENT, Told.DUTY, Told.SUPERVISOR, Told.MANAGER, Told.ADMIN)
# Which duty answers first for a kind of work; anybody on duty before nobody.
FIRST: Mapping[str, tuple[DutyKind, ...]] = {
    "repair": (DutyKind.ENGINEERING, DutyKind.MANAGER, DutyKind.FRONT_DESK, DutyKind.SECURITY),
}
USUALLY = (DutyKind.FRONT_DESK, DutyKind.MANAGER, DutyKind.ENGINEERING, DutyKind.SECURITY)


@dataclass(frozen=True)
class Chain:
    """The people of one community at an instant, as a ladder asks for them."""

    staff: Mapping[str, Sequence[int]]
    shifts: Sequence[DutyShift]
    # Administrators wherever they work: for a community that has lost everybody.
    last: Sequence[int]

    def recipients(self, firing: Firing, worker: Iterable[int | None] = ()) -> list[int]:
        """User ids for a timer that fired. `worker`: whoever has the case, then whoever else is in charge of it.

        Who took the deadline on hears of it instead of the rung, as long as they still work there.
        """
        if firing.acknowledged_by is not None and self._works_here(firing.acknowledged_by):
            return [firing.acknowledged_by]
        return self.people(firing.tell, work=firing.work, worker=worker)

    def people(self, told: str, *, work: str, worker: Iterable[int | None] = ()) -> list[int]:
        """User ids on a rung, or on the next higher one that has somebody; people who left are nobody."""
        if told == Told.WORKER:
            return self._worker(list(worker), work) or self._climb(Told.DUTY, work)
        return self._climb(told, work)

    def _worker(self, worker: list[int | None], work: str) -> list[int]:
        """Nobody has the case: the person on duty takes the place of whoever should."""
        here = [person for person in worker if person is not None and self._works_here(person)]
        has_it = bool(worker) and worker[0] in here
        return here if has_it else [*here, *(each for each in self.on_duty(work) if each not in here)]

    def _climb(self, told: str, work: str) -> list[int]:
        for rung in CLIMB[CLIMB.index(told) :]:
            people = self.on_duty(work) if rung == Told.DUTY else list(self.staff.get(rung, ()))
            if people:
                return people
        return list(self.last)

    def on_duty(self, work: str) -> list[int]:
        """Whoever is on the duty that answers first for this kind of work; nobody where the roster is empty."""
        for kind in FIRST.get(work, USUALLY):
            if people := [shift.user_id for shift in self.shifts if shift.kind == kind]:
                return people
        return []

    def _works_here(self, person: int) -> bool:
        return any(person in people for people in self.staff.values())


def chains(community_ids: Iterable[int], at: datetime) -> Mapping[int, Chain]:
    """The chain of each community; three queries for any number of them."""
    ids = set(community_ids)
    staff = staff_by_role(ids)
    shifts = on_duty(ids, at)
    last = list(User.objects.active().filter(role=Role.ADMIN).order_by("id").values_list("id", flat=True))
    return {each: Chain(staff.get(each, {}), shifts.get(each, []), last) for each in ids}
