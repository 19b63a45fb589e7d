"""Articles of the knowledge base: questions with answers, typical cases, scripts for calls; each in versions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.lib.spoken import MAIN_LANGUAGE, spoken


class ArticleKind(models.TextChoices):
    """What an article is for."""

    QUESTION = "question", pgettext_lazy("article", "Question and answer")
    CASE = "case", pgettext_lazy("article", "Typical case")
    SCRIPT = "script", pgettext_lazy("article", "Call script")


# What colleagues say among themselves, and what happened to whom: no resident reads it, whatever somebody ticks.
ALWAYS_INSIDE = frozenset({ArticleKind.CASE.value, ArticleKind.SCRIPT.value})


class Situation(models.TextChoices):
    """When a call script is wanted."""

    OPENING = "opening", pgettext_lazy("call script", "Picking up")
    NO_ANSWER = "no_answer", pgettext_lazy("call script", "Nobody answers")
    ANGRY = "angry", pgettext_lazy("call script", "The caller is angry")
    REFUSAL = "refusal", pgettext_lazy("call script", "We have to say no")
    GAS = "gas", pgettext_lazy("call script", "Smell of gas")
    LIFT = "lift", pgettext_lazy("call script", "Trapped in a lift")
    WATER = "water", pgettext_lazy("call script", "Burst pipe")
    FIRE = "fire", pgettext_lazy("call script", "Fire or smoke")
    CLOSING = "closing", pgettext_lazy("call script", "Saying good-bye")


# Once published, only its end is written into it, and that once.
FROZEN = pgtrigger.Condition(
    "OLD.published_at IS NOT NULL AND (OLD.retired_at IS NOT NULL OR"
    " to_jsonb(OLD.*) - '{retired_at,retired_by_id}'::text[] IS DISTINCT FROM"
    " to_jsonb(NEW.*) - '{retired_at,retired_by_id}'::text[])"
)


class Category(models.Model):
    """What articles are about, for the whole company."""

    code = models.SlugField(max_length=24, unique=True)
    names = models.JSONField(default=dict)
    icon = models.CharField(max_length=32, default="help-circle")
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("category of articles")
        verbose_name_plural = _("categories of articles")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="category_has_a_name", condition=Q(names__has_key=MAIN_LANGUAGE))
        ]

    def __str__(self) -> str:
        return str(self.names.get(get_language() or "") or self.names[MAIN_LANGUAGE])


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles."""

    def visible_to(self, user: User) -> ArticleQuerySet:
        """The staff: of the communities that one works in, and those of all communities. Residents read what is
        `offered` to them and see no article itself."""
        if not user.is_employee or not user.community_ids:
            return self.none()
        return self.filter(Q(community=None) | Q(community__in=user.community_ids))


class Article(models.Model):
    """Something worth knowing. What it says stands in its versions; for whom it is and what for never changes."""

    # None: for all communities.
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(pgettext_lazy("article", "kind"), max_length=8, choices=ArticleKind.choices)
    # Whoever keeps it true: reads when it is due for review, and what readers think of it.
    keeper = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # The number of the case that it was drafted from; '' for none.
    source = models.CharField(max_length=24, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints: ClassVar = [
            models.CheckConstraint(name="article_kind_known", condition=Q(kind__in=ArticleKind.values)),
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="article_of_a_case"),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="for_whom_stays", fields=["community", "kind", "source"])
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_script(self) -> bool:
        return self.kind == ArticleKind.SCRIPT

    @property
    def may_be_public(self) -> bool:
        """Whether residents may read such a thing at all."""
        return self.kind not in ALWAYS_INSIDE


class ArticleVersionQuerySet(models.QuerySet["ArticleVersion"]):
    """Versions of articles."""

    def in_force(self) -> ArticleVersionQuerySet:
        """The published ones that no other one has taken the place of."""
        return self.filter(published_at__isnull=False, retired_at=None)

    def drafts(self) -> ArticleVersionQuerySet:
        return self.filter(published_at=None)

    def offered(self, communities: Collection[int], day: date) -> ArticleVersionQuerySet:
        """What may be answered with on `day` in these communities: in force, and not past its last day."""
        here = Q(article__community=None) | Q(article__community__in=communities)
        return self.in_force().filter(here).filter(Q(valid_until=None) | Q(valid_until__gte=day))

    def to_residents(self) -> ArticleVersionQuerySet:
        """What residents may read."""
        return self.filter(public=True).exclude(article__kind__in=ALWAYS_INSIDE)


