"""One article for its page: what it says, what it said, what readers think of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q

from servicecenter.accounts.models import User
from servicecenter.bulletins.models import Article, ArticleVersion, Opinion
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.spoken import LANGUAGES

LAST_WORDS = 10


def article_for(user: User, article_id: int) -> Article:
    """The article, if `user` works where it is for; refuses `not_found`."""
    rows = Article.objects.visible_to(user).select_related("community", "keeper", "made_by")
    found = rows.filter(pk=article_id).first() if article_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


def versions_of(article: Article) -> list[ArticleVersion]:
    """Every version, the draft first, then the latest; one query."""
    rows = article.versions.select_related("category", "drafted_by", "published_by", "retired_by")
    found = sorted(rows, key=lambda each: (each.number is not None, -(each.number or 0)))
    for each in found:
        each.article = article
    return found


@dataclass(frozen=True)
class Helped:
    """How many readers it helped and how many not, over all versions, with the last words of the latter."""

    yes: int
    no: int
    words: list[str]


def helped(article: Article) -> Helped:
    """For its keeper: counts and words, no names."""
    rows = Opinion.objects.filter(version__article=article)
    counts = rows.aggregate(yes=Count("id", Q(helped=True)), no=Count("id", Q(helped=False)))
    words = rows.exclude(words="").order_by("-id").values_list("words", flat=True)[:LAST_WORDS]
    return Helped(counts["yes"], counts["no"], list(words))


def opinion_of(user: User, version: ArticleVersion) -> Opinion | None:
    """What this reader said of this version."""
    return Opinion.objects.filter(version=version, by=user).first()


@dataclass(frozen=True)
class Line:
    """A line of a comparison: `same`, `gone` or `new`."""

    state: str
    text: str


@dataclass(frozen=True)
class Difference:
    """What is different in one language."""

    language: str
    lines: list[Line]

    @property
    def language_name(self) -> str:
        """The name of the language."""
        return str(dict(settings.LANGUAGES)[self.language])


def differences(before: ArticleVersion, after: ArticleVersion) -> list[Difference]:
    """Line by line, of the languages in which anything is different."""
    found = []
    for code in LANGUAGES:
        old, new = (_lines(each, code) for each in (before, after))
        if old != new:
            found.append(Difference(code, list(_compared(old, new))))
    return found


def _lines(version: ArticleVersion, language: str) -> list[str]:
    words = version.texts.get(language, {})
    return [words.get("title", ""), *words.get("text", "").splitlines()] if words else []


def _compared(old: list[str], new: list[str]) -> Iterator[Line]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Line("same", each) for each in old[i1:i2])
            continue
        yield from (Line("gone", each) for each in old[i1:i2])
        yield from (Line("new", each) for each in new[j1:j2])
