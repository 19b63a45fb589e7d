"""Articles of 阳光花园, written and published by its supervisor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions import Said, publish, write
from servicecenter.bulletins.models import ArticleVersion, Category

Make = Callable[..., ArticleVersion]


def said(title: str = "停水了怎么办？", text: str = "请先看公告。", **more: Any) -> Said:
    """What a version says in Chinese, unless `texts` says it in others too."""
    texts = {"zh-hans": {"title": title, "text": text}} | more.pop("texts", {})
    return Said(texts, more.pop("category", None) or Category.objects.get(code="repairs"), **more)


@pytest.fixture
def article(supervisor_bo: User, yangguang: Community) -> Make:
    """`article(title, text, **said)`: one that residents may read, in force; `kind`, `community` and `by` as well."""

    def make(*words: str, **more: Any) -> ArticleVersion:
        by = more.pop("by", supervisor_bo)
        kind, community = more.pop("kind", "question"), more.pop("community", yangguang)
        more.setdefault("public", kind == "question")
        draft = write(kind=kind, community=community, said=said(*words, **more), by=by)
        return publish(draft.article, by=by)

    return make
