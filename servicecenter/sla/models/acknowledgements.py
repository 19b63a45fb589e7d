"""Who takes care of a missed deadline."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.sla.models.clocks import Clock


class Acknowledgement(models.Model):
    """Somebody said “I take care of it” about a missed deadline, once.

    A deadline that moves (a pause, a changed promise) and is missed again is another one.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="acknowledgements")
    deadline = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["clock", "deadline"], name="acknowledgement_once"),
            models.CheckConstraint(
                name="acknowledgement_after_deadline", condition=models.Q(at__gt=models.F("deadline"))
            ),
        ]
