"""What is offered: searched for, found beside a case that is being typed, read out in a call."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import reduce
from operator import add, and_, or_
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from servicecenter.accounts.models import User
from servicecenter.bulletins.models import ArticleKind, ArticleVersion, ArticleVersionQuerySet, Situation
from servicecenter.bulletins.terms import patterns, telling

MOST_FOUND = 30
MOST_BESIDE = 4
LONGEST_SEARCH = 100
# What somebody types before a case is saved is read so far.
READ_SO_FAR = 300
# Title before text, then the newest. All three never null, and the last one unique: lists are paged by them.
BEST_FIRST = ("place", "-published_at", "-id")
NEWEST_FIRST = BEST_FIRST[1:]

AT_CALLS = (Situation.NO_ANSWER, Situation.ANGRY, Situation.REFUSAL, Situation.CLOSING)
WITH_A_CALLER = (
    Situation.GAS,
    Situation.LIFT,
    Situation.WATER,
    Situation.FIRE,
    Situation.ANGRY,
    Situation.REFUSAL,
)


def for_staff(user: User, day: date) -> ArticleVersionQuerySet:
    """What the staff is offered on `day`: of their communities, and of all."""
    rows = ArticleVersion.objects.offered(user.community_ids, day)
    return rows.select_related("article__community", "category")


def for_residents(communities: Collection[int], day: date) -> ArticleVersionQuerySet:
    """What residents of these communities may read on `day`; nothing that is for the staff only."""
    rows = ArticleVersion.objects.offered(communities, day).to_residents()
    return rows.select_related("article__community", "category")


def searched(rows: ArticleVersionQuerySet, text: str) -> ArticleVersionQuerySet:
    """Those of `rows` that say every piece of `text`, with their `place`: 0 where the title says it all, else 1. Text
    without a word that could be searched for finds nothing."""
    pieces = patterns(text[:LONGEST_SEARCH])
    if not pieces:
        return rows.none()
    # Django's `contains` is LIKE, which the trigram index answers; `icontains` would hide the column behind UPPER.
    titled = reduce(and_, (Q(titles__contains=piece) for piece in pieces))
    said = reduce(and_, (Q(terms__contains=piece) for piece in pieces))
    return rows.filter(said).annotate(
        place=Case(When(titled, then=Value(0)), default=Value(1), output_field=IntegerField())
    )


NARROW: Mapping[str, str] = {
    "category": "category__code",
    "kind": "article__kind",
    "community": "article__community__code",
}


def narrowed(rows: ArticleVersionQuerySet, wanted: Mapping[str, Any]) -> ArticleVersionQuerySet:
    """`rows` narrowed to a category and a kind; unknown names are left out."""
    return rows.filter(**{column: wanted[name] for name, column in NARROW.items() if wanted.get(name)})


def beside(rows: ArticleVersionQuerySet, text: str, most: int = MOST_BESIDE) -> list[ArticleVersion]:
    """Questions and cases whose titles share most words with a text as somebody tells it, the likeliest first; one
    query, none for a text that says nothing yet."""
    words = telling(text[:READ_SO_FAR])
    if not words:
        return []
    shared: Any = reduce(
        add,
        (
            Case(When(titles__contains=word, then=Value(1)), default=Value(0), output_field=IntegerField())
            for word in words
        ),
    )
    alike = rows.exclude(article__kind=ArticleKind.SCRIPT).filter(
        reduce(or_, (Q(titles__contains=word) for word in words))
    )
    return list(alike.annotate(shared=shared).order_by("-shared", "-public", "-id")[:most])


def scripts(rows: ArticleVersionQuerySet, situations: Collection[str]) -> list[ArticleVersion]:
    """Call scripts of these situations, in their order; one query."""
    order = {situation: place for place, situation in enumerate(situations)}
    found = rows.filter(article__kind=ArticleKind.SCRIPT, situation__in=situations)
    return sorted(found.order_by("id")[:MOST_FOUND], key=lambda each: order[Situation(each.situation)])
