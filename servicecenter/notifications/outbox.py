"""Sending what waits in the outbox, from as many workers as there are, at least once with one repeat per crash
at most."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation

from servicecenter.accounts.actions import draw_code
from servicecenter.accounts.models import PhoneCode
from servicecenter.lib.clock import instant
from servicecenter.notifications.channels import PermanentFailure, TemporaryFailure, send_sms
from servicecenter.notifications.models import Message, MessageState
from servicecenter.notifications.texts import render

MOST_TRIES = 6


def send_due(*, at: datetime | None = None, most: int = 50) -> int:
    """Sends pending messages one by one; returns how many were handled. Safe to run anywhere at once."""
    for number in range(most):
        if not _send_next(at):
            return number
    return most


def _send_next(at: datetime | None) -> bool:
    with transaction.atomic():
        now = instant(at)
        message = (
            Message.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .filter(state=MessageState.PENDING, next_try_at__lte=now)
            .order_by("next_try_at")
            .first()
        )
        if message is None:
            return False
        _deliver(message, now)
    return True


def _deliver(message: Message, now: datetime) -> None:
    message.tries += 1
    try:
        with translation.override(message.recipient.language or None):
            send_sms(message.recipient.phone or "", _text(message))
    except PermanentFailure as error:
        message.state, message.next_try_at, message.error = MessageState.FAILED, None, str(error)[:200]
    except TemporaryFailure as error:
        message.error = str(error)[:200]
        message.next_try_at = now + timedelta(seconds=5 * 4**message.tries)
        if message.tries >= MOST_TRIES:
            message.state, message.next_try_at = MessageState.FAILED, None
    else:
        message.state, message.sent_at, message.next_try_at, message.error = MessageState.SENT, now, None, ""
    message.save(update_fields=["state", "tries", "next_try_at", "sent_at", "error"])


def _text(message: Message) -> str:
    """A sign-in code is drawn only now, so that it never stands in the outbox."""
    if message.event == "account.code":
        code = PhoneCode.objects.get(pk=message.params["code_id"])
        message.params = {"code": draw_code(code)}
    text = render(message)
    return f"{text.title}\n{text.body}".strip()
