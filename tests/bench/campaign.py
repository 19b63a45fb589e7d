"""A campaign of 1,260 units through all channels: `python -m tests.bench.campaign`, inside `tools.services`, after
`migrate`.

A community of ten buildings was asked a year ago and is asked again, together with another one. Residents answer in the
portal, by the link of a message and from the poster; agents call, and type paper in, two for each sheet. Everything is
asked for and sent as a browser does it. Then it is closed, and each figure of the results is worked out a second time
in another way (`tests.bench.recount`), and must be equal. `--write` writes docs/figures/campaign.md.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from owners.models import Building, Occupancy, Person, Unit  # noqa: E402
from servicecenter.accounts.models import Community, Membership, Role, User  # noqa: E402
from servicecenter.lib.clock import database_now, local_day  # noqa: E402
from surveys.actions import planning, running  # noqa: E402
from surveys.actions.answering import answer  # noqa: E402
from surveys.models import Campaign, Invitation, Questionnaire  # noqa: E402
from surveys.work import entrance  # noqa: E402
from tests.bench.day import Hand  # noqa: E402
from tests.bench.recount import figures  # noqa: E402

BUILDINGS = 10
# Of all units, who answers by which way; the rest never does.
SHARES = {"portal": 0.14, "link": 0.13, "poster": 0.05, "phone": 0.08, "paper": 0.05}
# What a building thinks of each section, beside what everybody thinks; the lifts got worse, the repairs better.
SECTIONS = {"a": 8.4, "s": 7.9, "f": 7.2, "x": 8.0, "c": 7.6}
BETTER = {"s": 0.7, "f": -0.6}
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


class Guest:
    """Somebody without a login at a phone."""

    def __init__(self) -> None:
        self.hand = Hand.__new__(Hand)
        self.hand.client = Client()
        self.hand.user = User(role="guest")


def community(code: str, name: str, units: int, small: int) -> Community:
    """Ten buildings alike and one of `small` units; an owner in each, every second one with a login."""
    made = Community.objects.create(
        code=code, name=name, series=code[0], calls_from=time(0), calls_until=time(23, 59)
    )
    buildings = [
        Building.objects.create(community=made, code=str(n), position=n) for n in range(1, BUILDINGS + 2)
    ]
    sizes = [(units - small) // BUILDINGS] * BUILDINGS
    sizes[0] += units - small - sum(sizes)
    homes = Unit.objects.bulk_create(
        Unit(
            community=made,
            building=building,
            code=f"{building.code}-1-{n // 4 + 1:02}0{n % 4 + 1}",
            room=f"{n}",
        )
        for building, size in zip(buildings, [*sizes, small], strict=True)
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
    """What households think, by a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def say(self, building: int, change: dict[str, float], *, skips: bool = False) -> dict[str, Any]:
        """The answers of one household to the yearly questionnaire; on the phone and on paper some are left out."""
        mood = self.rng.gauss(0, 1.0) - 0.12 * building
        felt = {
            key: middle + change.get(key, 0.0) + mood + self.rng.gauss(0, 0.8)
            for key, middle in SECTIONS.items()
        }
        asked = [each.code for each in QUESTIONS if each.counts]
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


QUESTIONS: tuple[Any, ...] = ()


