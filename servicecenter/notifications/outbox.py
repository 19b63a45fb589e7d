"""Sending what waits for the outside, from as many workers as there are.

At least once: a worker that dies between the gateway's answer and its own commit sends one more time after the crash.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from servicecenter.accounts.actions import draw_code
from servicecenter.accounts.models import PhoneCode
from servicecenter.lib.clock import instant
from servicecenter.notifications.channels import PermanentFailure, TemporaryFailure, send_sms

log = logging.getLogger(__name__)
MOST_FAILURES = 4
FIRST_WAIT = timedelta(seconds=3)


def send_due(*, at: datetime | None = None, most: int = 50) -> int:
    """Sends waiting sign-in codes one by one; returns how many were handled. Safe to run anywhere at once."""
    for number in range(most):
        if not _send_next(at):
            return number
    return most


def _send_next(at: datetime | None) -> bool:
    with transaction.atomic():
        now = instant(at)
        waiting = PhoneCode.objects.select_for_update(skip_locked=True).filter(send_at__lte=now)
        code = waiting.order_by("send_at").first()
        if code is None:
            return False
        _send(code, now)
    return True


def _send(code: PhoneCode, now: datetime) -> None:
    """Sends one code, or plans the next try; a code that has expired meanwhile is left unsent."""
    code.send_at = None
    if now < code.expires_at:
        try:
            with translation.override(code.language or None):
                send_sms(
                    code.phone,
                    _("Your sign-in code is %(code)s. It is valid for 5 minutes.")
                    % {"code": draw_code(code)},
                )
        except PermanentFailure as failure:
            log.error("a sign-in code cannot be sent: %s", failure)
        except TemporaryFailure as failure:
            code.failures += 1
            log.warning("a sign-in code was not taken (try %s): %s", code.failures, failure)
            if code.failures < MOST_FAILURES:
                code.send_at = now + FIRST_WAIT * 2**code.failures
    code.save(update_fields=["send_at", "failures"])
