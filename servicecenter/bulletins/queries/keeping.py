"""What the keepers of the knowledge base have to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from servicecenter.accounts.models import User
from servicecenter.bulletins.models import Article, ArticleVersion, ArticleVersionQuerySet

SHOWN = 50
# Whoever keeps an article hears of its last day so long before.
AHEAD = timedelta(days=14)
# From so many on it is worth rewriting, if it helped fewer than it did not.
FEW_OPINIONS = 3


@dataclass(frozen=True)
class ToDo:
    """Fifty of each at most, what is oldest first."""

    drafts: list[ArticleVersion]
    expired: list[ArticleVersion]
    ending: list[ArticleVersion]
    review: list[ArticleVersion]
    unhelpful: list[ArticleVersion]

    @property
    def count(self) -> int:
        """How many things wait."""
        return sum(len(each) for each in vars(self).values())


def to_do(user: User, day: date, *, mine: bool = False) -> ToDo:
    """Drafts, what is over or ends soon, what is due for review, what does not help; five queries. `mine`: only what
    `user` keeps."""
    seen = _seen(user, mine=mine)
    current = seen.in_force()
    fresh = Q(valid_until=None) | Q(valid_until__gte=day)
    return ToDo(
        drafts=_first(seen.drafts(), "drafted_at"),
        expired=_first(current.filter(valid_until__lt=day), "valid_until"),
        ending=_first(current.filter(valid_until__gte=day, valid_until__lte=day + AHEAD), "valid_until"),
        review=_first(current.filter(fresh, review_on__lte=day), "review_on"),
        unhelpful=_first(
            current.annotate(
                yes=Count("opinions", Q(opinions__helped=True)),
                no=Count("opinions", Q(opinions__helped=False)),
            ).filter(no__gte=FEW_OPINIONS, no__gt=F("yes")),
            "-no",
        ),
    )


def _seen(user: User, *, mine: bool) -> ArticleVersionQuerySet:
    articles: QuerySet[Article] = Article.objects.visible_to(user)
    if mine:
        articles = articles.filter(keeper=user)
    return ArticleVersion.objects.filter(article__in=articles).select_related(
        "article__community", "article__keeper", "category", "drafted_by"
    )


def _first(rows: ArticleVersionQuerySet, order: str) -> list[ArticleVersion]:
    return list(rows.order_by(order, "id")[:SHOWN])
