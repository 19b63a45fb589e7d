"""Whose personal data has been kept long enough, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from complaints.models import Complaint, Inquiry
from decoration.models import Permit
from owners.models import Occupancy, Person, ProfileChange
from owners.queries.erasure import kept_for
from repairs.models import Ticket
from repairs.workflow import CLOSED
from servicecenter.accounts.models import User
from servicecenter.desk.models import Promise
from surveys.models import FollowUp

SOON = timedelta(days=30)
# A page counts no further: what is more than this is said as "more than".
MOST_COUNTED = 10_000


def due_for_erasure(at: datetime) -> QuerySet[Person]:
    """People who had a home, whose last stay ended longer ago than the rule says, and for whom nothing is open.

    Each has `left_at`. Records that were merged into theirs go with them and are not listed.
    """
    return nothing_open(gone_before(at - kept_for()))


def gone_before(before: datetime) -> QuerySet[Person]:
    """People all of whose stays ended before an instant, and who had one; not yet erased."""
    stays = Occupancy.objects.filter(_same())
    last = (
        Occupancy.objects.filter(person=OuterRef("pk")).order_by().values("person").annotate(at=Max("until"))
    )
    return (
        Person.objects.filter(erased_at=None, merged_into=None)
        .filter(Exists(Occupancy.objects.filter(person=OuterRef("pk"), until__lt=before)))
        .exclude(Exists(stays.filter(Q(until=None) | Q(until__gte=before))))
        .annotate(left_at=Subquery(last.values("at")))
        .select_related("community")
        .order_by("id")
    )


def nothing_open(people: QuerySet[Person]) -> QuerySet[Person]:
    """Of them those for whom no repair, complaint, inquiry, call, promise or correction is open."""
    reported = Ticket.objects.filter(Q(reporter=OuterRef("pk")) | Q(reporter__merged_into=OuterRef("pk")))
    return (
        people.exclude(Exists(reported.exclude(status__in=CLOSED)))
        .exclude(Exists(reported.filter(Exists(_uncalled("repair")))))
        .exclude(Exists(Complaint.objects.filter(_told()).open()))
        .exclude(Exists(Complaint.objects.filter(_told()).filter(Exists(_uncalled("complaint")))))
        .exclude(Exists(Inquiry.objects.filter(_told()).open()))
        .exclude(Exists(Permit.objects.filter(_applied()).open()))
        .exclude(Exists(Permit.objects.filter(_applied()).filter(Exists(_uncalled("permit")))))
        .exclude(Exists(Promise.objects.filter(_same()).open()))
        .exclude(Exists(ProfileChange.objects.filter(_same()).open()))
    )


def _uncalled(work: str) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(work=work, case_id=OuterRef("pk")).exclude(status="done")


def _applied() -> Q:
    return Q(applicant=OuterRef("pk")) | Q(applicant__merged_into=OuterRef("pk"))


def _told() -> Q:
    return Q(reporter=OuterRef("pk")) | Q(reporter__merged_into=OuterRef("pk"))


def _same() -> Q:
    return Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk"))


@dataclass(frozen=True)
class Coming:
    """How many people tonight, within a month, and how many wait for something open; each counted to 10 000."""

    tonight: int
    soon: int
    waiting: int


def coming(user: User, at: datetime) -> Coming:
    """What the nightly run has before it in one's communities."""
    before = at - kept_for()
    old = gone_before(before).filter(community__in=user.community_ids)
    tonight = nothing_open(old)
    soon = gone_before(before + SOON).filter(community__in=user.community_ids)
    gone = _counted(tonight)
    return Coming(gone, max(_counted(soon) - _counted(old), 0), max(_counted(old) - gone, 0))


def _counted(rows: QuerySet[Person]) -> int:
    return rows.order_by()[:MOST_COUNTED].count()
