"""A community of two buildings with six homes each, whoever lives there, and campaigns put to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from owners.models import Building, Occupancy, Person, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now, local_day
from surveys.actions import planning, running
from surveys.actions.answering import answer
from surveys.models import Campaign, Invitation, Questionnaire, Response

HOMES = 6
GOOD: dict[str, Any] = {
    "a_desk": 9,
    "a_staff": 9,
    "s_speed": 8,
    "s_quality": 9,
    "s_told": 8,
    "f_lifts": 8,
    "f_order": 7,
    "x_gate": 9,
    "x_patrol": 8,
    "c_stairs": 9,
    "c_green": 8,
    "c_waste": 8,
    "overall": 9,
    "recommend": 9,
}


def library(code: str = "yearly") -> Questionnaire:
    """One that comes with the program."""
    return Questionnaire.objects.get(community=None, code=code)


def in_days(days: int) -> date:
    """A day to come."""
    return local_day(database_now()) + timedelta(days=days)


@dataclass
class Town:
    """`plan(…)` drafts a campaign of 阳光花园, `running(…)` starts it; `answer(…)` says GOOD unless told otherwise."""

    community: Community
    supervisor: User
    units: list[Unit] = field(default_factory=list)

    def plan(self, *, seed: int = 7, by: User | None = None, **wish: Any) -> Campaign:
        given: dict[str, Any] = {
            "title": "2026 满意度",
            "questionnaire": library(),
            "audience": "all",
            "channels": ["portal", "link"],
            "ends_on": in_days(14),
        }
        made = planning.plan(
            planning.Plan(**given | wish), communities=[self.community], by=by or self.supervisor, seed=seed
        )
        return made[0]

    def running(self, **wish: Any) -> Campaign:
        return running.start(self.plan(**wish), by=self.supervisor)

    def closed(self, answers: Sequence[dict[str, Any]] = (), **wish: Any) -> Campaign:
        """With these answers, one a unit in the order of invitations."""
        campaign = self.running(**wish)
        for asked, said in zip(waiting(campaign), answers, strict=False):
            answer(asked, GOOD | said, channel="portal")
        return running.close(campaign, by=self.supervisor)

    def answer(self, campaign: Campaign, unit: Unit, **said: Any) -> Response:
        return answer(Invitation.objects.get(campaign=campaign, unit=unit), GOOD | said, channel="portal")


def waiting(campaign: Campaign) -> list[Invitation]:
    """Those who are asked, building by building."""
    rows = Invitation.objects.filter(campaign=campaign, state="invited").select_related("unit")
    return list(rows.order_by("stratum", "rank"))


@pytest.fixture
def town(yangguang: Community, supervisor_bo: User) -> Town:
    buildings = Building.objects.bulk_create(
        Building(community=yangguang, code=code, position=int(code)) for code in ("1", "2")
    )
    units = Unit.objects.bulk_create(
        Unit(community=yangguang, building=building, code=f"{building.code}-1-{room}01", room=f"{room}01")
        for building in buildings
        for room in range(1, HOMES + 1)
    )
    people = Person.objects.bulk_create(
        Person(community=yangguang, name=f"住户{n}", phone=f"1390000{n:04d}", phone_last4=f"{n:04d}")
        for n in range(len(units))
    )
    since = database_now() - timedelta(days=300)
    Occupancy.objects.bulk_create(
        Occupancy(community=yangguang, unit=unit, person=person, role="owner", since=since, is_primary=True)
        for unit, person in zip(units, people, strict=True)
    )
    return Town(yangguang, supervisor_bo, units)
