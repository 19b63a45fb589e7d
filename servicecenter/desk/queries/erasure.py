"""Whose personal data has been kept long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from owners.models import Occupancy, Person, ProfileChange
from repairs.models import Ticket
from repairs.workflow import CLOSED
from servicecenter.audit.models import Kept, RetentionRule
from servicecenter.desk.models import Promise
from surveys.models import FollowUp


def due_for_erasure(at: datetime) -> QuerySet[Person]:
    """People who had a home, whose last stay ended longer ago than the rule says, and for whom nothing is open.

    Each has `left_at`. Records that were merged into theirs go with them and are not listed.
    """
    before = at - timedelta(days=RetentionRule.days_of(Kept.PERSON))
    same = Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk"))
    reported = Ticket.objects.filter(Q(reporter=OuterRef("pk")) | Q(reporter__merged_into=OuterRef("pk")))
    calls = FollowUp.objects.filter(work="repair", case_id=OuterRef("pk")).exclude(status="done")
    return (
        Person.objects.filter(erased_at=None, merged_into=None)
        .annotate(left_at=Max("occupancies__until"))
        .filter(left_at__lt=before)
        .exclude(Exists(Occupancy.objects.filter(same).filter(Q(until=None) | Q(until__gte=before))))
        .exclude(Exists(reported.exclude(status__in=CLOSED)))
        .exclude(Exists(reported.filter(Exists(calls))))
        .exclude(Exists(Promise.objects.filter(same).open()))
        .exclude(Exists(ProfileChange.objects.filter(same).open()))
        .select_related("community")
        .order_by("id")
    )
