"""Where a person is reached, looked up at the moment of sending and kept nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from servicecenter.accounts.models import Role, User
from servicecenter.lib import works
from servicecenter.notifications.models import Channel, Delivery, Reach

# An app above may know e-mail addresses of residents: (user, community id) → address or ''.
EmailBook = Callable[[User, "int | None"], str]
_books: list[EmailBook] = []


def register_emails(book: EmailBook) -> None:
    """Makes a source of residents' e-mail addresses known; safe to repeat."""
    if book not in _books:
        _books.append(book)


def reach_of(user: User) -> Reach | None:
    """What the user wrote down about being reached; None for nothing."""
    return Reach.objects.filter(user=user).first()


def address_of(delivery: Delivery, reach: Reach | None) -> str:
    """The phone number or e-mail address of a delivery to a person; '' when there is none."""
    if delivery.code is not None:
        return delivery.code.phone
    if delivery.recipient is None:
        return _contact(delivery)
    if delivery.channel == Channel.SMS:
        return (reach.phone if reach else "") or delivery.recipient.phone or ""
    return (reach.email if reach else "") or email_of(delivery.recipient, delivery.community_id)


def email_of(user: User, community_id: int | None) -> str:
    """The address in the owner records, for a resident."""
    if user.role != Role.RESIDENT:
        return ""
    return next(filter(None, (book(user, community_id) for book in _books)), "")


def _contact(delivery: Delivery) -> str:
    """The phone that the case itself names, as long as whoever left it is still concerned."""
    message: Any = delivery.message
    work = works.find(message.work)
    case = work and work.model._default_manager.filter(pk=message.case_id).first()
    return work.contact(case) if work and case else ""