class Asking:
    """One running campaign, and who answers it how."""

    def __init__(self, campaign: Campaign, agents: list[Hand], seed: int) -> None:
        self.campaign, self.agents = campaign, agents
        self.voices = Voices(seed)
        self.rng = random.Random(seed + 1)
        self.did: Counter[str] = Counter()

    def run(self) -> None:
        """Everybody who answers, channel by channel, in the order of a shuffled roll."""
        asked = list(
            Invitation.objects.filter(campaign=self.campaign).select_related("unit", "stratum__building")
        )
        self.rng.shuffle(asked)
        # A building of twelve from which three answer: nobody may be found out there.
        small = [each for each in asked if each.unit and each.unit.building.code == str(BUILDINGS + 1)]
        rest = [each for each in asked if each not in small]
        for each in small[:3]:
            self.link(each)
        wanted = {channel: int(share * len(asked)) for channel, share in SHARES.items()}
        for channel in ("portal", "link", "poster", "paper"):
            for _turn in range(wanted[channel]):
                each = next(one for one in reversed(rest) if channel != "portal" or self.login(one))
                rest.remove(each)
                getattr(self, channel)(each)
        self.phone(wanted["phone"])

    def login(self, invitation: Invitation) -> User | None:
        stay = Occupancy.objects.current().select_related("person__user").get(unit=invitation.unit)
        return stay.person.user

    def say(self, invitation: Invitation, *, skips: bool = False) -> dict[str, Any]:
        assert invitation.unit is not None
        return self.voices.say(int(invitation.unit.building.code), BETTER, skips=skips)

    def portal(self, invitation: Invitation) -> None:
        """Home, the list, the questions."""
        user = self.login(invitation)
        assert user is not None
        hand = Hand(user)
        hand.open("/portal/surveys/")
        led = hand._timed("sent", hand.client.get, f"/s/own/{invitation.pk}/", expected=(302,))
        self.fill(hand, led.headers["Location"], self.say(invitation))
        self.did["answered in the portal"] += 1

    def link(self, invitation: Invitation) -> None:
        """The address that the sender puts into the message as it leaves."""
        self.fill(Guest().hand, entrance(invitation.pk), self.say(invitation))
        self.did["answered by the link of a message"] += 1

    def poster(self, invitation: Invitation) -> None:
        """Unit and the end of a number on record."""
        assert invitation.unit is not None
        hand, path = Guest().hand, f"/s/poster/{self.campaign.number}/"
        hand.open(path)
        end = Occupancy.objects.current().get(unit=invitation.unit).person.phone_last4
        led = hand.post(path, {"unit": invitation.unit.code, "phone_end": end})
        self.fill(hand, led.headers["Location"], self.say(invitation))
        self.did["answered from the poster"] += 1

    def fill(self, hand: Hand, path: str, said: dict[str, Any]) -> None:
        """Section by section, as it is shown, until thanks are said."""
        for _screen in range(20):
            page = hand.open(path)
            form, at = page.context["form"], page.context["screen"].number
            given = {code: said[code] for code in form.fields if code in said}
            answer_ = hand.post(path, {"at": at} | given, expected=(200, 302))
            if answer_.status_code == 200:
                return
            path = answer_.headers["Location"]
        raise SystemExit(f"no end: {path}")

    def paper(self, invitation: Invitation) -> None:
        """Two agents type it in; every tenth is read differently, looked at again and mended."""
        assert invitation.unit is not None
        said = self.say(invitation, skips=True)
        one, other = self.rng.sample(self.agents, 2)
        wrong = dict(said, overall=said["overall"] % 10 + 1) if self.rng.random() < 0.1 else said
        self.type_in(one, invitation, wrong)
        if wrong is not said:
            self.type_in(other, invitation, said, expected=(200, 422))
            self.did["papers read differently, and mended"] += 1
            self.type_in(one, invitation, said)
        else:
            self.type_in(other, invitation, said)
        self.did["answered on paper, typed in twice"] += 1

    def type_in(
        self, agent: Hand, invitation: Invitation, said: dict[str, Any], expected: tuple[int, ...] = (302,)
    ) -> None:
        path = f"/desk/surveys/{invitation.pk}/paper/"
        agent.post("/desk/surveys/", {"number": self.campaign.number, "unit": str(invitation.unit)})
        agent.open(path)
        agent.post(path, said, expected=expected)

    def phone(self, wanted: int) -> None:
        """The queue: some do not pick up, some want another hour, some say no."""
        while self.did["answered by phone"] < wanted:
            agent = self.agents[self.did["calls"] % len(self.agents)]
            led = agent.post("/desk/surveys/", {})
            held = Invitation.objects.filter(claimed_by=agent.user).select_related("unit__building").first()
            if held is None:
                return
            agent.open(led.headers["Location"])
            self.did["calls"] += 1
            outcome = self.rng.choices(["reached", "no_answer", "busy", "refused"], [50, 35, 8, 7])[0]
            said = self.say(held, skips=True) if outcome == "reached" else {}
            agent.post(led.headers["Location"], said | {"outcome": outcome})
            self.did["answered by phone"] += outcome == "reached"


def last_year(place: Community, leader: User, seed: int, at: datetime) -> Campaign:
    """Asked a year ago and closed, through the actions."""
    begun = running.start(
        plan([place], leader, at, "2025 年度满意度", local_day(at) + timedelta(days=20)), by=leader, at=at
    )
    voices, rng = Voices(seed), random.Random(seed)
    for each in Invitation.objects.filter(campaign=begun).select_related(
        "unit__building", "campaign__questionnaire"
    ):
        if rng.random() < 0.35 and each.unit is not None:
            answer(
                each, voices.say(int(each.unit.building.code), {}), channel="link", at=at + timedelta(days=2)
            )
    return running.close(begun, by=leader, at=at + timedelta(days=21))


