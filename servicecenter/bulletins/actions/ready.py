"""Articles that come with the program: a community begins with them and makes them its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions.keepers import check_publisher
from servicecenter.bulletins.actions.writing import Said, fill
from servicecenter.bulletins.models import Article, ArticleVersion, Category
from servicecenter.lib.clock import instant, local_day

FILE = Path(__file__).resolve().parent.parent / "data" / "ready.json"
# They are looked at again after so long: prices and rules change.
REVIEW_AFTER = timedelta(days=180)


def bring_ready(community: Community, *, by: User, at: datetime | None = None) -> int:
    """Publishes the articles that come with the program for a community, in four queries; returns how many are new.
    Those whose title stands there already are left out: a second call brings nothing. Refuses as publishing does."""
    check_publisher(by, Article(community=community))
    now = instant(at)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        known = ArticleVersion.objects.filter(article__community=community)
        titles = set(known.values_list("texts__zh-hans__title", flat=True))
        rows = [each for each in _ready() if each["texts"]["zh-hans"]["title"] not in titles]
        versions = list(_versions(rows, community, by, now))
        Article.objects.bulk_create([each.article for each in versions])
        for each in versions:
            each.article = each.article
        ArticleVersion.objects.bulk_create(versions)
    return len(versions)


def _versions(
    rows: Sequence[Mapping[str, Any]], community: Community, by: User, now: datetime
) -> Iterator[ArticleVersion]:
    categories = {each.code: each for each in Category.objects.all()}
    for row in rows:
        article = Article(community=community, kind=row["kind"], keeper=by, made_at=now, made_by=by)
        version = ArticleVersion(article=article, number=1, published_at=now, published_by=by)
        said = Said(
            row["texts"],
            categories[row["category"]],
            keywords=row.get("keywords", ""),
            situation=row.get("situation", ""),
            public=row.get("public", False),
            review_on=local_day(now + REVIEW_AFTER),
        )
        fill(version, said, by=by, at=now)
        yield version


@cache
def _ready() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
