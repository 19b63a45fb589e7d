"""A community for measuring: buildings, homes, whoever lives there, who works there, and what households think."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any

from owners.models import Building, Occupancy, Person, Unit
from servicecenter.accounts.models import Community, Membership, Role, User
from servicecenter.lib.clock import database_now
from surveys.questions import Question

# What everybody thinks of each section of the yearly questionnaire.
SECTIONS = {"a": 8.4, "s": 7.9, "f": 7.2, "x": 8.0, "c": 7.6}
WISHES = (
    "电梯经常停，请尽快维修",
    "车位太少，晚上停车乱",
    "楼道卫生可以再打扫勤一点",
    "师傅态度很好，谢谢",
    "希望公示收费明细",
    "绿化很好",
    "",
    "",
    "",
)


def community(code: str, name: str, sizes: Sequence[int]) -> Community:
    """Buildings of so many units; an owner in each unit, every second one with a login."""
    made = Community.objects.create(
        code=code, name=name, series=code[0], calls_from=time(0), calls_until=time(23, 59)
    )
    buildings = [
        Building.objects.create(community=made, code=str(n), position=n) for n in range(1, len(sizes) + 1)
    ]
    units = sum(sizes)
    homes = Unit.objects.bulk_create(
        Unit(
            community=made,
            building=building,
            code=f"{building.code}-1-{n // 4 + 1:02}0{n % 4 + 1}",
            room=f"{n}",
        )
        for building, size in zip(buildings, sizes, strict=True)
        for n in range(size)
    )
    logins = User.objects.bulk_create(
        User(username=f"{code}{n}", name=f"住户{n}", role=Role.RESIDENT, phone=f"137{ord(code[0])}{n:06d}")
        for n in range(0, units, 2)
    )
    people = Person.objects.bulk_create(
        Person(
            community=made,
            name=f"住户{n}",
            phone=f"139{ord(code[0])}{n:06d}",
            phone_last4=f"{n:04d}",
            user=logins[n // 2] if n % 2 == 0 else None,
        )
        for n in range(units)
    )
    since = database_now() - timedelta(days=900)
    Occupancy.objects.bulk_create(
        Occupancy(community=made, unit=unit, person=person, role="owner", since=since, is_primary=True)
        for unit, person in zip(homes, people, strict=True)
    )
    return made


def hire(username: str, role: str, *places: Community) -> User:
    made = User.objects.create(username=username, name=username, role=role)
    Membership.objects.bulk_create(Membership(user=made, community=each) for each in places)
    return made


class Voices:
    """What households answer to these questions, by a seed."""

    def __init__(self, seed: int, questions: Sequence[Question]) -> None:
        self.rng, self.questions = random.Random(seed), questions

    def say(self, building: int, change: dict[str, float], *, skips: bool = False) -> dict[str, Any]:
        """The answers of one household to the yearly questionnaire; on the phone and on paper some are left out."""
        mood = self.rng.gauss(0, 1.0) - 0.12 * building
        felt = {
            key: middle + change.get(key, 0.0) + mood + self.rng.gauss(0, 0.8)
            for key, middle in SECTIONS.items()
        }
        asked = [each.code for each in self.questions if each.counts]
        said: dict[str, Any] = {code: self.mark(felt[code[0]]) for code in asked}
        all_in_all = 0.45 * felt["s"] + 0.3 * felt["f"] + 0.1 * (felt["a"] + felt["x"]) + 0.05 * felt["c"]
        said["overall"] = self.mark(all_in_all)
        said["recommend"] = self.mark(all_in_all + 0.3, least=0)
        if skips:
            said = {
                code: mark for code, mark in said.items() if code == "overall" or self.rng.random() > 0.06
            }
        if said["overall"] <= 5:
            said["why"] = self.rng.choice(WISHES[:3])
        wish = self.rng.choice(WISHES)
        return said | ({"wish": wish} if wish else {})

    def mark(self, felt: float, least: int = 1) -> int:
        return max(least, min(10, round(felt + self.rng.gauss(0, 0.5))))
