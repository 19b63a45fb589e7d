"""One case for a page, and the cases beside it: the same cause, the same home, the same hand."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import QuerySet

from complaints.models import Complaint, Inquiry, Substance
from complaints.queries.people import LEAD_ROLES
from complaints.workflow import OPEN, Status
from owners.models import Building, Unit
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound

REPEAT_WITHIN = timedelta(days=90)
MOST_HINTS = 5
# Texts that share fewer of their signs are about something else.
ALIKE_FROM = 0.15
# From so many in 90 days on, the earlier answers are worth reading first.
MANY = 5
_NUMBER = re.compile(r"[CQ][0-9]{6}-[A-Z]{0,3}[0-9]{1,9}")
SHOWN = (
    "community",
    "unit",
    "building",
    "reporter__user",
    "registered_by",
    "agent",
    "handler",
    "about",
)
OF_COMPLAINT = ("other_unit", "lead", "reviewed_by", "signed_off_by")


def with_shown(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Cases with everything that their page shows, in one query."""
    more = OF_COMPLAINT if rows.model is Complaint else ("answered_by", "article__article")
    return rows.select_related(*SHOWN, *more)


def complaint_for(user: User, number: str) -> Complaint:
    """The complaint with this number; refuses `not_found` for one that is missing or out of scope, alike."""
    found: Complaint = _one(Complaint.objects.visible_to(user), number)
    return found


def inquiry_for(user: User, number: str) -> Inquiry:
    """The same for an inquiry, a suggestion or praise."""
    found: Inquiry = _one(Inquiry.objects.visible_to(user), number)
    return found


def case_for(user: User, number: str) -> Complaint | Inquiry:
    """Whichever has this number."""
    return complaint_for(user, number) if number[:1].upper() == "C" else inquiry_for(user, number)


def numbered(number: str) -> Complaint | Inquiry:
    """The case that was just made under this number, whoever may see it."""
    made = Complaint.objects.filter(number=number).first() or Inquiry.objects.filter(number=number).first()
    if made is None:
        raise NotFound
    return made


def _one(rows: Any, number: str) -> Any:
    number = number.upper()
    # Not every string may be asked of PostgreSQL (NUL), and only numbers of ours are worth asking for.
    if not _NUMBER.fullmatch(number):
        raise NotFound
    found = with_shown(rows).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def same_cause(
    user: User, *, community_id: int, type: str, text: str, building: Building | None = None, but: int = 0
) -> list[Complaint]:
    """Open complaints that may have the same cause: of the same type, in like words, the likeliest first; five at most.
    Those of the same building count as a little more alike."""
    rows = Complaint.objects.visible_to(user).open().filter(community=community_id, type=type, lead=None)
    likened = rows.exclude(pk=but).annotate(likeness=TrigramSimilarity("text", text[:500]))
    found = list(likened.filter(likeness__gte=ALIKE_FROM / 2).order_by("-likeness", "-id")[: 4 * MOST_HINTS])

    def weight(each: Complaint) -> float:
        near = building is not None and each.building_id == building.pk
        return float(getattr(each, "likeness", 0)) * (2 if near else 1)

    alike = [each for each in found if weight(each) >= ALIKE_FROM]
    return sorted(alike, key=weight, reverse=True)[:MOST_HINTS]


def repeats(user: User, *, unit: Unit | None, type: str, at: datetime, but: int = 0) -> list[Complaint]:
    """重复投诉: of the same home and type within 90 days before `at`, newest first; five at most."""
    if unit is None:
        return []
    rows = Complaint.objects.visible_to(user).filter(
        unit=unit, type=type, received_at__lt=at, received_at__gte=at - REPEAT_WITHIN
    )
    found = rows.exclude(pk=but).exclude(status__in=[Status.WITHDRAWN, Status.CONVERTED])
    return list(found.order_by("-id")[:MOST_HINTS])


@dataclass(frozen=True)
class Pattern:
    """How often the same person complained within 90 days, and what the investigations came to."""

    count: int
    days: int
    confirmed: int
    partly: int
    not_confirmed: int

    @property
    def undecided(self) -> int:
        """How many are not looked into to the end."""
        return self.count - self.confirmed - self.partly - self.not_confirmed

    @property
    def is_many(self) -> bool:
        """Whether the earlier answers are worth reading first."""
        return self.count >= MANY


def pattern_of(user: User, complaint: Complaint) -> Pattern | None:
    """For those who lead: facts, said in plain words; no judgement of anybody, and no mark that whoever answers next
    would see. Nothing of an anonymous one."""
    if complaint.reporter_id is None or user.role not in LEAD_ROLES:
        return None
    since = complaint.received_at - REPEAT_WITHIN
    rows = Complaint.objects.visible_to(user).filter(
        reporter=complaint.reporter_id, received_at__gte=since, received_at__lte=complaint.received_at
    )
    found = list(rows.values_list("substance", flat=True))
    held = Counter(found)
    return Pattern(
        len(found),
        REPEAT_WITHIN.days,
        held[Substance.CONFIRMED],
        held[Substance.PARTLY],
        held[Substance.NOT],
    )


def group_of(complaint: Complaint) -> list[Complaint]:
    """The complaints that go on with this one, in the order in which they came."""
    return list(complaint.group.filter(status=Status.JOINED).order_by("id"))


def may_lead(user: User, complaint: Complaint) -> QuerySet[Complaint]:
    """Open complaints of the community that it could go on with."""
    rows = Complaint.objects.visible_to(user).filter(
        community=complaint.community_id, status__in=OPEN, lead=None
    )
    return rows.exclude(pk=complaint.pk).order_by("-id")
