"""The named cast and the small tools of all tests. Everything runs on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from owners.models import Building, Occupancy, Person, Unit
from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, Membership, Role, User
from servicecenter.desk.actions import finish_call
from servicecenter.sla.models import Policy, Rung
from surveys import actions as surveys
from surveys.actions.calls import Result
from surveys.models import FollowUp

PASSWORD = "test-pass-2026"


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Any, settings: Any) -> None:
    """Every test has its own folder for photos."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Passwords are hashed quickly in tests; their strength is Django's business."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def make_promises() -> None:
    """The default promises and working hours, for tests that run after one that emptied the database.

    The migrations wrote ladders where they stood then; the rows are made of their tables here.
    """
    if Policy.objects.exists():
        return
    first, rest = (
        import_module(f"servicecenter.sla.migrations.{name}")
        for name in ("0002_default_policies", "0005_promise_table")
    )
    rows = [(work, urgency, "", stage, seconds, "always") for work, urgency, stage, seconds in first.DEFAULTS]
    rows += [(work, "", level, stage, seconds, clock) for work, level, stage, seconds, clock in rest.DEFAULTS]
    rows += [
        ("repair", "emergency", "", "secure", 4 * 3600, "always"),
        ("promise", "", "", "keep", None, "always"),
    ]
    for work, urgency, level, stage, seconds, clock in rows:
        policy = Policy.objects.create(
            work=work,
            urgency=urgency,
            level=level,
            stage=stage,
            target_seconds=seconds,
            clock=clock,
            since=rest.SINCE,
        )
        Rung.objects.lay(policy, first.LADDER)
    rest._open_the_company(apps)
    import_module("servicecenter.sla.migrations.0008_pause_rules").add(apps, None)
    import_module("owners.migrations.0009_warranty_register").add(apps, None)


def make_community(code: str, name: str, series: str = "") -> Community:
    """A community whose calls may be made at any hour, so that no test depends on the time of day."""
    make_promises()
    return Community.objects.create(
        code=code,
        name=name,
        series=series,
        hotline="0592-5550100",
        calls_from=time(0, 0),
        calls_until=time(23, 59, 59, 999999),
    )


def make_staff(username: str, role: str, *communities: Community, name: str = "") -> User:
    """A member of staff who works in these communities."""
    user = User.objects.create_user(username, PASSWORD, role=role, name=name or username)
    Membership.objects.bulk_create(Membership(user=user, community=each) for each in communities)
    return user


def make_unit(community: Community, code: str) -> Unit:
    """A residence; its building is made if it is not there."""
    building, _made = Building.objects.get_or_create(community=community, code=code.split("-")[0])
    return Unit.objects.create(community=community, building=building, code=code, room=code.split("-")[-1])


def make_resident(
    name: str, phone: str, unit: Unit, role: str = "owner", *, since: datetime | None = None
) -> User:
    """A resident with a login and a current occupancy."""
    user: User = User.objects.get_or_create(
        phone=phone, defaults={"username": f"p{phone}", "role": Role.RESIDENT, "name": name}
    )[0]
    person = Person.objects.create(
        community=unit.community, user=user, name=name, phone=phone, phone_last4=phone[-4:]
    )
    Occupancy.objects.create(
        community=unit.community,
        unit=unit,
        person=person,
        role=role,
        since=since or timezone.now() - timedelta(days=400),
        is_primary=not unit.occupancies.filter(is_primary=True, until=None).exists(),
    )
    return user


@pytest.fixture
def yangguang(db: None) -> Community:
    return make_community("YG", "阳光花园")


@pytest.fixture
def binjiang(db: None) -> Community:
    return make_community("BJ", "滨江一号", "B")


@pytest.fixture
def unit_3_2_1201(yangguang: Community) -> Unit:
    return make_unit(yangguang, "3-2-1201")


@pytest.fixture
def unit_3_2_1202(yangguang: Community) -> Unit:
    return make_unit(yangguang, "3-2-1202")


@pytest.fixture
def unit_binjiang(binjiang: Community) -> Unit:
    return make_unit(binjiang, "1-1-101")


