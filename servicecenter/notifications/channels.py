"""Sending to the outside, through apprise: one small contract, permanent or temporary failure."""

from __future__ import annotations

import apprise
from django.conf import settings


class TemporaryFailure(Exception):
    """It may work later; the message is tried again."""


class PermanentFailure(Exception):
    """It will never work (no channel configured, address refused)."""


def send_sms(phone: str, text: str) -> None:
    """Sends one text message through the gateway of SMS_URL, in which `{phone}` stands for the receiver.

    Refuses with PermanentFailure when no gateway is configured or its address is malformed, with
    TemporaryFailure when the
    gateway does not take it.
    """
    if not settings.SMS_URL:
        raise PermanentFailure("no SMS_URL is configured")
    gateway = apprise.Apprise()
    if not gateway.add(settings.SMS_URL.replace("{phone}", phone)):
        raise PermanentFailure("SMS_URL is not understood")
    if not gateway.notify(body=text):
        raise TemporaryFailure("the gateway did not take the message")
