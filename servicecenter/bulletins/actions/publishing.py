"""Putting an article in force, keeping it there, taking it back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.bulletins.actions.keepers import check_publisher, check_writer
from servicecenter.bulletins.models import Article, ArticleVersion
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, Refusal


def publish(article: Article, *, by: User, at: datetime | None = None) -> ArticleVersion:
    """The draft is what everybody reads from now on; the version before stays on record. Refuses `not_permitted`,
    `no_draft`, and `invalid` for a last day that is over."""
    check_publisher(by, article)
    now = instant(at)
    with transaction.atomic():
        held = _locked(article)
        draft = held.versions.select_related("article", "category").drafts().first()
        if draft is None:
            raise Refusal(_("There is no draft to publish."), code="no_draft")
        _check_days(draft.valid_until, now)
        _put_in_force(held, draft, by, now)
    return draft


def renew(
    article: Article,
    *,
    valid_until: date | None,
    review_on: date | None,
    by: User,
    at: datetime | None = None,
) -> ArticleVersion:
    """It is still true: the same words with new days, as a version of its own, so that it shows who looked at it when.
    A draft stays a draft. Refuses as `publish`; `not_in_force` for what nobody is offered."""
    check_publisher(by, article)
    now = instant(at)
    _check_days(valid_until, now)
    with transaction.atomic():
        held = _locked(article)
        current = _in_force(held)
        said: dict[str, Any] = current.content() | {"valid_until": valid_until, "review_on": review_on}
        again = ArticleVersion(
            article=held, titles=current.titles, terms=current.terms, drafted_at=now, drafted_by=by, **said
        )
        _put_in_force(held, again, by, now)
    return again


def withdraw(article: Article, *, by: User, at: datetime | None = None) -> ArticleVersion:
    """Nobody is offered it any more; what it said stays on record, and it can be published anew. Refuses
    `not_permitted`, `not_in_force`."""
    check_publisher(by, article)
    with transaction.atomic():
        current = _in_force(_locked(article))
        current.retired_at, current.retired_by = instant(at), by
        current.save(update_fields=["retired_at", "retired_by"])
    return current


def discard(article: Article, *, by: User) -> bool:
    """Throws the draft away; True if with it the article, of which nothing was ever published. Refuses
    `not_permitted`, `no_draft`."""
    check_writer(by, article.community_id)
    with transaction.atomic():
        held = _locked(article)
        gone, _rows = held.versions.drafts().delete()
        if not gone:
            raise Refusal(_("There is no draft to throw away."), code="no_draft")
        if held.versions.exists():
            return False
        held.delete()
    return True


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update(no_key=True).get(pk=article.pk)


def _in_force(article: Article) -> ArticleVersion:
    current = article.versions.select_related("category").in_force().first()
    if current is None:
        raise Refusal(_("Nothing of this article is in force."), code="not_in_force")
    return current


def _put_in_force(article: Article, version: ArticleVersion, by: User, now: datetime) -> None:
    article.versions.in_force().update(retired_at=now, retired_by=by)
    last = article.versions.exclude(number=None).order_by("-number").values_list("number", flat=True).first()
    version.number = (last or 0) + 1
    version.published_at, version.published_by = now, by
    version.save()


def _check_days(valid_until: date | None, now: datetime) -> None:
    if valid_until is not None and valid_until < local_day(now):
        raise Invalid(errors={"valid_until": [_("This day is over already.")]})
