"""Composing: one message per person and fact, and the channels that a caller insists on."""

from __future__ import annotations

from typing import Any

import pytest

from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now
from servicecenter.notifications.actions import compose, post
from servicecenter.notifications.models import Message


def write(*people: User, **more: Any) -> None:
    facts: dict[str, Any] = {
        "recipients": [person.pk for person in people],
        "event": "repair.breach",
        "key": "7",
        "at": database_now(),
        "community_id": None,
    }
    post(compose(**(facts | more)))


def test_one_fact_is_told_to_each_person_once(agent_li: User, supervisor_bo: User) -> None:
    write(agent_li, agent_li, supervisor_bo)
    write(agent_li)
    assert Message.objects.count() == 2


def test_the_channels_that_a_rung_insists_on_are_kept_with_the_message(agent_li: User) -> None:
    write(agent_li, channels=["sms", "in_app", "group", "sms"])
    assert Message.objects.get().channels == ["sms", "group"]


def test_an_unknown_channel_is_refused(agent_li: User) -> None:
    with pytest.raises(ValueError, match="pigeon"):
        write(agent_li, channels=["pigeon"])
