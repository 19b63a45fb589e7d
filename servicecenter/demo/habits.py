"""What people do day by day beside a single repair: calls, promises, reading, impatience."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.demo.crew import DAY_BEGINS, DAY_ENDS, Crew
from servicecenter.demo.simulator import Life
from servicecenter.desk.actions import finish_call, promises
from servicecenter.lib.clock import LOCAL, local_day, start_of_day
from servicecenter.notifications.actions import mark_read
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.models import FollowUp
from surveys.workflow import FollowUpStatus

PROMISES = [
    "查清水费后回电",
    "问好师傅到场时间后回电",
    "把放行条办法告诉业主",
    "确认停车位费用后回电",
    "联系物业经理后答复",
]
GOOD_WORDS = ["师傅很准时，修得也干净", "不错", "服务态度好", "穿了鞋套，挺讲究", "满意", ""]
BAD_WORDS = ["还是有点漏", "来晚了两个小时，也没说一声", "修完没打扫", "第二天又坏了"]


def calling(crew: Crew, caller: User, since: datetime, until: datetime) -> Life:
    """An agent's calling sessions: twice a day, a handful of cases each, now and then none at all."""
    day = local_day(since)
    while start_of_day(day) < until:
        for hour in (10.2, 18.4):
            at = yield start_of_day(day) + timedelta(hours=hour, minutes=crew.rng.uniform(0, 40))
            # Now and then nobody finds the time, and the last day's calls are still to be made.
            if crew.chance(0.12) or at > until - timedelta(hours=26):
                continue
            # On most of these days nobody is to be called, and the queue is dear to ask.
            if not FollowUp.objects.filter(community=crew.community, status=FollowUpStatus.DUE).exists():
                continue
            for _call in range(crew.rng.randint(2, 9)):
                claimed = surveys.claim(by=caller, at=at)
                if claimed is None:
                    break
                at = yield at + crew.minutes(1.5, 5)
                result = _answer(crew, at)
                finish_call(claimed, by=caller, claim_no=claimed.claim_no, result=result, at=at)
        day += timedelta(days=1)


def _answer(crew: Crew, at: datetime) -> Result:
    roll = crew.rng.random()
    if roll < 0.17:
        return Result(crew.rng.choice(["no_answer", "no_answer", "busy"]))
    if roll < 0.20:
        return Result("call_back", call_back_at=crew.by_day(at + timedelta(hours=5)))
    if roll < 0.22:
        return Result("refused")
    happy = crew.chance(0.9)
    overall = crew.rng.choice([8, 9, 9, 10, 10, 10]) if happy else crew.rng.choice([3, 4, 5, 6, 7])
    ratings = {
        name: min(10, max(1, overall + crew.rng.choice([-1, 0, 0, 1])))
        for name in ("punctual", "attitude", "quality", "tidiness")
    }
    solved = happy or overall > 4
    words = crew.rng.choice(GOOD_WORDS if happy else BAD_WORDS)
    return Result("reached", ratings | {"overall": overall}, solved, words)


def reading(staff: Sequence[User], since: datetime, until: datetime) -> Life:
    """Everybody reads their messages every third evening, but not those of the last day."""
    day = local_day(since)
    while start_of_day(day) + timedelta(days=1, hours=12) < until:
        at = yield start_of_day(day) + timedelta(hours=20.5)
        for user in staff:
            mark_read(by=user, at=at)
        day += timedelta(days=3)


def promised(crew: Crew, at: datetime, minutes: int) -> Life:
    """One promise that waits for today's people: due `minutes` after it was made."""
    at = yield at
    unit, person = crew.rng.choice(list(crew.homes))
    promises.make(
        community=crew.community,
        person=person,
        unit=unit,
        text=crew.rng.choice(PROMISES),
        due_at=at + timedelta(minutes=minutes),
        by=crew.agents[0],
        at=at,
    )


def promising(crew: Crew, since: datetime, until: datetime) -> Life:
    """Agents say when they call back, and mostly do; what was said last still waits."""
    at = since
    while True:
        at = yield at + crew.minutes(900, 3000)
        if not DAY_BEGINS <= at.astimezone(LOCAL).hour < DAY_ENDS:
            continue
        keeper = crew.rng.choice(list(crew.agents))
        unit, person = crew.rng.choice(list(crew.homes))
        due = at + crew.minutes(40, 300)
        promise = promises.make(
            community=crew.community,
            person=person,
            unit=unit,
            text=crew.rng.choice(PROMISES),
            due_at=due,
            by=keeper,
            at=at,
        )
        late = crew.rng.random() < 0.1
        at = yield due + crew.minutes(10, 90) if late else at + crew.minutes(10, 39)
        promises.keep(promise, by=keeper, at=at)


def urging(crew: Crew, since: datetime, until: datetime) -> Life:
    """Every other day somebody is impatient."""
    at = since
    while at < until:
        at = yield crew.by_day(at + timedelta(hours=crew.rng.uniform(20, 70)))
        waiting = (
            Ticket.objects.filter(community=crew.community, reported_at__lt=at - timedelta(hours=8))
            .unfinished()
            .filter(reporter__user__isnull=False)
            .select_related("reporter__user")
        )
        ticket = waiting.order_by("next_due_at").first()
        if ticket is not None and ticket.reporter and ticket.reporter.user:
            actions.urge(ticket, note="请问什么时候能来？", by=ticket.reporter.user, at=at)
