"""Colleagues whom a text is about, and whom a complaint can be given to."""

from __future__ import annotations

from django.db.models import QuerySet

from complaints.models import SIMPLE, Complaint, Kind, Type
from servicecenter.accounts.models import Community, Role, User

# One character names nobody.
SHORTEST_NAME = 2
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


def colleagues_of(complaint: Complaint) -> QuerySet[User]:
    """Who may get a task or be on the team."""
    staff: QuerySet[User] = User.objects.staff_of([complaint.community_id])
    return staff.exclude(pk=complaint.about_id or 0).order_by("name", "username")
