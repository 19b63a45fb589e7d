"""A complaint on its way through every status, each step taken by the person whose step it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from complaints import actions
from complaints.actions import CALLS, Said
from complaints.models import Complaint, Inquiry
from owners.models import Person, Unit
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed, filed
from servicecenter.desk.actions import finish_call
from servicecenter.lib.clock import database_now
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.models import FollowUp

DO = CALLS["complaint"]
INQUIRE = CALLS["inquiry"]


@contextmanager
def picture(color: str = "red") -> Iterator[Filed]:
    """A photo on disk."""
    data = BytesIO()
    Image.new("RGB", (40, 30), color).save(data, "PNG")
    data.seek(0)
    with filed([(data, "photo.png")]) as pictures:
        yield pictures[0]


@dataclass
class Cast:
    """Whoever takes part; `file(…)` registers, `walk(…)` takes it to a status."""

    resident: User
    person: Person
    unit: Unit
    agent: User
    supervisor: User
    manager: User

    def file(
        self, text: str = "楼道垃圾没人清理", *, by: User | None = None, channel: str = "portal", **said: Any
    ) -> Any:
        """A complaint of resident_wang about the cleaning, unless `said` says otherwise."""
        given: dict[str, Any] = {"kind": "complaint", "type": "environment"} | said
        if not given.get("anonymous"):
            given = {"unit": self.unit, "reporter": self.person} | given
        author = by or self.resident
        return actions.receive(
            Said(text, **given), community=self.unit.community, channel=channel, by=author
        ).case

    def complaint(self, status: str = "received", *, level: str = "ordinary", **said: Any) -> Complaint:
        """A complaint in this status; its level is what the agent says."""
        found: Complaint = self.file(by=self.agent, channel="hotline", level=level, **said)
        getattr(self, f"_{status}")(found)
        assert found.status == status
        return found

    def inquiry(self, status: str = "received", kind: str = "inquiry", **said: Any) -> Inquiry:
        """An inquiry in this status."""
        found: Inquiry = self.file("请问物业费怎么交", kind=kind, type="fees", **said)
        if status in ("answered", "closed"):
            INQUIRE["answer"](found, answer="前台或公众号都可以交。", by=self.agent)
        if status == "closed":
            INQUIRE["close"](found, by=self.resident)
        if status == "withdrawn":
            INQUIRE["withdraw"](found, reason="已经知道了", by=self.resident)
        if status == "converted":
            actions.convert(found, kind="repair", number="R261126-0001", by=self.agent)
        assert found.status == status
        return found

    def leader(self, complaint: Complaint) -> User:
        """Who may handle it."""
        return self.agent if complaint.is_light else self.supervisor

    def _received(self, complaint: Complaint) -> None:
        pass

    def _acknowledged(self, complaint: Complaint) -> None:
        DO["acknowledge"](complaint, note="已致电，今天去看", by=self.agent)
        if complaint.handler_id is None:
            DO["assign"](complaint, handler=self.leader(complaint), by=self.supervisor)

    def _investigating(self, complaint: Complaint) -> None:
        self._acknowledged(complaint)
        DO["find"](complaint, note="保洁排班漏了这一层", substance="confirmed", by=self.leader(complaint))

    def _proposed(self, complaint: Complaint) -> None:
        self._investigating(complaint)
        DO["propose"](complaint, solution="每天两次清运，主管抽查", by=self.leader(complaint))

    def _agreed(self, complaint: Complaint) -> None:
        self._proposed(complaint)
        DO["agree"](complaint, by=self.resident)

    def _carried_out(self, complaint: Complaint) -> None:
        self._agreed(complaint)
        DO["carry_out"](complaint, summary="新排班已执行三天", by=self.leader(complaint))

    def _told(self, complaint: Complaint) -> None:
        self._carried_out(complaint)
        DO["tell"](complaint, reply="王女士您好，楼道现在每天清运两次。", by=self.agent)

    def _closed(self, complaint: Complaint) -> None:
        self._told(complaint)
        if complaint.is_major:
            DO["sign_off"](complaint, by=self.manager)
        DO["close"](complaint, by=self.leader(complaint))

    def _archived(self, complaint: Complaint) -> None:
        self._closed(complaint)
        self.call(complaint)
        complaint.refresh_from_db()

    def call(self, complaint: Complaint, *, overall: int = 9, solved: bool = True) -> FollowUp:
        """Whoever did not handle it calls, and hears this."""
        caller = self.supervisor if complaint.is_light else self.agent
        held = surveys.claim(by=caller)
        assert held is not None
        assert (held.work, held.case_id) == ("complaint", complaint.pk)
        result = Result("reached", {"overall": overall}, solved, "还是没人清" if not solved else "")
        return finish_call(held, by=caller, claim_no=held.claim_no, result=result)

    def _joined(self, complaint: Complaint) -> None:
        DO["join"](complaint, lead=self.complaint(), by=self.agent)

    def _withdrawn(self, complaint: Complaint) -> None:
        DO["withdraw"](complaint, reason="已经清理了", by=self.resident)

    def _converted(self, complaint: Complaint) -> None:
        actions.convert(complaint, kind="repair", number="R261126-0001", by=self.agent)


@pytest.fixture
def cast(
    resident_wang: User,
    person_wang: Person,
    unit_3_2_1201: Unit,
    agent_li: User,
    supervisor_bo: User,
    manager_mei: User,
) -> Cast:
    return Cast(resident_wang, person_wang, unit_3_2_1201, agent_li, supervisor_bo, manager_mei)


def soon(days: int = 2) -> Any:
    """An instant to come."""
    return database_now() + timedelta(days=days)