@pytest.fixture
def resident_wang(unit_3_2_1201: Unit) -> User:
    """Owner of 3-2-1201 in 阳光花园."""
    return make_resident("王芳", "13811112222", unit_3_2_1201)


@pytest.fixture
def person_wang(resident_wang: User) -> Person:
    return Person.objects.get(user=resident_wang)


@pytest.fixture
def tenant_zhao(unit_3_2_1202: Unit) -> User:
    """Tenant of 3-2-1202, the flat next door."""
    return make_resident("赵强", "13811113333", unit_3_2_1202, "tenant")


@pytest.fixture
def stranger_sun(unit_binjiang: Unit) -> User:
    """A resident of the other community."""
    return make_resident("孙丽", "13811114444", unit_binjiang)


@pytest.fixture
def agent_li(yangguang: Community) -> User:
    return make_staff("li", Role.AGENT, yangguang, name="李敏")


@pytest.fixture
def agent_zhou(yangguang: Community) -> User:
    return make_staff("zhou", Role.AGENT, yangguang, name="周洁")


@pytest.fixture
def supervisor_bo(yangguang: Community) -> User:
    return make_staff("bo", Role.SUPERVISOR, yangguang, name="薄文")


@pytest.fixture
def technician_chen(yangguang: Community) -> User:
    return make_staff("chen", Role.TECHNICIAN, yangguang, name="陈刚")


@pytest.fixture
def technician_he(yangguang: Community) -> User:
    return make_staff("he", Role.TECHNICIAN, yangguang, name="何勇")


@pytest.fixture
def guard_hu(yangguang: Community) -> User:
    return make_staff("hu", Role.SECURITY, yangguang, name="胡军")


@pytest.fixture
def manager_mei(yangguang: Community, binjiang: Community) -> User:
    return make_staff("mei", Role.MANAGER, yangguang, binjiang, name="梅经理")


@pytest.fixture
def admin_gu(yangguang: Community, binjiang: Community) -> User:
    return make_staff("gu", Role.ADMIN, yangguang, binjiang, name="顾工")


@pytest.fixture
def agent_binjiang(binjiang: Community) -> User:
    return make_staff("bjagent", Role.AGENT, binjiang, name="林江")


@pytest.fixture
def technician_binjiang(binjiang: Community) -> User:
    return make_staff("bjtech", Role.TECHNICIAN, binjiang, name="江涛")


