"""A photo's row. The file was on disk before the row was committed, never the other way round."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User


class PhotoKind(models.TextChoices):
    """What a picture shows."""

    REPORT = "report", pgettext_lazy("photo", "Reported")
    BEFORE = "before", _("Before the work")
    AFTER = "after", _("After the work")
    SIGNATURE = "signature", _("Signature")
    # Of what was looked into: for colleagues only, it may show others.
    EVIDENCE = "evidence", pgettext_lazy("photo", "Evidence, for colleagues")


class Photo(models.Model):
    """One picture of a case: re-encoded, without metadata, under a random name outside the web root."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=PhotoKind.choices)
    # Unguessable: part of the address, which is served only after the case's own access check.
    token = models.CharField(max_length=32, unique=True)
    path = models.CharField(max_length=64, unique=True)
    thumbnail = models.CharField(max_length=64, unique=True)
    format = models.CharField(max_length=8)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        indexes: ClassVar = [models.Index(fields=["work", "case_id", "id"], name="photo_case")]
        constraints: ClassVar = [
            # The same picture sent twice (a double tap, a repeated upload) is one photo.
            models.UniqueConstraint(fields=["work", "case_id", "kind", "sha256"], name="photo_once")
        ]
