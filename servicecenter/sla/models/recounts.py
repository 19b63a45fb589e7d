"""A changed promise that is being applied to open work."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.sla.models.policies import Policy


class Recount(models.Model):
    """Open cases that have to be counted anew, lowest id first; `done_until` is the last one that was.

    Each case is one transaction together with this row, so that a crash anywhere repeats and forgets nothing.
    """

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    work = models.CharField(max_length=16)
    stage = models.CharField(max_length=16)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_until = models.BigIntegerField(default=0)
    applied = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recount")
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(finished_at=None), name="recount_unfinished")
        ]
