"""Who was praised in a period, and how often: a figure of the person, beside those of their work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from complaints.models import Inquiry, Kind
from complaints.workflow import InquiryStatus
from servicecenter.board.queries.labels import people
from servicecenter.board.queries.slices import Slice

ASIDE = (InquiryStatus.WITHDRAWN, InquiryStatus.CONVERTED)


@dataclass(frozen=True)
class Praised:
    """One person with how many words of praise reached them."""

    name: str
    count: int


def praise_in(part: Slice) -> QuerySet[Inquiry]:
    """Praise of somebody in the communities of a slice, by the day on which it came; of one person if it names one."""
    rows = Inquiry.objects.filter(
        kind=Kind.PRAISE,
        community__in=part.community_ids,
        received_at__gte=part.since,
        received_at__lt=part.until,
        about__isnull=False,
    )
    rows = rows.filter(about=int(part.technician)) if part.technician.isdigit() else rows
    return rows.exclude(status__in=ASIDE)


def praised(part: Slice) -> Sequence[Praised]:
    """The most often praised first; one query for any number, and one for the names."""
    counted = praise_in(part).order_by().values_list("about").annotate(count=Count("id"))
    found = sorted(counted, key=lambda pair: (-pair[1], pair[0]))
    names = people([pk for pk, _count in found], part.communities)
    return [Praised(str(names[pk]), count) for pk, count in found]
