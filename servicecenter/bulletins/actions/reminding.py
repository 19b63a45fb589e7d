"""Keepers hear when an article has to be looked at again, and before its last day; once for each of these days."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from servicecenter.bulletins.models import ArticleVersion
from servicecenter.bulletins.queries.keeping import AHEAD
from servicecenter.lib.clock import instant, local_day
from servicecenter.notifications.actions import compose, post
from servicecenter.notifications.models import Message

EVENT = "article.review"
# Where its message leads.
WORK = "knowledge"


def remind_keepers(*, at: datetime | None = None) -> int:
    """Tells each keeper how many of their articles are due for review or end within two weeks; returns how many were
    told. One message a keeper and set of days: it is not repeated until something else falls due. Whoever has left is
    told nothing; their articles stand on everybody's list."""
    when = instant(at)
    day = local_day(when)
    due = ArticleVersion.objects.in_force().filter(
        Q(review_on__lte=day) | Q(valid_until__gte=day, valid_until__lte=day + AHEAD),
        article__keeper__is_active=True,
    )
    rows = due.values_list("article__keeper", "article__community", "pk", "review_on", "valid_until")
    mine: dict[int, list[tuple[int | None, str]]] = {}
    for keeper, community, pk, review_on, valid_until in rows.order_by("pk"):
        mine.setdefault(keeper, []).append((community, _fact(pk, review_on, valid_until, day)))
    messages = []
    for keeper, found in mine.items():
        newest = max(fact for _community, fact in found)
        messages += compose(
            recipients=[keeper],
            event=EVENT,
            key=f"{newest}:{len(found)}",
            at=when,
            community_id=found[0][0],
            work=WORK,
            params={"count": len(found)},
        )
    before = Message.objects.filter(event=EVENT).count()
    post(messages)
    return Message.objects.filter(event=EVENT).count() - before


def _fact(pk: int, review_on: date | None, valid_until: date | None, day: date) -> str:
    """The day that made it due, then the version."""
    due = [each for each in (review_on, valid_until and valid_until - AHEAD) if each and each <= day]
    return f"{max(due)}:{pk}"