class ArticleVersion(models.Model):
    """What an article says from its publication on, until the next version: {language: {"title", "text"}}.

    A draft may change; once published, only its end is written into it.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    # None: a draft.
    number = models.PositiveIntegerField(null=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("category"))
    texts = models.JSONField(default=dict)
    # Words that people say for it, in any language.
    keywords = models.CharField(_("also called"), max_length=200, blank=True)
    situation = models.CharField(
        pgettext_lazy("call script", "situation"), max_length=12, choices=Situation.choices, blank=True
    )
    public = models.BooleanField(_("residents may read it"), default=False)
    # The last day on which it is true; None: until somebody says otherwise.
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    review_on = models.DateField(_("to be reviewed on"), null=True, blank=True)
    # What is different from the version before, in a sentence.
    note = models.CharField(_("what has changed"), max_length=200, blank=True)
    # What is searched (`bulletins.terms`): titles and other names, and with them the texts of all languages.
    titles = models.TextField(editable=False)
    terms = models.TextField(editable=False)

    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ArticleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "number"], name="articleversion_once"),
            models.UniqueConstraint(
                fields=["article"], condition=Q(published_at=None), name="articleversion_one_draft"
            ),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(published_at__isnull=False, retired_at=None),
                name="articleversion_one_in_force",
            ),
            models.CheckConstraint(
                name="articleversion_published",
                condition=Q(number=None, published_at=None, published_by=None, retired_at=None)
                | Q(number__gte=1, published_at__isnull=False, published_by__isnull=False),
            ),
            models.CheckConstraint(
                name="articleversion_retired",
                condition=Q(retired_at=None, retired_by=None)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
            ),
            models.CheckConstraint(
                name="articleversion_says_something", condition=Q(texts__has_key=MAIN_LANGUAGE)
            ),
            models.CheckConstraint(
                name="articleversion_situation_known",
                condition=Q(situation="") | Q(situation__in=Situation.values),
            ),
        ]
        indexes: ClassVar = [
            GinIndex(
                fields=["titles", "terms"],
                name="articleversion_search",
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                condition=Q(published_at__isnull=False, retired_at=None),
            ),
            models.Index(
                fields=["-published_at", "-id"],
                name="articleversion_latest",
                condition=Q(published_at__isnull=False, retired_at=None),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update,
                condition=FROZEN,
            ),
            pgtrigger.Protect(
                name="published_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def _said(self) -> tuple[str, dict[str, str]]:
        return spoken(self.texts)

    @property
    def title(self) -> str:
        """In the reader's language, as far as it is translated."""
        return self._said[1]["title"]

    @property
    def text(self) -> str:
        """In the reader's language, as far as it is translated."""
        return self._said[1]["text"]

    @property
    def language(self) -> str:
        """The language that title and text are really in."""
        return self._said[0]

    @property
    def language_name(self) -> str:
        """The name of that language."""
        return str(dict(settings.LANGUAGES).get(self.language, ""))

    @property
    def is_translated(self) -> bool:
        """Whether the reader gets it in the own language."""
        return self.language == (get_language() or MAIN_LANGUAGE)

    def words(self, language: str) -> dict[str, str]:
        """Title and text for somebody who reads this language."""
        return spoken(self.texts, language)[1]

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    @property
    def is_in_force(self) -> bool:
        return self.published_at is not None and self.retired_at is None

    @property
    def is_for_residents(self) -> bool:
        """Whether residents may read it."""
        return self.public and self.article.may_be_public

    def is_expired(self, day: date) -> bool:
        """Whether its last day is over."""
        return self.valid_until is not None and self.valid_until < day

    def content(self) -> dict[str, Any]:
        """Everything that a version says, for the next one."""
        names = ("category", "texts", "keywords", "situation", "public", "valid_until", "review_on")
        return {name: getattr(self, name) for name in names}
