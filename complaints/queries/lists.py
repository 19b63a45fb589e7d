"""The lists of complaints and inquiries, in tabs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from complaints.models import Complaint, Inquiry, Kind, Level
from complaints.queries.cases import with_shown
from complaints.queries.filters import narrowed
from complaints.queries.guide import NextStep, next_step
from complaints.workflow import OPEN, InquiryStatus
from complaints.workflow.inquiries import OPEN as UNANSWERED
from servicecenter.accounts.models import User
from servicecenter.lib.pages import Page, page_of

SIZE = 25
MOST_OPEN = 20
MOST_TO_WRITE = 50


@dataclass(frozen=True)
class Tab:
    """One list: which rows, in which order (never null, ending with the id)."""

    code: str
    label: str | Promise
    model: type[Complaint] | type[Inquiry]
    narrow: Callable[[Any, User, datetime], Any]
    order: tuple[str, ...] = ("-id",)


TABS: Mapping[str, Tab] = {
    tab.code: tab
    for tab in (
        Tab(
            "open",
            pgettext_lazy("complaints", "Open"),
            Complaint,
            lambda rows, user, at: rows.filter(status__in=OPEN),
        ),
        Tab(
            "mine",
            pgettext_lazy("complaints", "Mine"),
            Complaint,
            lambda rows, user, at: rows.filter(Q(handler=user) | Q(agent=user), status__in=OPEN),
        ),
        Tab(
            "overdue",
            pgettext_lazy("complaints", "Overdue"),
            Complaint,
            lambda rows, user, at: rows.overdue(at).filter(next_due_at__isnull=False),
            ("next_due_at", "id"),
        ),
        Tab(
            "serious",
            pgettext_lazy("complaints", "Complex and major"),
            Complaint,
            lambda rows, user, at: rows.filter(status__in=OPEN, level__in=[Level.COMPLEX, Level.MAJOR]),
        ),
        Tab(
            "inquiries",
            pgettext_lazy("complaints", "Inquiries"),
            Inquiry,
            lambda rows, user, at: rows.filter(kind=Kind.INQUIRY, status__in=UNANSWERED),
        ),
        Tab(
            "suggestions",
            pgettext_lazy("complaints", "Suggestions"),
            Inquiry,
            lambda rows, user, at: rows.filter(kind=Kind.SUGGESTION, status__in=UNANSWERED),
        ),
        Tab(
            "praise",
            pgettext_lazy("complaints", "Praise"),
            Inquiry,
            lambda rows, user, at: rows.filter(kind=Kind.PRAISE),
        ),
        Tab(
            "done",
            pgettext_lazy("complaints", "Closed"),
            Complaint,
            lambda rows, user, at: rows.exclude(status__in=OPEN),
        ),
    )
}


def listed(user: User, tab: Tab, wanted: Mapping[str, Any], *, at: datetime, cursor: str = "") -> Page[Any]:
    """A page of a tab, narrowed to what was asked for; two queries."""
    rows: Any = tab.model.objects
    found = narrowed(tab.narrow(rows.visible_to(user), user, at), user, wanted, at=at)
    return page_of(with_shown(found), order=tab.order, cursor=cursor, size=SIZE)


def counted(user: User, at: datetime) -> dict[str, int]:
    """How many wait in each tab that is work; not of what is over."""
    return {
        tab.code: tab.narrow(_rows(tab).visible_to(user), user, at).count()
        for tab in TABS.values()
        if tab.code not in ("done", "praise")
    }


def _rows(tab: Tab) -> Any:
    return tab.model.objects


@dataclass(frozen=True)
class Row:
    """A case on a resident's list, with its next step."""

    case: Complaint | Inquiry
    next: NextStep
    your_turn: bool


def of_resident(user: User, community_id: int) -> list[Row]:
    """What a resident told us here, newest first; twenty of each sort at most, two queries."""
    complaints = with_shown(Complaint.objects.visible_to(user)).filter(community=community_id)
    inquiries = with_shown(Inquiry.objects.visible_to(user)).filter(community=community_id)
    found = [*complaints.order_by("-id")[:MOST_OPEN], *inquiries.order_by("-id")[:MOST_OPEN]]
    found.sort(key=lambda case: case.received_at, reverse=True)
    waiting = ("proposed", InquiryStatus.ANSWERED)
    return [Row(case, next_step(case, user), case.status in waiting) for case in found]


def public_answers(community_id: int) -> list[Inquiry]:
    """Suggestions with our answers that every resident may read, newest first; without a name."""
    rows = Inquiry.objects.filter(community=community_id, public=True, status__in=["answered", "closed"])
    return list(rows.order_by("-answered_at", "-id")[:MOST_OPEN])


def to_be_written(user: User) -> list[Inquiry]:
    """Questions that were answered out of somebody's head, the oldest first; fifty at most."""
    rows = Inquiry.objects.visible_to(user).filter(to_write=True).select_related("answered_by")
    return list(rows.order_by("id")[:MOST_TO_WRITE])
