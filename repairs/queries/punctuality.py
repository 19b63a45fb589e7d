"""How well appointments are kept, for the board."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from repairs.models import Appointment, WindowState

W = WindowState
KEPT_IN_TIME = Q(state=W.KEPT, closed_at__lte=F("ends_at"))
# Nobody was there although it had been agreed: it is said so, or its end passed before anybody came or gave it up.
NOT_KEPT = Q(state=W.MISSED_BY_TECHNICIAN) | Q(
    Q(closed_at=None) | Q(closed_at__gt=F("ends_at")),
    state__in=[W.KEPT, W.AGREED, W.MOVED, W.CANCELLED],
)


@dataclass(frozen=True)
class Punctuality:
    """Of one technician: appointments kept in time ÷ those that the technician had to keep. Where nobody was at home
    nothing could be kept; those are counted beside it."""

    technician_id: int
    name: str
    in_time: int
    due: int
    nobody_came: int
    nobody_home: int

    @property
    def percent(self) -> int | None:
        """The share in whole percent, rounded down; None without any."""
        return self.in_time * 100 // self.due if self.due else None


def punctuality(
    communities: Iterable[int], *, since: datetime, until: datetime, now: datetime
) -> list[Punctuality]:
    """Appointments whose agreed window ended in [since, until) and before `now`, by technician; one query."""
    ended = Q(ends_at__gte=since, ends_at__lt=until) & (Q(ends_at__lte=now) | Q(state=W.KEPT))
    rows = (
        Appointment.objects.filter(ended, community__in=set(communities), agreed_at__isnull=False)
        .order_by("technician__name", "technician")
        .values_list("technician", "technician__name")
        .annotate(
            in_time=Count("id", KEPT_IN_TIME),
            not_kept=Count("id", NOT_KEPT),
            nobody_came=Count("id", Q(state=W.MISSED_BY_TECHNICIAN)),
            nobody_home=Count("id", Q(state=W.MISSED_BY_RESIDENT)),
        )
    )
    return [
        Punctuality(pk, name, in_time, in_time + not_kept, nobody_came, nobody_home)
        for pk, name, in_time, not_kept, nobody_came, nobody_home in rows
    ]
