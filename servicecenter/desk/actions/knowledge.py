"""A question that was answered out of somebody's head becomes an article, with one tap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from complaints.actions import need_not_be_written
from complaints.models import Inquiry, Type
from servicecenter.accounts.models import User
from servicecenter.bulletins.actions import Said, write
from servicecenter.bulletins.models import Article, ArticleKind, Category
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.spoken import MAIN_LANGUAGE
from servicecenter.workflow.run import lock

LONGEST_TITLE = 80
# What a case is about, and where its article stands; everything else stands under daily life.
CATEGORIES: Mapping[str, str] = {
    Type.FACILITIES: "repairs",
    Type.DEVELOPER_QUALITY: "repairs",
    Type.FEES: "fees",
    Type.PARKING: "parking",
    Type.SAFETY: "safety",
}


def article_of(inquiry: Inquiry, *, by: User, at: datetime | None = None) -> Article:
    """Drafts an article with the question as its title and our answer as its text, without a name; a second call gives
    the same one. Whoever drafted it looks at it before anybody else reads it. Refuses `not_answered`, and as drafting
    does."""
    with transaction.atomic():
        locked = lock(inquiry)
        known = Article.objects.filter(source=locked.number).first()
        if known is not None:
            return known
        if not locked.answer:
            raise Refusal(code="not_answered")
        need_not_be_written(locked, by=by)
        words = {"title": locked.text.split("\n")[0][:LONGEST_TITLE], "text": locked.answer}
        code = CATEGORIES.get(locked.type, "living")
        category = Category.objects.filter(code=code).first() or Category.objects.all()[0]
        version = write(
            kind=ArticleKind.QUESTION,
            community=locked.community,
            said=Said({MAIN_LANGUAGE: words}, category),
            source=locked.number,
            by=by,
            at=instant(at),
        )
    return version.article
