"""When a site is looked at next: every three days at least while work goes on, every day after a violation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from decoration.models import Permit, Rule
from decoration.queries.terms import terms_of
from decoration.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import local_day

PATROLLED = (Status.ACTIVE, Status.SUSPENDED)


def first_due(permit: Permit, at: datetime) -> date:
    """The first patrol: within the rhythm from the first day of the works."""
    begins = max(permit.starts_on or local_day(at), local_day(at))
    return begins + timedelta(days=terms_of(permit.community_id).patrol_days - 1)


def next_due(permit: Permit, at: datetime) -> date:
    """The next one after a patrol at this instant."""
    terms = terms_of(permit.community_id)
    days = terms.alert_days if permit.has_open_violations else terms.patrol_days
    return max(local_day(at), permit.starts_on or local_day(at)) + timedelta(days=days)


def checklist(permit: Permit) -> Sequence[Rule]:
    """What a patrol looks at, in order."""
    return list(Rule.objects.conduct().filter(community=permit.community_id))


def to_patrol(user: User, day: date) -> QuerySet[Permit]:
    """Sites that somebody on the staff sees, those that wait longest first; one's own before others of the same day."""
    rows = Permit.objects.visible_to(user).filter(status__in=PATROLLED, patrol_due_on__isnull=False)
    # How much is to be put right: a phone keeps the page of a site until something of it changes.
    rows = rows.annotate(open_violations=Count("violations", Q(violations__mended_at=None)))
    return rows.select_related("unit", "community", "inspector", "contractor").order_by("patrol_due_on", "id")
