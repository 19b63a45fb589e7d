"""Colleagues whom a text is about, whom a complaint can be given to, and who was praised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet

from complaints.models import SIMPLE, Complaint, Inquiry, Kind, Type
from complaints.workflow import InquiryStatus
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import database_now

# One character names nobody.
SHORTEST_NAME = 2
PRAISE_WITHIN = timedelta(days=365)
LATEST_PRAISE = 3
# Who may lead what is serious.
LEAD_ROLES = (Role.SUPERVISOR.value, Role.MANAGER.value)


def named_in(community: Community, text: str, *, kind: str, type: str) -> User | None:
    """The one colleague whose name stands in a complaint about staff, or in praise; None for nobody or several."""
    if kind != Kind.PRAISE and type != Type.STAFF_ATTITUDE:
        return None
    staff = User.objects.staff_of([community.pk])
    found = [each for each in staff if len(each.name) >= SHORTEST_NAME and each.name in text]
    return found[0] if len(found) == 1 else None


def handlers_for(complaint: Complaint, level: str = "") -> QuerySet[User]:
    """Whom it can be given to: anybody who works here, of a serious one a supervisor or manager; never whom it is
    about."""
    roles = () if (level or complaint.level) in SIMPLE else LEAD_ROLES
    staff: QuerySet[User] = User.objects.staff_of([complaint.community_id], *roles)
    return staff.exclude(pk=complaint.about_id or 0).order_by("name", "username")


@dataclass(frozen=True)
class Praise:
    """What residents said well of somebody."""

    count: int
    latest: Sequence[Inquiry]


def praise_of(user: User) -> Praise:
    """Of the last twelve months, as the person praised reads it; two queries."""
    rows = Inquiry.objects.visible_to(user).filter(kind=Kind.PRAISE, about=user)
    rows = rows.filter(received_at__gte=database_now() - PRAISE_WITHIN)
    rows = rows.exclude(status__in=[InquiryStatus.WITHDRAWN, InquiryStatus.CONVERTED]).order_by("-id")
    return Praise(rows.count(), list(rows[:LATEST_PRAISE]))


def colleagues_of(complaint: Complaint) -> QuerySet[User]:
    """Who may get a task or be on the team."""
    staff: QuerySet[User] = User.objects.staff_of([complaint.community_id])
    return staff.exclude(pk=complaint.about_id or 0).order_by("name", "username")