def plan(places: list[Community], leader: User, at: datetime, title: str, until: date) -> Campaign:
    wish = planning.Plan(
        title, Questionnaire.objects.get(community=None, code="yearly"), "all", list(SHARES), until
    )
    return planning.plan(wish, communities=places, by=leader, at=at, seed=2026)[0]


def main() -> int:
    """Prints the table. The exit code is 1 if a figure differs or an invariant is broken."""
    global QUESTIONS
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=1260)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    setup_test_environment()
    QUESTIONS = Questionnaire.objects.get(community=None, code="yearly").sheet.questions
    now = database_now()
    place, second = community("QX", "清溪苑", options.units, 12), community("TB", "听波里", 140, 12)
    leader = hire("qx-leader", Role.MANAGER, place, second)
    agents = [Hand(hire(f"qx-agent{n}", Role.AGENT, place)) for n in range(4)]
    last_year(place, leader, options.seed, now - timedelta(days=365))
    began = process_time()
    asking, beside = _two(place, second, leader, agents, options.seed, now)
    asking.run()
    running.close(Campaign.objects.get(pk=asking.campaign.pk), by=leader)
    running.close(Campaign.objects.get(pk=beside.pk), by=leader)
    spent = process_time() - began
    campaign = Campaign.objects.get(pk=asking.campaign.pk)
    reader = Hand(leader)
    reader.open(f"/manage/surveys/{campaign.number}/")
    page = reader.open(f"/manage/surveys/{campaign.number}/results/")
    compared = list(figures(campaign, page, reader))
    found = [*lines(asking, spent), "", *table(compared)]
    print("\n".join(found))
    if options.write:
        _write(options.units, found)
    call_command("verify")
    return int(not all(each.equal for each in compared))


def _two(
    place: Community, second: Community, leader: User, agents: list[Hand], seed: int, now: datetime
) -> tuple[Asking, Campaign]:
    """Two communities of one wave; the second one answers by link."""
    first = plan([place, second], leader, now, "2026 年度满意度", local_day(now) + timedelta(days=20))
    beside = Campaign.objects.get(wave=first.wave, community=second)
    running.start(first, by=leader)
    running.start(beside, by=leader)
    voices, rng = Voices(seed + 5), random.Random(seed + 5)
    for each in Invitation.objects.filter(campaign=beside).select_related(
        "unit__building", "campaign__questionnaire"
    ):
        if rng.random() < 0.5 and each.unit is not None:
            answer(each, voices.say(int(each.unit.building.code), {"f": 0.8}), channel="link")
    return Asking(first, agents, seed), beside


def lines(asking: Asking, seconds: float) -> Iterator[str]:
    """What was done, and how long requests took."""
    yield "| what | how often |"
    yield "| --- | ---: |"
    yield f"| units asked | {Invitation.objects.filter(campaign=asking.campaign).count()} |"
    for name, count in asking.did.items():
        yield f"| {name} | {count} |"
    for kind, times in Hand.times.items():
        ordered = sorted(times)
        p50, p99 = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.99))
        yield f"| {kind}: p50 {p50:.0f} ms, p99 {p99:.0f} ms | {len(times)} |"
    yield f"| seconds of one processor for all of it | {seconds:.0f} |"


def table(compared: list[Any]) -> Iterator[str]:
    """Each figure as the page shows it and as it was worked out again."""
    yield "| figure | of the page | worked out again | |"
    yield "| --- | ---: | ---: | --- |"
    for each in compared:
        yield f"| {each.name} | {each.shown} | {each.again} | {'equal' if each.equal else '**DIFFERENT**'} |"


def _write(units: int, found: list[str]) -> None:
    head = (
        "# A campaign through all channels\n\n`python -m tools.services -- python -m tests.bench.campaign --write`: "
        f"{units} units of eleven buildings, asked in the portal, by message, by poster, by phone and on paper; "
        "closed, and every figure worked out a second time in another way (`tests/bench/recount.py`).\n\n"
    )
    Path("docs/figures/campaign.md").write_text(head + "\n".join(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