@dataclass
class Walk:
    """Walks a ticket to a status through the ordinary actions, each by the person whose step it is."""

    resident: User
    person: Person
    unit: Unit
    agent: User
    caller: User
    supervisor: User
    technician: User

    def __call__(self, status: str = Status.REPORTED, **report: Any) -> Ticket:
        """A new ticket in `status`; `report` overrides what was reported."""
        arguments: dict[str, Any] = {
            "by": self.resident,
            "community": self.unit.community,
            "text": "厨房水龙头滴水",
            "unit": self.unit,
            "reporter": self.person,
        } | report
        ticket = actions.report(**arguments)
        self.walk(ticket, status)
        return ticket

    def walk(self, ticket: Ticket, status: str) -> None:
        """Takes the steps from `reported` that lead to `status`."""
        for action in PATHS[Status(status)]:
            getattr(self, f"_{action}")(ticket)
        assert ticket.status == status

    def _accept(self, ticket: Ticket) -> None:
        actions.accept(ticket, by=self.agent)

    def _dispatch(self, ticket: Ticket) -> None:
        actions.dispatch(ticket, technician=self.technician, by=self.agent)

    def _contact(self, ticket: Ticket) -> None:
        actions.contact(ticket, note="约了明天上午", by=self.technician)

    def _schedule(self, ticket: Ticket) -> None:
        start = timezone.now() + timedelta(hours=18)
        actions.schedule(ticket, start=start, end=start + timedelta(hours=2), by=self.technician)

    def _arrive(self, ticket: Ticket) -> None:
        actions.arrive(ticket, by=self.technician)

    def _propose(self, ticket: Ticket) -> None:
        actions.propose_plan(ticket, plan="换陶瓷阀芯", price=Decimal("60"), by=self.technician)

    def _approve(self, ticket: Ticket) -> None:
        actions.approve_plan(ticket, by=self.resident)

    def _complete(self, ticket: Ticket) -> None:
        actions.complete(ticket, summary="已更换阀芯，试水不漏", by=self.technician)

    def _confirm(self, ticket: Ticket) -> None:
        actions.confirm(ticket, method="portal", by=self.resident)

    def _call(self, ticket: Ticket) -> None:
        follow_up = FollowUp.objects.get(case_id=ticket.pk, completion_no=ticket.completion_no)
        # Straight to this case: the others of a test are not due for the moment.
        others = FollowUp.objects.filter(status="due").exclude(pk=follow_up.pk)
        due = dict(others.values_list("pk", "next_call_at"))
        others.update(next_call_at=timezone.now() + timedelta(days=1))
        claimed = surveys.claim(by=self.caller)
        for pk, next_call_at in due.items():
            FollowUp.objects.filter(pk=pk).update(next_call_at=next_call_at)
        assert claimed is not None
        finish_call(
            claimed, by=self.caller, claim_no=claimed.claim_no, result=Result("reached", {"overall": 9}, True)
        )
        ticket.refresh_from_db()

    def _archive(self, ticket: Ticket) -> None:
        actions.archive(ticket, by=self.agent)

    def _hold(self, ticket: Ticket) -> None:
        actions.hold(ticket, reason="parts", resume_at=timezone.now() + timedelta(days=2), by=self.technician)

    def _rework(self, ticket: Ticket) -> None:
        actions.rework(ticket, reason="还在滴水", by=self.resident)

    def _cancel(self, ticket: Ticket) -> None:
        actions.cancel(ticket, reason="自己修好了", by=self.resident)

    def _duplicate(self, ticket: Ticket) -> None:
        original = actions.report(
            by=self.resident,
            community=self.unit.community,
            text="水龙头滴水",
            unit=self.unit,
            reporter=self.person,
        )
        actions.mark_duplicate(ticket, duplicate_of=original, by=self.agent)


_ON_SITE = ("accept", "dispatch", "contact", "arrive")
PATHS: dict[Status, tuple[str, ...]] = {
    Status.REPORTED: (),
    Status.ACCEPTED: ("accept",),
    Status.DISPATCHED: ("accept", "dispatch"),
    Status.CONTACTED: ("accept", "dispatch", "contact"),
    Status.SCHEDULED: ("accept", "dispatch", "contact", "schedule"),
    Status.ON_SITE: _ON_SITE,
    Status.PLAN_PROPOSED: (*_ON_SITE, "propose"),
    Status.PLAN_APPROVED: (*_ON_SITE, "propose", "approve"),
    Status.COMPLETED: (*_ON_SITE, "complete"),
    Status.CONFIRMED: (*_ON_SITE, "complete", "confirm"),
    Status.FOLLOWED_UP: (*_ON_SITE, "complete", "confirm", "call"),
    Status.ARCHIVED: (*_ON_SITE, "complete", "confirm", "call", "archive"),
    Status.ON_HOLD: ("accept", "dispatch", "contact", "hold"),
    Status.REWORK: (*_ON_SITE, "complete", "rework"),
    Status.CANCELLED: ("cancel",),
    Status.DUPLICATE: ("duplicate",),
}


@pytest.fixture
def ticket_in(
    resident_wang: User,
    person_wang: Person,
    unit_3_2_1201: Unit,
    agent_li: User,
    agent_zhou: User,
    supervisor_bo: User,
    technician_chen: User,
) -> Walk:
    """`ticket_in(status)`: a repair of resident_wang in 3-2-1201, walked to `status` by agent_li, technician_chen and
    (for the call) agent_zhou."""
    return Walk(
        resident_wang, person_wang, unit_3_2_1201, agent_li, agent_zhou, supervisor_bo, technician_chen
    )


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """`signed_in(user)`: a browser in which the user is signed in."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return make


@pytest.fixture
def api() -> Callable[[User | None], APIClient]:
    """`api(user)`: an API client of the user; `api(None)` of a stranger."""

    def make(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_authenticate(user)
        return client

    return make
