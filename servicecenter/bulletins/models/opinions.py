"""Did this help? What a reader thought of one version."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.bulletins.models.articles import ArticleVersion


class Opinion(models.Model):
    """One reader, one version, one opinion; they may think again. Its keeper sees counts and words, never names."""

    version = models.ForeignKey(ArticleVersion, models.PROTECT, related_name="opinions")
    by = models.ForeignKey(User, models.CASCADE, related_name="+")
    helped = models.BooleanField()
    # What was missing.
    words = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("opinion of an article")
        verbose_name_plural = _("opinions of articles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["version", "by"], name="opinion_once"),
            models.CheckConstraint(name="opinion_words_of_no_help", condition=Q(helped=False) | Q(words="")),
        ]
