"""Move-in in the demo: building 20 of 阳光花园 is finished. Yesterday its first owners came, today come the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from io import BytesIO

from PIL import Image, ImageDraw

from handovers.actions import arriving, closing, inspecting, papers, planning
from handovers.actions.inspecting import Look
from handovers.models import Handover, HandoverDay, Kind, Slot
from handovers.workflow import WAY, Status
from owners.actions.roll import import_roll
from owners.models import Building
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed, filed
from servicecenter.demo.world import DATA
from servicecenter.lib.clock import local_day

ROLL = DATA / "roll_yangguang_new.csv"
DEFECTS = (
    ("客厅", "墙面、顶棚", "东墙有一道约40厘米的细裂缝，修补后重新刷漆"),
    ("卫生间", "闭水试验、防水", "闭水24小时后楼下顶棚有湿印，重做防水"),
    ("阳台", "门窗、玻璃", "推拉门关不严，调整滑轮并换密封条"),
    ("入户门", "门扇、门锁、猫眼", "门框有磕碰划痕，修补"),
)
# What happened to whom: the slot of the day, how far they are, since how many minutes, how many defects were found.
YESTERDAY = (
    (0, Status.DELIVERED, 1),
    (0, Status.DELIVERED, 0),
    (1, Status.DELIVERED, 2),
    (2, Status.MISSED, 0),
)
TODAY = (
    (0, Status.SIGNED_OFF, 85, 1),
    (0, Status.SIGNED, 40, 2),
    (0, Status.INSPECTING, 25, 1),
    (1, Status.FEES_DONE, 35, 0),
    (1, Status.PAPERS_DONE, 12, 0),
    (1, Status.CHECKED_IN, 5, 0),
    (2, Status.PLANNED, 0, 0),
    (3, Status.PLANNED, 0, 0),
)


@dataclass(frozen=True)
class Crew:
    """Whoever receives the owners."""

    supervisor: User
    agent: User
    technician: User


def build(*, at: datetime) -> None:
    """Two move-in days around `at`, through the ordinary actions; a second call changes nothing."""
    if HandoverDay.objects.exists():
        return
    before = at - timedelta(days=3)
    report = import_roll(ROLL, code="YG", name="阳光花园", at=before)
    if report.errors:
        raise RuntimeError(f"the demo roll {ROLL.name} does not import: {report.errors[0]}")
    building = Building.objects.get(community__code="YG", code="20")
    crew = Crew(*(User.objects.get(username=name) for name in ("supervisor", "agent", "technician")))
    first, second, _later = (_plan(building, at, days, crew, before) for days in (-1, 0, 2))
    handovers = planning.plan_building(building, by=crew.supervisor, at=before)
    planning.invite(second, by=crew.supervisor, at=before)
    waiting = iter(handovers)
    _yesterday(first, waiting, crew, at)
    _today(second, waiting, crew, at)


def _plan(building: Building, at: datetime, days: int, crew: Crew, before: datetime) -> HandoverDay:
    return planning.plan_day(
        building,
        day=local_day(at) + timedelta(days=days),
        begins=time(9),
        ends=time(17),
        length=timedelta(minutes=60),
        capacity=3,
        note="20栋集中入伙",
        by=crew.supervisor,
        at=before,
    )


def _yesterday(day: HandoverDay, waiting: Iterator[Handover], crew: Crew, at: datetime) -> None:
    slots = list(day.slots.all())
    for slot, status, defects in YESTERDAY:
        handover = next(waiting)
        _book(handover, slots[slot], at - timedelta(days=2))
        if status == Status.MISSED:
            arriving.miss(handover, by=crew.agent, at=slots[slot].ends_at + timedelta(minutes=5))
        else:
            _walk(handover, status, defects, crew, slots[slot].starts_at + timedelta(hours=2))


def _today(day: HandoverDay, waiting: Iterator[Handover], crew: Crew, at: datetime) -> None:
    slots = list(day.slots.all())
    for slot, status, minutes, defects in TODAY:
        handover = next(waiting)
        _book(handover, slots[slot], at - timedelta(days=1, hours=5))
        if status != Status.PLANNED:
            _walk(handover, status, defects, crew, at - timedelta(minutes=minutes))


def _book(handover: Handover, slot: Slot, at: datetime) -> None:
    assert handover.person.user is not None
    arriving.book(handover, slot=slot, by=handover.person.user, at=at)


def _walk(handover: Handover, status: Status, defects: int, crew: Crew, until: datetime) -> None:
    """Step by step to `status`, eight minutes each, the last one at `until`."""
    steps = WAY[1 : WAY.index(status) + 1]
    for number, step in enumerate(steps, start=1):
        at = until - timedelta(minutes=8 * (len(steps) - number))
        _take(handover, step, defects, crew, at)
    if status == Status.INSPECTING:
        _look_round(handover, defects, crew, until, rooms=3)


def _take(handover: Handover, step: Status, defects: int, crew: Crew, at: datetime) -> None:
    match step:
        case Status.CHECKED_IN:
            arriving.check_in(handover, by=crew.agent, at=at)
        case Status.PAPERS_DONE:
            _tick(handover, ("papers", "documents"), crew.agent, at)
            with _signature() as picture:
                papers.finish_papers(handover, picture=picture, by=crew.agent, at=at)
        case Status.FEES_DONE:
            _tick(handover, ("fees",), crew.agent, at)
            papers.finish_fees(handover, by=crew.agent, at=at)
        case Status.INSPECTING:
            inspecting.start(handover, by=crew.technician, at=at)
        case Status.INSPECTED:
            _tick(handover, ("meters",), crew.technician, at)
            _look_round(handover, defects, crew, at)
            inspecting.finish_inspection(handover, by=crew.technician, at=at)
        case Status.SIGNED:
            with _signature() as picture:
                signer = handover.person.name
                closing.sign(handover, picture=picture, signer=signer, by=crew.technician, at=at)
        case Status.SIGNED_OFF:
            closing.sign_off(handover, by=crew.supervisor, at=at)
        case Status.DELIVERED:
            closing.hand_out(handover, new={"door": 3, "card": 2}, by=crew.agent, at=at)


def _tick(handover: Handover, parts: tuple[str, ...], by: User, at: datetime) -> None:
    amounts = {"住宅专项维修资金": Decimal("11860"), "物业服务费（预交三个月）": Decimal("1067.40")}
    for line in handover.lines.filter(part__in=parts, proxy_only=False, required=True):
        if line.kind == Kind.AMOUNT:
            amount = amounts.get(line.text, Decimal("200"))
            papers.tick(handover, line.pk, amount=amount, receipt_no=f"No.{line.pk:07d}", by=by, at=at)
        elif line.kind == Kind.READING:
            papers.tick(handover, line.pk, reading=Decimal(line.pk % 9) + Decimal("0.6"), by=by, at=at)
        else:
            papers.tick(handover, line.pk, by=by, at=at)


def _look_round(
    handover: Handover, defects: int, crew: Crew, at: datetime, *, rooms: int | None = None
) -> None:
    found = {(room, text): words for room, text, words in DEFECTS[:defects]}
    items = list(handover.findings.all())
    for room in list(dict.fromkeys(item.room for item in items))[:rooms]:
        looks = [
            Look(item.pk, "defect", found[room, item.text])
            if (room, item.text) in found
            else Look(item.pk, "ok")
            for item in items
            if item.room == room
        ]
        inspecting.look_at_room(handover, room, looks, by=crew.technician, at=at)


@contextmanager
def _signature() -> Iterator[Filed]:
    """A scribble, as a finger draws it."""
    picture = Image.new("RGB", (320, 120), "white")
    pen = ImageDraw.Draw(picture)
    pen.line(
        [(20, 80), (60, 30), (80, 90), (120, 40), (150, 95), (200, 35), (230, 85), (300, 50)], "#101828", 4
    )
    data = BytesIO()
    picture.save(data, "PNG")
    data.seek(0)
    with filed([(data, "signature.png")]) as pictures:
        yield pictures[0]
