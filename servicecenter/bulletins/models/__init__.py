"""The knowledge base 知识库 (articles in versions, their categories, what readers think of them) and notices 公告."""

from __future__ import annotations

from servicecenter.bulletins.models.articles import (
    ALWAYS_INSIDE,
    Article,
    ArticleKind,
    ArticleQuerySet,
    ArticleVersion,
    ArticleVersionQuerySet,
    Category,
    Situation,
)
from servicecenter.bulletins.models.notices import Notice, NoticeBuilding, NoticeQuerySet
from servicecenter.bulletins.models.opinions import Opinion

__all__ = [
    "ALWAYS_INSIDE",
    "Article",
    "ArticleKind",
    "ArticleQuerySet",
    "ArticleVersion",
    "ArticleVersionQuerySet",
    "Category",
    "Notice",
    "NoticeBuilding",
    "NoticeQuerySet",
    "Opinion",
    "Situation",
]
