"""Nothing leaves the house for a while: what was restored from a backup must not tell everybody everything again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User


class MessageHold(models.Model):
    """From `since` on every delivery waits, whatever its channel, until somebody releases them. At most one is open."""

    since = models.DateTimeField()
    # None: the command line.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # What waited when the hold began was written off at its end.
    dropped = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("hold of messages")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["released_at"],
                condition=Q(released_at=None),
                nulls_distinct=False,
                name="message_hold_one_open",
            ),
            models.CheckConstraint(
                name="message_hold_ends_after_it_began",
                condition=Q(released_at=None, released_by=None) | Q(released_at__gte=F("since")),
            ),
            models.CheckConstraint(name="message_hold_says_why", condition=~Q(reason="")),
        ]
