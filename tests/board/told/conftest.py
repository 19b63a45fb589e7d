"""The fortnight of the board, told once for all tests of this package: they read it, and what they add is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from owners.models import Unit
from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import Community, Role, User
from surveys.actions.calls import Result
from tests import databases
from tests.board.conftest import DAY, HOUR, MINUTE, Repairs, answer
from tests.makers import make_community, make_staff, make_unit


@dataclass
class World:
    """The instant at which it was told, and the ids of its repairs by name."""

    now: datetime
    ids: dict[str, int]


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Committed before the first test, and gone after the last one."""
    quick = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
    with django_db_blocker.unblock(), quick:
        now = timezone.now()
        here, there = make_community("YG", "阳光花园"), make_community("BJ", "滨江一号", "B")
        second = make_staff("he", Role.TECHNICIAN, here, name="何勇")
        agent = make_staff("bjagent", Role.AGENT, there, name="林江")
        repairs = Repairs(
            make_unit(here, "3-2-1201"),
            make_staff("li", Role.AGENT, here, name="李敏"),
            make_staff("zhou", Role.AGENT, here, name="周洁"),
            make_staff("chen", Role.TECHNICIAN, here, name="陈刚"),
        )
        elsewhere = Repairs(
            make_unit(there, "1-1-101"), agent, agent, make_staff("tech_binjiang", Role.TECHNICIAN, there)
        )
        made = _tell(repairs, elsewhere, second, now)
    yield World(now, {name: ticket.pk for name, ticket in made.items()})
    with django_db_blocker.unblock():
        databases.restore()


def _tell(repairs: Repairs, elsewhere: Repairs, second: User, now: datetime) -> dict[str, Ticket]:
    """One repair of each kind that a figure has to tell apart, by name."""
    made: dict[str, Ticket] = {}
    made["kept"] = repairs.done(now - 10 * DAY, contact=2 * HOUR, complete=20 * HOUR)
    repairs.call(made["kept"], now - 9 * DAY, Result("no_answer"))
    repairs.call(made["kept"], now - 8 * DAY - 12 * HOUR, answer(9))
    made["late"] = repairs.done(now - 9 * DAY, contact=30 * HOUR, complete=60 * HOUR, trade="electrical")
    repairs.call(made["late"], now - 2 * DAY, answer(7))
    made["forgotten"] = repairs.report(now - 8 * DAY, trade="hvac")
    made["archived"] = repairs.report(begun := now - 9 * DAY, trade="appliance")
    repairs.contact(made["archived"], begun + HOUR)
    window: dict[str, Any] = {"start": begun + 2 * HOUR, "end": begun + 4 * HOUR}
    actions.schedule(made["archived"], **window, by=repairs.technician, at=begun + HOUR + MINUTE)
    repairs.complete(made["archived"], begun + 3 * HOUR)
    repairs.call(made["archived"], now - 8 * DAY, answer(10))
    actions.archive(made["archived"], by=repairs.agent, at=now - 7 * DAY)
    made["cancelled"] = repairs.report(now - 7 * DAY, trade="lift")
    actions.cancel(made["cancelled"], reason="自己修好了", by=repairs.agent, at=now - 7 * DAY + HOUR)
    made["reworked"] = repairs.report(now - 6 * DAY, trade="gas", urgency="emergency")
    repairs.contact(made["reworked"], now - 6 * DAY + 5 * MINUTE)
    repairs.complete(made["reworked"], now - 6 * DAY + 3 * HOUR, arrive=now - 6 * DAY + 20 * MINUTE)
    actions.rework(made["reworked"], reason="还在漏", by=repairs.agent, at=now - 5 * DAY)
    repairs.contact(made["reworked"], now - 5 * DAY + HOUR, by=second)
    repairs.complete(made["reworked"], now - 5 * DAY + 2 * HOUR)
    made["held"] = repairs.report(now - 4 * DAY, trade="door_window")
    repairs.contact(made["held"], now - 4 * DAY + HOUR)
    actions.hold(
        made["held"], reason="parts", resume_at=now + DAY, by=repairs.technician, at=now - 4 * DAY + 2 * HOUR
    )
    made["fresh"] = repairs.report(now - HOUR)
    made["elsewhere"] = elsewhere.done(now - 5 * DAY, contact=26 * HOUR, complete=40 * HOUR)
    return made


@pytest.fixture
def now(world: World) -> datetime:
    return world.now


@pytest.fixture
def history(world: World, db: None) -> dict[str, Ticket]:
    """The repairs as they stand, by name."""
    found = Ticket.objects.in_bulk(world.ids.values())
    return {name: found[number] for name, number in world.ids.items()}


@pytest.fixture
def yangguang(world: World, db: None) -> Community:
    return Community.objects.get(code="YG")


@pytest.fixture
def binjiang(world: World, db: None) -> Community:
    return Community.objects.get(code="BJ")


@pytest.fixture
def unit_3_2_1201(yangguang: Community) -> Unit:
    return Unit.objects.get(community=yangguang, code="3-2-1201")


@pytest.fixture
def agent_li(yangguang: Community) -> User:
    return User.objects.get(username="li")


@pytest.fixture
def agent_zhou(yangguang: Community) -> User:
    return User.objects.get(username="zhou")


@pytest.fixture
def technician_chen(yangguang: Community) -> User:
    return User.objects.get(username="chen")


@pytest.fixture
def technician_he(yangguang: Community) -> User:
    return User.objects.get(username="he")
