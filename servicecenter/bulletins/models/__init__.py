"""The knowledge base 知识库: articles in versions, their categories, and what readers think of them."""

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
from servicecenter.bulletins.models.opinions import Opinion

__all__ = [
    "ALWAYS_INSIDE",
    "Article",
    "ArticleKind",
    "ArticleQuerySet",
    "ArticleVersion",
    "ArticleVersionQuerySet",
    "Category",
    "Opinion",
    "Situation",
]
