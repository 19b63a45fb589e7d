"""Whether a measure of a month worked: how many complaints of its topic came in the month before the one in which it
fell due, and in the month after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models.functions import TruncMonth

from complaints.models import Complaint, Type
from complaints.queries.analysis import ASIDE, month_after, month_before
from servicecenter.accounts.models import User
from servicecenter.lib.clock import LOCAL, start_of_day
from surveys.models import Measure
from surveys.queries.measures import due_in


@dataclass(frozen=True)
class Effect:
    """A measure with the complaints of its topic in the month before and the month after; `topic`: '' for all.

    Figures are those of the analysis of these months; `after` is None as long as its month is not over.
    """

    measure: Measure
    topic: str
    month_before: date
    before: int
    month_after: date
    after: int | None

    @property
    def tone(self) -> str:
        """Fewer is good."""
        if self.after is None or self.after == self.before:
            return "plain"
        return "good" if self.after < self.before else "bad"


def effects_of(user: User, measures: Sequence[Measure], today: date) -> list[Effect]:
    """The effect of each of these measures of a month, as `user` may count; one query for all of them."""
    if not measures:
        return []
    counts = _counts(user, measures)
    return [_effect(each, counts, today) for each in measures]


def shown_in(user: User, month: date, today: date) -> list[Effect]:
    """What fell due in the month before this one: this month shows whether it worked."""
    return effects_of(user, due_in(user, month_before(month)), today)


Counts = Counter[tuple[int, date, str]]


def _effect(measure: Measure, counts: Counts, today: date) -> Effect:
    due = measure.due_on.replace(day=1)
    before, after = month_before(due), month_after(due)
    topic = measure.section

    def figure(month: date) -> int:
        found = (counts[measure.community_id, month, each] for each in ([topic] if topic else Type.values))
        return sum(found)

    return Effect(
        measure,
        str(Type(topic).label) if topic in Type.values else "",
        before,
        figure(before),
        after,
        figure(after) if month_after(after) <= today else None,
    )


def _counts(user: User, measures: Sequence[Measure]) -> Counts:
    first = month_before(min(each.due_on for each in measures).replace(day=1))
    last = month_after(month_after(max(each.due_on for each in measures)))
    rows = Complaint.objects.visible_to(user).exclude(status__in=ASIDE)
    rows = rows.filter(received_at__gte=start_of_day(first), received_at__lt=start_of_day(last))
    rows = rows.filter(community__in={each.community_id for each in measures})
    found: Counts = Counter()
    for community, at, type in rows.annotate(month=TruncMonth("received_at", tzinfo=LOCAL)).values_list(
        "community", "month", "type"
    ):
        found[community, at.date(), type] += 1
    return found
