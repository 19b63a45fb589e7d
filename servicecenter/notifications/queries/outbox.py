"""Reads for the outbox page: what left, what waits, what failed, in words and without anybody's address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicecenter.accounts.models import User
from servicecenter.lib.pages import page_of
from servicecenter.notifications.models import Attempt, Channel, Delivery, State
from servicecenter.notifications.reasons import said
from servicecenter.notifications.texts import news_of, words
from servicecenter.notifications.wordings import Edited

PAGE = 30
MOST_FAILED = 10
# The look of each state: tone and icon.
LOOKS = {
    State.WAITING: ("waiting", "clock-hour-4"),
    State.SENDING: ("active", "send"),
    State.SENT: ("good", "circle-check"),
    State.FAILED: ("alarm", "alert-triangle"),
    State.SKIPPED: ("plain", "circle-x"),
}
OUTCOMES: dict[str, str | Promise] = {
    "later": gettext_lazy("Will be tried again"),
    "quiet": gettext_lazy("Put off: quiet hours"),
    "resent": gettext_lazy("Sent again by request"),
}


@dataclass(frozen=True)
class Line:
    """One delivery in words."""

    pk: int
    title: str
    to: str
    channel: str
    state: str
    state_said: str
    tone: str
    icon: str
    reason: str
    at: datetime
    attempts: int
    urgent: bool
    text: str
    together: int
    number: str


@dataclass(frozen=True)
class Step:
    """One line of the delivery log."""

    label: str
    at: datetime
    actor: str
    text: str
    icon: str
    tone: str


@dataclass(frozen=True)
class OutboxPage:
    """One page of deliveries, with the latest failures on top of the unfiltered one."""

    lines: list[Line]
    failed: list[Line]
    newer: str
    older: str


def outbox_page(
    user: User, *, state: str = "", channel: str = "", community: int | None = None, cursor: str = ""
) -> OutboxPage:
    """The latest deliveries of the user's communities, a group as one line; four queries."""
    rows = _rows(user)
    if community is not None:
        rows = rows.filter(community=community)
    page_rows = rows.filter(sent_with=None)
    if state:
        page_rows = page_rows.filter(state=state)
    if channel:
        page_rows = page_rows.filter(channel=channel)
    page = page_of(page_rows, order=["-id"], cursor=cursor, size=PAGE)
    plain = not (state or channel or cursor)
    failed = list(rows.filter(state=State.FAILED).order_by("-id")[:MOST_FAILED]) if plain else []
    edited = Edited()
    return OutboxPage(
        [line_of(row, edited) for row in page.rows],
        [line_of(row, edited) for row in failed],
        page.newer,
        page.older,
    )


def delivery_of(user: User, pk: int) -> Delivery | None:
    """One delivery that the user may see, with what its page shows."""
    return _rows(user).filter(pk=pk).first()


def log_of(delivery: Delivery) -> list[Step]:
    """What came of every attempt, oldest first."""
    return [_step(row) for row in delivery.log.select_related("by").order_by("id")]


def line_of(row: Delivery, edited: Edited) -> Line:
    """A delivery in words, in the active language."""
    tone, icon = LOOKS[State(row.state)]
    return Line(
        pk=row.pk,
        title=_title(row, edited),
        to=_reader(row),
        channel=str(Channel(row.channel).label),
        state=row.state,
        state_said=str(State(row.state).label),
        tone=tone,
        icon=icon,
        reason=said(row.reason),
        at=row.sent_at or row.created_at,
        attempts=row.attempts,
        urgent=row.priority < 2,
        text=row.text,
        together=getattr(row, "together", 0),
        number=str(row.message.params.get("number", "")) if row.message else "",
    )


def _rows(user: User) -> QuerySet[Delivery]:
    rows = Delivery.objects.visible_to(user).select_related("message__recipient", "recipient", "robot")
    return rows.annotate(together=Count("carried"))


def _title(row: Delivery, edited: Edited) -> str:
    if row.message is None:
        return _("Sign-in code")
    return words(news_of(row.message), row.channel, edited).title


def _reader(row: Delivery) -> str:
    if row.robot is not None:
        return row.robot.name
    if row.recipient is not None:
        return f"{row.recipient} · {row.recipient.get_role_display()}"
    return _("the phone left with the case") if row.message is not None else _("the phone that signs in")


def _step(row: Attempt) -> Step:
    state = row.outcome if row.outcome in State.values else ""
    tone, icon = LOOKS[State(state)] if state else ("waiting", "refresh-alert")
    label = State(state).label if state else OUTCOMES.get(row.outcome, row.outcome)
    return Step(str(label), row.at, str(row.by or ""), said(row.reason), icon, tone)
