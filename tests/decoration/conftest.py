"""A permit on its way through every status, each step taken by the person whose step it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from decoration.actions import CALLS, Seen, add_paper, add_worker, begin_application, set_works
from decoration.actions.contractors import known_contractor
from decoration.actions.rules import begin_rules
from decoration.models import Contractor, Permit, Rule
from owners.models import Person, Unit
from servicecenter.accounts.models import User
from servicecenter.ledger import actions as ledger
from servicecenter.lib.clock import database_now, local_day
from tests.complaints.conftest import picture

DO = CALLS


def id_number(born: date, serial: str = "123") -> str:
    """A valid ID card number of somebody who was born on this day."""
    first = f"350203{born:%Y%m%d}{serial}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return first + "10X98765432"[sum(int(a) * b for a, b in zip(first, weights, strict=True)) % 11]


def today() -> date:
    """The local day of the database."""
    return local_day(database_now())


@dataclass
class Site:
    """Whoever takes part; `permit(status)` walks an application to a status."""

    owner: User
    person: Person
    unit: Unit
    agent: User
    supervisor: User
    manager: User
    engineer: User
    guard: User

    def __post_init__(self) -> None:
        begin_rules(self.unit.community_id)

    def contractor(self, **more: Any) -> Contractor:
        """A contractor with papers in order."""
        given: dict[str, Any] = {
            "name": "新居装饰",
            "licence_no": "91350200MA31ABCD0X",
            "licence_until": today() + timedelta(days=400),
        }
        return known_contractor(self.unit.community, **(given | more))

    def rule(self, text: str, part: str = "works") -> Rule:
        """A rule of the community, by the beginning of its words."""
        return Rule.objects.get(community=self.unit.community, part=part, text__startswith=text)

    def conduct(self) -> list[Rule]:
        """What patrols tick."""
        return list(Rule.objects.conduct().filter(community=self.unit.community))

    def draft(self, *, wet: bool = False, **said: Any) -> Permit:
        """An application of the owner with everything that is asked for."""
        permit = begin_application(self.unit, self.person, by=self.owner)
        given: dict[str, Any] = {
            "scope": "客厅地面和墙面翻新",
            "starts_on": today(),
            "ends_on": today() + timedelta(days=29),
            "contractor": said.pop("contractor", None) or self.contractor(),
            "manager_name": "刘工",
            "manager_phone": "13900001111",
        }
        DO["save"](permit, said=given | said, by=self.owner)
        set_works(permit, room="客厅", rules=[self.rule("地面铺装")], by=self.owner)
        if wet:
            set_works(permit, room="卫生间", rules=[self.rule("卫生间、厨房铺贴")], by=self.owner)
        self.add_worker(permit)
        self.add_papers(permit)
        return permit

    def add_worker(
        self, permit: Permit, number: str = "", name: str = "张师傅", by: User | None = None
    ) -> Any:
        """With a photo."""
        number = number or id_number(date(1990, 1, 1))
        with picture("blue") as photo:
            return add_worker(
                permit, name=name, id_number=number, craft="瓦工", picture=photo, by=by or self.owner
            )

    def add_papers(self, permit: Permit) -> None:
        """A picture of every paper that is asked for."""
        for paper in permit.papers.all():
            with picture("green") as photo:
                add_paper(permit, paper=paper, pictures=[photo], by=self.owner)

    def permit(self, status: str = "draft", *, wet: bool = False, **said: Any) -> Permit:
        """A permit in this status."""
        permit = self.draft(wet=wet, **said)
        getattr(self, f"_{status}")(permit)
        assert permit.status == status, permit.status
        return permit

    def later(self, permit: Permit, days: int) -> date:
        """A day after the end of the works."""
        assert permit.ends_on is not None
        return permit.ends_on + timedelta(days=days)

    def pay(self, permit: Permit) -> None:
        """Deposit and fee at the desk."""
        for charge in permit.charges:
            ledger.take(charge, method="wechat", by=self.agent)

    def patrol(self, permit: Permit, broken: str = "", *, by: User | None = None, **seen: Any) -> Any:
        """Somebody goes through the list; `broken` is the beginning of a rule that is not kept."""
        rules = self.conduct()
        bad = [each for each in rules if broken and each.text.startswith(broken)]
        fine = [each for each in rules if each not in bad]
        wrong = [Seen(each, "垃圾堆在走廊", **seen) for each in bad]
        return DO["patrol"](permit, fine=fine, broken=wrong, by=by or self.guard)

    def _draft(self, permit: Permit) -> None:
        pass

    def _submitted(self, permit: Permit) -> None:
        DO["submit"](permit, by=self.owner)

    def _returned(self, permit: Permit) -> None:
        self._submitted(permit)
        DO["comment"](permit, field="papers", note="图纸看不清", by=self.agent)
        DO["send_back"](permit, reason="请补充图纸", by=self.agent)

    def _papers_checked(self, permit: Permit) -> None:
        self._submitted(permit)
        DO["check_papers"](permit, by=self.agent)

    def _engineer_passed(self, permit: Permit) -> None:
        self._papers_checked(permit)
        DO["pass_works"](permit, by=self.engineer)

    def _approved(self, permit: Permit) -> None:
        self._engineer_passed(permit)
        DO["approve"](permit, by=self.supervisor)

    def _agreement_signed(self, permit: Permit) -> None:
        self._approved(permit)
        DO["sign"](permit, signer="王芳", agreed=True, by=self.owner)

    def _permit_active(self, permit: Permit) -> None:
        self._agreement_signed(permit)
        self.pay(permit)
        DO["issue"](permit, by=self.agent)

    def _suspended(self, permit: Permit) -> None:
        self._permit_active(permit)
        DO["stop_work"](permit, reason="噪声屡次超时", by=self.engineer)

    def _acceptance_asked(self, permit: Permit) -> None:
        self._permit_active(permit)
        self.test_rooms(permit)
        DO["ask_acceptance"](permit, by=self.owner)

    def test_rooms(self, permit: Permit) -> None:
        """Every wet room holds its water."""
        now = database_now()
        for room in permit.wet_rooms:
            DO["test_water"](
                permit,
                room=room,
                filled_at=now - timedelta(hours=30),
                checked_at=now - timedelta(hours=1),
                tight=True,
                by=self.engineer,
            )

    def _works_accepted(self, permit: Permit) -> None:
        self._acceptance_asked(permit)
        DO["accept_works"](permit, owner_signer="王芳", contractor_signer="刘工", by=self.engineer)

    def _refund_asked(self, permit: Permit) -> None:
        self._works_accepted(permit)
        DO["ask_refund"](permit, refund_to="微信", by=self.owner)

    def deduct(self, permit: Permit, amount: str = "150", what: str = "走廊墙面修补") -> Any:
        """With a picture that proves it."""
        with picture("yellow") as photo:
            return DO["deduct"](permit, what=what, amount=Decimal(amount), pictures=[photo], by=self.agent)

    def _refund_agreed(self, permit: Permit) -> None:
        self._refund_asked(permit)
        DO["propose_refund"](permit, by=self.agent)
        DO["agree_refund"](permit, by=self.supervisor)

    def _closed(self, permit: Permit) -> None:
        self._refund_agreed(permit)
        DO["pay_refund"](permit, method="wechat", by=self.agent)

    def _refused(self, permit: Permit) -> None:
        self._submitted(permit)
        DO["refuse"](permit, reason="结构不允许", by=self.supervisor)

    def _withdrawn(self, permit: Permit) -> None:
        DO["withdraw"](permit, reason="不装了", by=self.owner)


@pytest.fixture
def site(
    resident_wang: User,
    person_wang: Person,
    unit_3_2_1201: Unit,
    agent_li: User,
    supervisor_bo: User,
    manager_mei: User,
    technician_chen: User,
    guard_hu: User,
) -> Site:
    return Site(
        resident_wang,
        person_wang,
        unit_3_2_1201,
        agent_li,
        supervisor_bo,
        manager_mei,
        technician_chen,
        guard_hu,
    )
