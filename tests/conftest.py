"""The named cast and the small tools of all tests. Everything runs on real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from owners.models import Person, Unit
from servicecenter.accounts.models import Community, Role, User
from tests import databases
from tests.makers import PASSWORD, make_community, make_promises, make_resident, make_staff, make_unit
from tests.walk import Walk

__all__ = [
    "PASSWORD",
    "Walk",
    "make_community",
    "make_promises",
    "make_resident",
    "make_staff",
    "make_unit",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Each process copies a database that was migrated once."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a test that committed, the database is again as the migrations left it."""
    with django_db_blocker.unblock():
        databases.remember()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: databases.restore())
        yield


@pytest.fixture(scope="session")
def media_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the photos of all tests of this process lie."""
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def _own_media(media_home: Path, settings: Any) -> None:
    """Every test has its own folder for photos, which is made by whoever puts one there: few do."""
    settings.MEDIA_ROOT = media_home / uuid4().hex


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """Passwords are hashed quickly in tests; their strength is Django's business."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
