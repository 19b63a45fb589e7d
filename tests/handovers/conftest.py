"""Walks a handover to a step through the ordinary actions, each by the person whose step it is."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from handovers.actions import arriving, closing, inspecting, papers, planning
from handovers.actions.inspecting import Look
from handovers.models import Handover, HandoverDay, Kind, Slot
from handovers.workflow import WAY, Status
from owners.models import Person, Unit
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed, filed
from servicecenter.lib.clock import database_now, local_day


def png(color: str = "black") -> bytes:
    """A drawn line: a signature, or a photo."""
    picture = Image.new("RGB", (120, 60), "white")
    ImageDraw.Draw(picture).line((10, 50, 110, 10), fill=color, width=3)
    data = BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def drawn() -> str:
    """A signature as the pad sends it."""
    return "data:image/png;base64," + base64.b64encode(png()).decode()


@contextmanager
def picture(color: str = "black") -> Iterator[Filed]:
    with filed([(BytesIO(png(color)), "photo.png")]) as pictures:
        yield pictures[0]


def day_of(unit: Unit, supervisor: User, *, capacity: int = 2, days: int = 1) -> HandoverDay:
    """A move-in day of the unit's building, tomorrow from nine to eleven."""
    return planning.plan_day(
        unit.building,
        day=local_day(database_now()) + timedelta(days=days),
        begins=time(9),
        ends=time(11),
        length=timedelta(hours=1),
        capacity=capacity,
        by=supervisor,
    )


@dataclass
class Way:
    """`handover_in(status)`: the handover of 3-2-1201 to 王芳."""

    unit: Unit
    person: Person
    agent: User
    supervisor: User
    technician: User

    def __call__(self, status: str = Status.PLANNED, *, defects: int = 0) -> Handover:
        handover = planning.plan(self.unit, person=self.person, by=self.supervisor)
        if status == Status.CANCELLED:
            return planning.cancel(handover, reason="退房", by=self.supervisor)
        if status == Status.MISSED:
            return self._missed(handover)
        for step in WAY[1 : WAY.index(Status(status)) + 1]:
            getattr(self, f"_{step}")(handover, defects)
        return handover

    def _missed(self, handover: Handover) -> Handover:
        day = day_of(self.unit, self.supervisor)
        arriving.book(handover, slot=day.slots.all()[0], by=self.agent)
        later = database_now() + timedelta(days=3)
        return arriving.miss(handover, by=self.agent, at=later)

    def _checked_in(self, handover: Handover, _defects: int) -> None:
        arriving.check_in(handover, by=self.agent)

    def _papers_done(self, handover: Handover, _defects: int) -> None:
        tick_all(handover, "papers", "documents", by=self.agent)
        with picture() as signature:
            papers.finish_papers(handover, picture=signature, by=self.agent)

    def _fees_done(self, handover: Handover, _defects: int) -> None:
        tick_all(handover, "fees", by=self.agent)
        papers.finish_fees(handover, by=self.agent)

    def _inspecting(self, handover: Handover, _defects: int) -> None:
        inspecting.start(handover, by=self.technician)

    def _inspected(self, handover: Handover, defects: int) -> None:
        tick_all(handover, "meters", by=self.technician)
        look_round(handover, defects, by=self.technician)
        inspecting.finish_inspection(handover, by=self.technician)

    def _signed(self, handover: Handover, _defects: int) -> None:
        with picture() as signature:
            closing.sign(handover, picture=signature, signer="王芳", by=self.agent)

    def _signed_off(self, handover: Handover, _defects: int) -> None:
        closing.sign_off(handover, by=self.supervisor)

    def _delivered(self, handover: Handover, _defects: int) -> None:
        closing.hand_out(handover, new={"door": 3}, by=self.agent)


def tick_all(handover: Handover, *parts: str, by: User) -> None:
    """Every line of these parts, as it usually is."""
    for line in handover.lines.filter(part__in=parts, done_at=None, proxy_only=False):
        usual: dict[str, dict[str, Any]] = {
            Kind.AMOUNT.value: {"amount": Decimal("1280.50"), "receipt_no": f"N{line.pk}"},
            Kind.READING.value: {"reading": Decimal("12.3")},
        }
        papers.tick(handover, line.pk, by=by, **usual.get(line.kind, {}))


def look_round(handover: Handover, defects: int, *, by: User) -> None:
    """Every room; the first `defects` items have a defect."""
    found = list(handover.findings.all())
    bad = {item.pk for item in found[:defects]}
    for room in dict.fromkeys(item.room for item in found):
        looks = [
            Look(item.pk, "defect", "门框有划痕") if item.pk in bad else Look(item.pk, "ok")
            for item in found
            if item.room == room
        ]
        inspecting.look_at_room(handover, room, looks, by=by)


@pytest.fixture
def handover_in(
    unit_3_2_1201: Unit, person_wang: Person, agent_li: User, supervisor_bo: User, technician_chen: User
) -> Way:
    """`handover_in(status)`: the handover of 3-2-1201 to resident_wang, walked to `status`."""
    return Way(unit_3_2_1201, person_wang, agent_li, supervisor_bo, technician_chen)


@pytest.fixture
def first_slot(unit_3_2_1201: Unit, supervisor_bo: User) -> Slot:
    """A slot with one place, tomorrow at nine."""
    return day_of(unit_3_2_1201, supervisor_bo, capacity=1).slots.all()[0]
