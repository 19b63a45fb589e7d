"""Gateways as the installation's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now
from servicecenter.notifications.actions import compose, post
from servicecenter.notifications.models import GroupRobot, Message, Reach
from tests.notifications.gateways import Gateway, gateway

Write = Callable[..., list[Message]]


@pytest.fixture
def sms(settings: Any) -> Iterator[Gateway]:
    """The gateway of SMS_URL."""
    with gateway() as running:
        settings.SMS_URL = running.url
        yield running


@pytest.fixture
def mail(settings: Any) -> None:
    """E-mail is configured; Django keeps what a test sends in `mail.outbox`."""
    settings.EMAIL_URL = True


@pytest.fixture
def write(db: None) -> Write:
    """`write(person, …, event=…)`: posts a message of no case to each person."""

    def make(*people: User, **facts: Any) -> list[Message]:
        given: dict[str, Any] = {
            "event": "repair.breach",
            "key": "1",
            "at": database_now(),
            "community_id": None,
        }
        messages = compose(recipients=[person.pk for person in people], **(given | facts))
        post(messages)
        return list(Message.objects.filter(dedup_key__in=[each.dedup_key for each in messages]))

    return make


@pytest.fixture
def robot(yangguang: Community, supervisor_bo: User, settings: Any) -> Iterator[tuple[GroupRobot, Gateway]]:
    """A robot in a work group of 阳光花园 that hears nothing by itself, and the gateway behind it."""
    with gateway() as running:
        settings.ROBOT_HOSTS = ["127.0.0.1"]
        row = GroupRobot(
            community=yangguang, name="维修群", provider="other", by=supervisor_bo, at=database_now()
        )
        row.seal(f"json://127.0.0.1:{running.port}/group")
        row.save()
        yield row, running


def reachable(user: User, **wishes: Any) -> User:
    """The user, with a mobile and an e-mail address of their own."""
    values = {"phone": "13911110000", "email": f"{user.username}@example.com"} | wishes
    Reach.objects.update_or_create(user=user, defaults=values)
    return user
