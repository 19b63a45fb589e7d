"""Telling people. Call these inside the transaction of what is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from servicecenter.accounts.models import User
from servicecenter.lib.clock import instant
from servicecenter.notifications.models import Channel, Delivery, Message, State
from servicecenter.notifications.planning import plan


def compose(
    *,
    recipients: Iterable[int],
    event: str,
    key: str,
    at: datetime,
    community_id: int | None,
    work: str = "",
    case_id: int | None = None,
    params: dict[str, Any] | None = None,
    urgent: bool = False,
    channels: Collection[str] = (),
    to_contact: bool = False,
) -> list[Message]:
    """Unsaved messages, one per recipient (user ids); `key` names the fact that is told, once for each of them.

    Everybody finds theirs in the app. `channels` (`sms`, `email`, `group`) also go out whatever the reader chose: a
    rung of a ladder says so. `to_contact` adds one for the phone that the case itself names, of somebody who has no
    login. Refuses an unknown channel with ValueError.
    """
    insisted = [Channel(channel) for channel in dict.fromkeys(channels) if channel != Channel.IN_APP]
    return [
        Message(
            community_id=community_id,
            recipient_id=user_id,
            event=event,
            work=work,
            case_id=case_id,
            params=params or {},
            urgent=urgent,
            channels=insisted,
            dedup_key=f"{event}:{key}:{user_id or 'contact'}",
            created_at=at,
        )
        for user_id in [*dict.fromkeys(recipients), *([None] if to_contact else [])]
    ]


def post(messages: Iterable[Message]) -> None:
    """Writes messages and their deliveries, in the caller's transaction; what was written before is left as it is."""
    written = list(messages)
    if not written:
        return
    with transaction.atomic(savepoint=False):
        Message.objects.bulk_create(written, ignore_conflicts=True, batch_size=2000)
        plan(written)


def call_off(event: str, keys: Iterable[str], user_id: int) -> int:
    """What is told of these facts to somebody who no longer wants to hear of them does not leave the house any more;
    returns how many waited. What a sender holds already cannot be called back."""
    waiting = Delivery.objects.filter(
        state=State.WAITING, message__dedup_key__in=[f"{event}:{key}:{user_id}" for key in keys]
    )
    return waiting.update(state=State.SKIPPED, reason="taken_back")


def mark_read(*, by: User, message_id: int | None = None, at: datetime | None = None) -> int:
    """Marks one of one's own messages (or all of them) as read; returns how many were unread. Others' do not exist."""
    messages = Message.objects.visible_to(by).unread()
    if message_id is not None:
        messages = messages.filter(pk=message_id)
    return messages.update(read_at=instant(at))
