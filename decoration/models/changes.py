"""Changes of a running permit 变更: more time, other works, another contractor."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.models.contractors import Contractor
from decoration.models.permits import Permit
from servicecenter.accounts.models import Community, User


class ChangeKind(models.TextChoices):
    """What is to be different."""

    EXTENSION = "extension", pgettext_lazy("permit", "More time")
    SCOPE = "scope", pgettext_lazy("permit", "Other works")
    CONTRACTOR = "contractor", pgettext_lazy("permit", "Another contractor")


class Change(models.Model):
    """One change: asked for, then agreed to or declined by a supervisor. Nothing is different before."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="changes")
    kind = models.CharField(
        pgettext_lazy("permit", "What changes"), max_length=12, choices=ChangeKind.choices
    )
    reason = models.CharField(_("Why"), max_length=500)
    ends_on = models.DateField(_("Works end"), null=True)
    # What it was before, for reading it later.
    ended_on = models.DateField()
    contractor = models.ForeignKey(Contractor, models.PROTECT, null=True, related_name="+")
    manager_name = models.CharField(_("Site manager"), max_length=60, blank=True)
    manager_phone = models.CharField(max_length=20, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    agreed = models.BooleanField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of a permit")
        verbose_name_plural = _("changes of permits")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="permit_change_whole",
                condition=~Q(reason="")
                & (
                    Q(kind="extension", ends_on__gt=models.F("ended_on"), contractor=None)
                    | Q(kind="scope", ends_on=None, contractor=None)
                    | Q(kind="contractor", ends_on=None, contractor__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="permit_change_decided_whole",
                condition=Q(agreed=None, decided_at=None, decided_by=None)
                | Q(agreed__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(name="permit_change_says_why", condition=~Q(agreed=False) | ~Q(answer="")),
            models.UniqueConstraint(
                fields=["permit"], condition=Q(agreed=None), name="permit_change_one_open"
            ),
        ]
