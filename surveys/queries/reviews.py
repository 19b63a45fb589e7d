"""Which calls are listened to: of each caller and week the first two in the order of a draw that anybody can repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Value, Window
from django.db.models.fields import CharField
from django.db.models.functions import MD5, Cast, Concat, RowNumber, TruncWeek

from servicecenter.accounts.models import User
from servicecenter.lib.clock import LOCAL
from surveys.models import Attempt, CallReview
from surveys.workflow import AttemptOutcome

EACH_WEEK, WEEKS = 2, 4
SALT, MOST_OWN = "listen", 20


@dataclass(frozen=True)
class Drawn:
    """A call of the sample, and what was heard in it so far."""

    attempt: Attempt
    review: CallReview | None
    is_own: bool


def drawn_for(user: User, at: datetime) -> list[Drawn]:
    """The sample of the last four weeks in the reader's communities, those to be listened to first; two queries.

    A call is drawn by the MD5 of its number: nobody chooses, and it is the same for every reader.
    """
    answered = Attempt.objects.filter(
        community__in=user.community_ids,
        outcome=AttemptOutcome.REACHED,
        started_at__gte=at - timedelta(weeks=WEEKS),
    )
    ranked = answered.annotate(
        place=Window(
            RowNumber(),
            partition_by=[F("by"), TruncWeek("started_at", tzinfo=LOCAL)],
            order_by=MD5(Concat(Value(SALT), Cast("id", CharField()))),
        )
    ).filter(place__lte=EACH_WEEK)
    rows = list(ranked.select_related("by", "follow_up").order_by("-started_at"))
    heard = {
        each.attempt_id: each for each in CallReview.objects.filter(attempt__in=[row.pk for row in rows])
    }
    found = [Drawn(row, heard.get(row.pk), row.by_id == user.pk) for row in rows]
    return sorted(found, key=lambda each: each.review is not None)


def own_reviews(user: User) -> list[CallReview]:
    """What was said about one's own calls, the latest first."""
    rows = CallReview.objects.filter(attempt__by=user, community__in=user.community_ids)
    return list(rows.select_related("attempt__follow_up", "by").order_by("-at")[:MOST_OWN])
