"""Limits against guessing and flooding, kept as rows so that they hold on every machine and without Redis."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from servicecenter.accounts.models import LoginAttempt
from servicecenter.lib.refusals import TooMany


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts of this kind for one name, number or address within `window`."""

    kind: str
    window: timedelta
    most: int

    def key(self, value: str) -> str:
        """A keyed digest, so that the table of attempts holds no phone number, name or address."""
        said = f"{self.kind}:{value}".encode()
        return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


PASSWORDS = Limit("user", timedelta(minutes=15), 10)
GUESSES_PER_ADDRESS = Limit("address", timedelta(minutes=15), 100)
CODES_PER_PHONE = Limit("code", timedelta(hours=1), 5)
# A whole block may share one address, but nobody sends a text message to hundreds of neighbours.
CODES_PER_ADDRESS = Limit("code-address", timedelta(hours=1), 60)
# A whole block may share one address; nobody writes hundreds of complaints without a name in an hour.
VOICES_PER_ADDRESS = Limit("voice-address", timedelta(hours=1), 20)
LONGEST = max(
    limit.window
    for limit in (PASSWORDS, GUESSES_PER_ADDRESS, CODES_PER_PHONE, CODES_PER_ADDRESS, VOICES_PER_ADDRESS)
)


def take(at: datetime, *limits: tuple[Limit, str]) -> list[int]:
    """Notes one attempt under each (limit, value) and returns what `give_back` needs.

    Refuses `too_many`. The note comes before the count: of many attempts at once each sees the others, so
    that no crowd of connections slips through together. A refused attempt leaves no note: waiting helps.
    """
    notes = LoginAttempt.objects.bulk_create(
        LoginAttempt(key=limit.key(value), at=at) for limit, value in limits
    )
    taken = [note.pk for note in notes]
    for limit, value in limits:
        recent = LoginAttempt.objects.filter(key=limit.key(value), at__gt=at - limit.window)
        if recent.count() > limit.most:
            give_back(taken)
            raise TooMany
    return taken


def give_back(taken: list[int]) -> None:
    """An attempt that turned out to be honest does not count."""
    LoginAttempt.objects.filter(pk__in=taken).delete()
