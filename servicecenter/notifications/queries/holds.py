"""Whether messages are being held."""

from __future__ import annotations

from servicecenter.notifications.models import Delivery, MessageHold, State

# More are not counted.
MOST_COUNTED = 1000


def held() -> MessageHold | None:
    """The open hold, if there is one."""
    return MessageHold.objects.select_related("by").filter(released_at=None).first()


def waiting() -> int:
    """How many deliveries wait, up to MOST_COUNTED."""
    return Delivery.objects.filter(state=State.WAITING)[:MOST_COUNTED].count()


def waiting_since_before(hold: MessageHold) -> int:
    """How many of them had been waiting when the hold began, up to MOST_COUNTED."""
    return Delivery.objects.filter(state=State.WAITING, created_at__lte=hold.since)[:MOST_COUNTED].count()
