"""Drafts of articles: the first one, the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions.keepers import check_writer
from servicecenter.bulletins.models import Article, ArticleKind, ArticleVersion, Category
from servicecenter.bulletins.terms import searchable
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.spoken import LANGUAGES, MAIN_LANGUAGE, PARTS, Texts, field_of


@dataclass(frozen=True)
class Said:
    """What a version says: {language: {"title", "text"}}, what it is also called, and for whom until when."""

    texts: Texts
    category: Category
    keywords: str = ""
    situation: str = ""
    public: bool = False
    valid_until: date | None = None
    review_on: date | None = None
    note: str = ""


def write(
    *,
    kind: str,
    community: Community | None,
    said: Said,
    keeper: User | None = None,
    source: str = "",
    by: User,
    at: datetime | None = None,
) -> ArticleVersion:
    """The first draft of an article; nobody is offered it before it is published. `keeper` (whoever writes it where
    nobody is named) is told what becomes of it. Refuses `not_found`, `not_permitted`, `invalid` without Chinese words.
    """
    check_writer(by, community.pk if community else None)
    now = instant(at)
    with transaction.atomic():
        article = Article(
            community=community,
            kind=ArticleKind(kind),
            keeper=keeper or by,
            source=source,
            made_at=now,
            made_by=by,
        )
        version = ArticleVersion(article=article)
        fill(version, said, by=by, at=now)
        article.save()
        version.article = article
        version.save()
    return version


def change(
    article: Article,
    *,
    said: Said,
    keeper: User | None = None,
    by: User,
    at: datetime | None = None,
) -> ArticleVersion:
    """Writes the draft of the next version, a new one if there is none; what is in force stays as it is until the draft
    is published. Refuses as `write` does."""
    check_writer(by, article.community_id)
    with transaction.atomic():
        held = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        version = held.versions.drafts().first() or ArticleVersion(article=held)
        fill(version, said, by=by, at=instant(at))
        version.save()
        if keeper is not None and keeper != held.keeper:
            held.keeper = keeper
            held.save(update_fields=["keeper"])
    return version


def fill(version: ArticleVersion, said: Said, *, by: User | None, at: datetime) -> None:
    """Puts what is said into a draft, with the words by which it is found."""
    texts = {
        code: {part: said.texts[code].get(part, "") for part in PARTS}
        for code in LANGUAGES
        if said.texts.get(code, {}).get("title")
    }
    if not texts.get(MAIN_LANGUAGE, {}).get("text"):
        raise Invalid(errors={field_of("text", MAIN_LANGUAGE): [_("Please write the text in Chinese.")]})
    if said.public and not version.article.may_be_public:
        raise Invalid(errors={"public": [_("Call scripts and typical cases are for colleagues only.")]})
    names: dict[str, Any] = {name: getattr(said, name) for name in vars(said) if name != "texts"}
    if not version.article.is_script:
        names["situation"] = ""
    for name, value in names.items():
        setattr(version, name, value)
    version.texts = texts
    titles = [said.keywords, *(each["title"] for each in texts.values())]
    version.titles = searchable(titles)
    version.terms = searchable([*titles, *(each["text"] for each in texts.values())])
    version.drafted_by, version.drafted_at = by, at
