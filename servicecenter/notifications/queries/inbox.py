"""Reads for one's own in-app messages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.urls import reverse

from servicecenter.accounts.models import User
from servicecenter.lib.pages import page_of
from servicecenter.notifications.models import Message, MessageQuerySet
from servicecenter.notifications.texts import render
from servicecenter.notifications.wordings import Edited

PAGE = 30
MOST_COUNTED = 99
MISSED = (".breach", ".escalate", ".daily")
SHORTEST_RUN = 3


@dataclass(frozen=True)
class Notice:
    """One message in words, with where it leads."""

    pk: int
    event: str
    title: str
    body: str
    at: datetime
    unread: bool
    urgent: bool
    number: str
    url: str
    # About a missed deadline of this case, which somebody may take care of.
    late: bool = False
    work: str = ""
    case_id: int | None = None


@dataclass(frozen=True)
class Run:
    """Messages about the same event, one after the other: the latest, and the others folded behind it."""

    head: Notice
    more: list[Notice]

    @property
    def unread(self) -> int:
        """How many of the folded ones are unread."""
        return sum(notice.unread for notice in self.more)


@dataclass(frozen=True)
class Inbox:
    """One page of messages and the cursors of its neighbours."""

    notices: list[Notice]
    newer: str
    older: str
    unread: int

    @property
    def runs(self) -> list[Run]:
        """The messages with runs of one event folded; two in a row are shown as they are."""
        runs: list[Run] = []
        for _event, group in groupby(self.notices, key=lambda notice: (notice.event, notice.urgent)):
            notices = list(group)
            if len(notices) < SHORTEST_RUN:
                runs += [Run(notice, []) for notice in notices]
            else:
                runs.append(Run(notices[0], notices[1:]))
        return runs


def own_messages(user: User, communities: Collection[int] | None = None) -> MessageQuerySet:
    """The user's messages; with `communities`, only those about them (a resident reads of present homes only)."""
    messages = Message.objects.visible_to(user)
    return messages if communities is None else messages.filter(community__in=communities)


def inbox(user: User, *, cursor: str = "", communities: Collection[int] | None = None) -> Inbox:
    """The latest messages, rendered in the active language; three queries."""
    edited = Edited()
    page = page_of(own_messages(user, communities), order=["-id"], cursor=cursor, size=PAGE)
    return Inbox(
        notices=[_notice(message, user, edited) for message in page.rows],
        newer=page.newer,
        older=page.older,
        unread=unread_count(user, communities),
    )


def unread_count(user: User, communities: Collection[int] | None = None) -> int:
    """How many messages are unread, 99 at most: nobody counts further, and the query stays small."""
    return own_messages(user, communities).unread().order_by()[:MOST_COUNTED].count()


def _notice(message: Message, user: User, edited: Edited) -> Notice:
    message.recipient = user
    text = render(message, edited)
    return Notice(
        pk=message.pk,
        event=message.event,
        title=text.title,
        body=text.body,
        at=message.created_at,
        unread=message.read_at is None,
        urgent=message.urgent,
        number=str(message.params.get("number", "")),
        url=reverse("notifications:open", args=[message.pk]),
        late=message.case_id is not None and message.event.endswith(MISSED),
        work=message.work,
        case_id=message.case_id,
    )
