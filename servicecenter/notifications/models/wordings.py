"""Edited words of messages; the words that come with the program are in templates/messages/."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.notifications.models.messages import Channel


class Audience(models.TextChoices):
    """Residents are spoken to in other words than colleagues."""

    RESIDENT = "resident", _("Residents")
    STAFF = "staff", _("Staff")


class WordingQuerySet(models.QuerySet["Wording"]):
    """Edited wordings."""

    def in_use(self) -> WordingQuerySet:
        """Those that nothing has replaced."""
        return self.filter(replaced_at=None)

    def visible_to(self, user: User) -> WordingQuerySet:
        """What holds everywhere, and what holds in the user's communities."""
        return self.filter(Q(community=None) | Q(community__in=user.community_ids))


class Wording(models.Model):
    """One edited text. A change is a new row; the row before it stays, with who replaced it and when.

    An empty channel means every channel, no community means all of them; the narrower row wins.
    """

    event = models.CharField(max_length=40)
    audience = models.CharField(max_length=8, choices=Audience.choices)
    language = models.CharField(max_length=8)
    channel = models.CharField(max_length=8, choices=Channel.choices, blank=True)
    community = models.ForeignKey(Community, models.CASCADE, null=True, related_name="+")
    subject = models.CharField(_("first line"), max_length=100)
    body = models.TextField(_("text"), max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = WordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "audience", "language", "channel", "community"],
                condition=Q(replaced_at=None),
                nulls_distinct=False,
                name="wording_one_in_use",
            ),
            models.CheckConstraint(
                name="wording_replaced_by_somebody",
                condition=Q(replaced_at=None, replaced_by=None)
                | Q(replaced_at__isnull=False, replaced_by__isnull=False),
            ),
        ]
