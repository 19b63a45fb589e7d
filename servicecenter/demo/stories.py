"""Plausible lives: how a repair usually goes, and how it sometimes goes wrong."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from django.conf import settings

from owners.models import Person, Unit
from repairs import actions
from repairs.actions.quoting import Wanted
from repairs.models import Channel, Ticket, Urgency
from repairs.queries.prices import prices_on
from repairs.queries.visits import free_start
from repairs.workflow import ConfirmMethod, HoldReason, Status
from servicecenter.accounts.models import User
from servicecenter.demo.crew import Crew
from servicecenter.demo.simulator import Life
from servicecenter.lib.clock import local_day

TEXTS = settings.BASE_DIR / "repairs/triage/data/repair_texts.csv"
NAMES_A_PLACE = re.compile(
    r"\d+\s*[-#]\s*\d+|[\d一二三四五六七八九十]+\s*(栋|棟|幢|号楼|號樓|座|单元|單元|室)|\b(Block|Tower|Unit|Building)\b"
)
# How long an agreed window is.
VISIT = timedelta(hours=1)
SUMMARIES = {
    "plumbing": ["更换角阀和软管，试水半小时不漏", "疏通下水管，冲水顺畅", "更换龙头阀芯，开关正常"],
    "electrical": ["更换空气开关，测试正常", "重新接线并包扎，照明恢复", "更换灯具，试用正常"],
    "door_window": ["更换门锁锁芯，开合顺畅", "更换窗户滑轮并上油", "调整铰链，门缝均匀"],
    "waterproofing": ["找到渗点，补做防水，24小时闭水试验不渗", "打胶封堵外墙裂缝，淋水试验不渗"],
    "lift": ["维保单位到场，排除故障并试运行", "更换门机皮带，运行正常"],
}
GENERAL = ["现场处理完毕，测试正常", "已修复，清理现场", "更换配件，使用正常"]
PLANS = ["更换整套配件，材料加人工", "拆开检修，更换老化部件", "局部拆改，换新管件"]
SAFE_NOTES = ["已关总阀，水止住了", "已断电隔离，现场无危险", "人已救出，情绪稳定", "已围挡并派人看守"]
CONTACT_NOTES = [
    "已电话联系，约明天上午",
    "电话里先教住户关阀，马上到",
    "已联系，住户下班后在家",
    "约好周末上门",
]
AREAS = ["大堂", "地下车库入口", "电梯厅", "楼道", "架空层", "儿童游乐区"]


@dataclass(frozen=True)
class Message:
    """What somebody says is broken, with the label that an experienced agent would give it."""

    text: str
    trade: str
    urgency: str
    place: str


@lru_cache
def messages() -> tuple[Message, ...]:
    """Messages as residents write them, without those that name an address: theirs would be another one."""
    with TEXTS.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Message(row["text"], row["trade"], row["urgency"], row["location_kind"])
            for row in csv.DictReader(file)
            if not NAMES_A_PLACE.search(row["text"])
        )


def repair(
    crew: Crew, reported_at: datetime, *, stops_at: str = "", home: tuple[Unit, Person] | None = None
) -> Life:
    """One repair from its report to the archive, with the mishaps of real life.

    `stops_at`: the status in which a calm one is left for today's people to go on with (reported, dispatched, scheduled
    or completed). `home`: whose it is; anybody's if none is named.
    """
    at = yield reported_at
    ticket = _report(crew, at, home, calm=bool(stops_at))
    if stops_at == Status.REPORTED:
        return
    emergency = ticket.urgency == Urgency.EMERGENCY
    agent = crew.rng.choice(crew.agents)
    if crew.chance(0.03) and not stops_at:
        at = yield at + crew.minutes(20, 300)
        assert ticket.reporter is not None
        assert ticket.reporter.user is not None
        actions.cancel(ticket, reason="已经自己处理好了，谢谢", by=ticket.reporter.user, at=at)
        return
    at = yield crew.by_day(at + crew.minutes(2, 40)) if not emergency else at + crew.minutes(0.5, 2.5)
    actions.accept(ticket, by=agent, at=at)
    at = yield at + (crew.minutes(1, 25) if not emergency else crew.minutes(0.3, 1.5))
    actions.dispatch(ticket, technician=crew.technician_for(ticket.trade), by=agent, at=at)
    if stops_at != Status.DISPATCHED:
        yield from _work(crew, ticket, at, agent, stops_at)


def _report(crew: Crew, at: datetime, home: tuple[Unit, Person] | None, *, calm: bool) -> Ticket:
    wanted = [each for each in messages() if not calm or (each.urgency == "normal" and each.place == "unit")]
    message = crew.rng.choice(wanted)
    unit, person = home or crew.rng.choice(crew.homes)
    public = message.place == "public"
    # What is left for today was told to an agent: nothing in it is more urgent than it sounds.
    by_phone = calm or crew.chance(0.55)
    agent = crew.rng.choice(crew.agents)
    assert person.user is not None
    return actions.report(
        by=agent if by_phone else person.user,
        community=crew.community,
        text=message.text,
        unit=None if public else unit,
        building=unit.building if public else None,
        public_area=crew.rng.choice(AREAS) if public else "",
        # On the phone an agent corrects the proposal; what a resident types is taken as proposed.
        trade=message.trade if by_phone else "",
        urgency=message.urgency if by_phone else "",
        channel=crew.rng.choice([Channel.HOTLINE, Channel.HOTLINE, Channel.FRONT_DESK])
        if by_phone
        else Channel.PORTAL,
        reporter=person,
        at=at,
    )


def _work(crew: Crew, ticket: Ticket, at: datetime, agent: User, stops_at: str = "") -> Life:
    """From dispatch to completion and acceptance, again after a rework."""
    technician = ticket.assignee
    assert technician is not None
    emergency = ticket.urgency == Urgency.EMERGENCY
    late = technician.pk in crew.slow and crew.chance(0.22) and not stops_at
    wait = (
        crew.minutes(1, 6.6) if emergency else crew.minutes(20, 600) if not late else crew.minutes(1300, 2600)
    )
    at = yield at + wait if emergency else crew.by_day(at + wait)
    if crew.chance(0.02) and not emergency:
        # Forgotten: the ladder says so every day, until the supervisor sees to it.
        at = yield crew.by_day(at + timedelta(days=crew.rng.uniform(2, 6)))
    actions.contact(ticket, note=crew.rng.choice(CONTACT_NOTES), by=technician, at=at)
    if not emergency:
        at = yield at + crew.minutes(1, 10)
        start = crew.by_day(at + crew.minutes(60, 1500)).replace(minute=0, second=0, microsecond=0)
        start = max(start, at + timedelta(minutes=5))
        free = free_start(technician, start, VISIT, start + timedelta(hours=8))
        # A day that is full: they come without an hour being agreed.
        if free is not None:
            actions.schedule(ticket, start=free, end=free + VISIT, by=technician, at=at)
        if stops_at == Status.SCHEDULED:
            return
        at = yield (free or start) + crew.minutes(-4, 60)
        if crew.chance(0.07):
            reason = crew.rng.choice([HoldReason.PARTS, HoldReason.OWNER_ABSENT, HoldReason.THIRD_PARTY])
            until = at + timedelta(days=crew.rng.uniform(1, 5))
            actions.hold(ticket, reason=reason, resume_at=until, by=technician, at=at)
            at = yield crew.by_day(until + crew.minutes(20, 200))
            ticket.refresh_from_db()
            if ticket.status == Status.ON_HOLD:
                actions.resume(ticket, by=technician, at=at)
    else:
        at = yield at + crew.minutes(4, 23)
    actions.arrive(ticket, by=technician, at=at)
    if ticket.is_dangerous:
        at = yield at + crew.minutes(5, 40)
        actions.secure(ticket, note=crew.rng.choice(SAFE_NOTES), by=technician, at=at)
    if crew.chance(0.12) and not emergency:
        yield from _plan(crew, ticket, at, technician)
        at = ticket.plan_approved_at or at
    at = yield at + crew.minutes(15, 140)
    words = SUMMARIES.get(ticket.trade, GENERAL)
    actions.complete(ticket, summary=crew.rng.choice(words), by=technician, at=at)
    if stops_at != Status.COMPLETED:
        yield from _acceptance(crew, ticket, at, agent)


def _plan(crew: Crew, ticket: Ticket, at: datetime, technician: User) -> Life:
    at = yield at + crew.minutes(10, 30)
    price = Decimal(crew.rng.choice([0, 60, 120, 180, 260, 480]))
    reason = "人为损坏，不在保修范围内" if price else ""
    plan = crew.rng.choice(PLANS)
    listed = [each for each in prices_on(ticket.community_id, local_day(at)) if each.trade == ticket.trade]
    lines = [Wanted(each) for each in listed[:2]] if price else []
    actions.propose_plan(
        ticket,
        plan=plan,
        price=None if lines else price,
        payer_reason=reason,
        lines=lines,
        by=technician,
        at=at,
    )
    at = yield at + crew.minutes(3, 60)
    resident = ticket.reporter.user if ticket.reporter else None
    actions.approve_plan(ticket, by=resident or crew.supervisors[0], at=at)


def _acceptance(crew: Crew, ticket: Ticket, at: datetime, agent: User) -> Life:
    technician = ticket.assignee
    resident = ticket.reporter.user if ticket.reporter else None
    roll = crew.rng.random()
    if roll < 0.45:
        at = yield at + crew.minutes(1, 12)
        actions.confirm(ticket, method=ConfirmMethod.SIGNATURE, by=technician, at=at)
    elif roll < 0.75 and resident is not None:
        at = yield at + crew.minutes(30, 900)
        ticket.refresh_from_db()
        if ticket.status == Status.COMPLETED:
            actions.confirm(ticket, method=ConfirmMethod.PORTAL, by=resident, at=at)
    # The call may have confirmed, followed up or reopened it meanwhile; look in until it is settled.
    for _look in range(12):
        at = yield crew.by_day(at + timedelta(hours=crew.rng.uniform(14, 30)))
        ticket.refresh_from_db()
        if ticket.status == Status.FOLLOWED_UP:
            actions.archive(ticket, by=agent, at=at)
            return
        if ticket.status == Status.REWORK:
            actions.dispatch(ticket, technician=crew.technician_for(ticket.trade), by=agent, at=at)
            yield from _work(crew, ticket, at, agent)
            return
