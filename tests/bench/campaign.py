"""A campaign of 1,260 units through all channels: `python -m tests.bench.campaign`, inside `tools.services`, after
`migrate`.

A community of ten buildings was asked a year ago and is asked again, together with another one. Residents answer in the
portal, by the link of a message and from the poster; agents call, and type paper in, two for each sheet. Everything is
asked for and sent as a browser does it. Then it is closed, and each figure of the results is worked out a second time
in another way (`tests.bench.recount`), and must be equal. Small campaigns follow, in which a few answered here and a
few there: what is hidden must be the same as well. `--write` writes docs/figures/campaign.md.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from servicecenter.accounts.models import Community, Role, User  # noqa: E402
from servicecenter.lib.clock import database_now, local_day  # noqa: E402
from surveys.actions import planning, running  # noqa: E402
from surveys.actions.answering import answer  # noqa: E402
from surveys.models import Campaign, Invitation, Questionnaire  # noqa: E402
from tests.bench.asking import BUILDINGS, SHARES, Asking  # noqa: E402
from tests.bench.day import Hand  # noqa: E402
from tests.bench.recount import figures, hidden_figures  # noqa: E402
from tests.bench.town import Voices, community, hire  # noqa: E402

SMALL = 12
WAYS = ("portal", "link", "phone", "paper")
FEW = (
    "## Small groups\n\nSeven small campaigns, with few answers here and there: the index of each building and each "
    "way to answer, as shown and as worked out again. ＊ stands where nothing may be shown: fewer than five answers, "
    "or the next smallest group, so that what is hidden cannot be worked out from the whole."
)
# How many answer in each building, and by portal, link, telephone and paper.
SCARCE = {
    "one small building": ((9, 4, 7, 8), (20, 6, 2)),
    "two that are fewer than five together": ((1, 2, 8, 6), (8, 5, 2, 2)),
    "two that are five together": ((2, 3, 9, 8), (9, 8, 3, 2)),
    "one small beside an empty one": ((0, 4, 9, 6), (10, 9)),
    "one of a single answer": ((12, 1, 6, 5, 9), (32, 1)),
    "all small": ((3, 2, 4), (4, 3, 2)),
    "five everywhere": ((5, 6, 7), (6, 7, 5)),
}


def last_year(place: Community, leader: User, seed: int, at: datetime) -> Campaign:
    """Asked a year ago and closed, through the actions."""
    begun = running.start(
        plan([place], leader, at, "2025 年度满意度", local_day(at) + timedelta(days=20)), by=leader, at=at
    )
    voices, rng = Voices(seed, begun.questionnaire.sheet.questions), random.Random(seed)
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


def sizes(units: int) -> list[int]:
    """Ten buildings alike, and a small one."""
    found = [(units - SMALL) // BUILDINGS] * BUILDINGS
    return [found[0] + units - SMALL - sum(found), *found[1:], SMALL]


def scarce(number: int, name: str, seed: int) -> Iterator[Any]:
    """A campaign in which so many answer in each building, by so many ways: what is shown of it, and what ought to."""
    by_building, by_channel = SCARCE[name]
    place = community(f"{chr(65 + number)}X", name, [SMALL] * len(by_building))
    leader = hire(f"leader{number}", Role.MANAGER, place)
    campaign = plan([place], leader, database_now(), name, local_day(database_now()) + timedelta(days=9))
    running.start(campaign, by=leader)
    voices = Voices(seed + number, campaign.questionnaire.sheet.questions)
    ways = [way for way, count in zip(WAYS, by_channel, strict=False) for _each in range(count)]
    random.Random(seed).shuffle(ways)
    asked = Invitation.objects.filter(campaign=campaign).order_by("rank")
    for code, count in enumerate(by_building, 1):
        for each in asked.filter(unit__building__code=str(code)).select_related("campaign__questionnaire")[
            :count
        ]:
            answer(each, voices.say(code, {}), channel=ways.pop())
    running.close(Campaign.objects.get(pk=campaign.pk), by=leader)
    found = Campaign.objects.get(pk=campaign.pk)
    return hidden_figures(name, found, Hand(leader).open(f"/manage/surveys/{found.number}/results/"))


def main() -> int:
    """Prints the table. The exit code is 1 if a figure differs or an invariant is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=1260)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    setup_test_environment()
    now = database_now()
    place, second = community("QX", "清溪苑", sizes(options.units)), community("TB", "听波里", sizes(140))
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
    few = [each for no, name in enumerate(SCARCE) for each in scarce(no, name, options.seed)]
    found = [*lines(asking, spent), "", *table(compared), "", FEW, "", *table(few)]
    print("\n".join(found))
    if options.write:
        _write(options.units, found)
    call_command("verify")
    return int(not all(each.equal for each in [*compared, *few]))


def _two(
    place: Community, second: Community, leader: User, agents: list[Hand], seed: int, now: datetime
) -> tuple[Asking, Campaign]:
    """Two communities of one wave; the second one answers by link."""
    first = plan([place, second], leader, now, "2026 年度满意度", local_day(now) + timedelta(days=20))
    beside = Campaign.objects.get(wave=first.wave, community=second)
    running.start(first, by=leader)
    running.start(beside, by=leader)
    voices, rng = Voices(seed + 5, beside.questionnaire.sheet.questions), random.Random(seed + 5)
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
