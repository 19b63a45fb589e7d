"""Two satisfaction surveys of the demo: one that was counted and published with its measures, one that is under way."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from owners.models import Occupancy, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import local_day
from surveys.actions import measures, planning, running
from surveys.actions.answering import answer
from surveys.drawing import drawn
from surveys.models import Campaign, Channel, Invitation, Questionnaire

OWNER = "13800000001"
SAMPLE, ANSWER_RATE, SEED = 60, 0.72, 2026
DAY = timedelta(days=1)
# What people think of each section: the first letter of a question's code names it.
MOODS = {"a": 8.6, "s": 7.9, "f": 6.7, "x": 8.2, "c": 7.8, "o": 7.8, "r": 8.2}
WISHES = (
    "电梯等太久，高峰期希望加派人手维护",
    "晚上车位不够，外来车辆乱停",
    "楼道卫生比去年好",
    "师傅态度很好，修得也快",
    "希望每季度公示收支",
    "",
    "",
)
FOUND = "业主对服务态度和安全管理最满意；电梯与停车得分最低。我们已调整电梯维保频次，并重新划线整顿停车，完成情况见下。"


def build(communities: dict[str, Community], *, at: datetime) -> None:
    """A year's survey of 阳光花园 from its sample to its measures, and the one after the summer; once."""
    community = communities.get("YG")
    if community is None or Campaign.objects.filter(community=community).exists():
        return
    rng = random.Random(SEED)
    leader = User.objects.get(username="supervisor")
    counted = _plan(community, leader, at - 70 * DAY, title="2026 年上半年满意度", days=14)
    _answered(counted, rng, at - 66 * DAY, ANSWER_RATE)
    running.close(counted, by=leader, at=at - 56 * DAY)
    _measured(counted, leader, at)
    running.publish(counted, found=FOUND, by=leader, at=at - 50 * DAY)
    under_way = _plan(community, leader, at - 2 * DAY, title="2026 年下半年满意度", days=12)
    _answered(under_way, rng, at - DAY, 0.3)


def _plan(community: Community, leader: User, at: datetime, *, title: str, days: int) -> Campaign:
    """Drawn so that the owner of the contract is asked: whoever looks at the demo may answer."""
    wish = planning.Plan(
        title=title,
        questionnaire=Questionnaire.objects.get(community=None, code="yearly"),
        audience="sample",
        sample_size=SAMPLE,
        channels=[Channel.PORTAL, Channel.LINK, Channel.PHONE, Channel.PAPER],
        ends_on=local_day(at + days * DAY),
        remind_after=[7],
        intro="请花两分钟告诉我们哪里做得好、哪里要改进。",
    )
    planned = planning.plan(wish, communities=[community], by=leader, at=at, seed=_seed(community))[0]
    return running.start(planned, by=leader, at=at)


def _seed(community: Community) -> int:
    """The first one whose draw has the owner's unit among the first of its building."""
    stay = Occupancy.objects.current().filter(community=community, person__phone=OWNER).order_by("id")[0]
    codes = list(Unit.objects.filter(building=stay.unit.building_id).values_list("code", flat=True))
    return next(seed for seed in count(SEED) if stay.unit.code in drawn(seed, codes)[:2])


def _answered(campaign: Campaign, rng: random.Random, at: datetime, rate: float) -> None:
    asked = Invitation.objects.filter(campaign=campaign, state="invited")
    owner = asked.filter(unit__occupancies__person__phone=OWNER).values("pk")
    rows = asked.exclude(pk__in=owner).select_related("campaign__questionnaire").order_by("stratum", "rank")
    for each in rows:
        if rng.random() < rate:
            by_phone = rng.random() < 0.2
            answer(
                each,
                _said(campaign, rng),
                channel=Channel.PHONE if by_phone else rng.choice([Channel.PORTAL, Channel.LINK]),
                by=User.objects.get(username="agent") if by_phone else None,
                at=at,
            )


def _said(campaign: Campaign, rng: random.Random) -> dict[str, Any]:
    mood = rng.gauss(0, 1.2)
    said: dict[str, Any] = {}
    for question in campaign.questionnaire.sheet.questions:
        if question.is_scored:
            felt = MOODS.get(question.code[0], 7.8) + mood + rng.gauss(0, 0.9)
            said[question.code] = max(1, min(10, round(felt)))
    wish = rng.choice(WISHES)
    return said | ({"wish": wish} if wish else {}) | ({"why": "电梯老坏"} if said["overall"] <= 5 else {})


def _measured(campaign: Campaign, leader: User, at: datetime) -> None:
    """One that somebody else has seen done, one that is still to be done."""
    engineer, manager = (User.objects.get(username=name) for name in ("technician", "manager"))

    def decide(text: str, owner: User, due: datetime, section: str) -> Any:
        return measures.add_measure(
            campaign,
            text=text,
            owner=owner,
            due_on=local_day(due),
            section=section,
            by=leader,
            at=at - 54 * DAY,
        )

    lifts = decide(
        "电梯维保由每半月一次改为每周一次，故障两小时内到场", engineer, at - 20 * DAY, "facilities"
    )
    measures.finish_measure(
        lifts, evidence="维保合同已改签，近一月困梯 0 起。", by=engineer, at=at - 24 * DAY
    )
    measures.verify(lifts, by=manager, at=at - 22 * DAY)
    decide("地下车库重新划线，夜间安排巡逻清理占道", engineer, at + 6 * DAY, "facilities")
