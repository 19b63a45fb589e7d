"""The outbox: a message is a row, written in the transaction of what it tells about."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User


class Channel(models.TextChoices):
    """How a message reaches somebody."""

    IN_APP = "in_app", _("In the app")
    SMS = "sms", _("Text message")


class MessageState(models.TextChoices):
    """Where a message stands. In-app messages are delivered by being written."""

    PENDING = "pending", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages."""

    def visible_to(self, user: User) -> MessageQuerySet:
        """One's own in-app messages."""
        return self.filter(recipient=user, channel=Channel.IN_APP)

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at=None)


class Message(models.Model):
    """One message to one person about one event.

    It holds references and harmless facts only (`params`); the text is rendered in the reader's language when
    it is shown or
    sent. `dedup_key` makes telling twice impossible.
    """

    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    recipient = models.ForeignKey(User, models.CASCADE, related_name="messages")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.IN_APP)
    event = models.CharField(max_length=40)
    work = models.CharField(max_length=16, blank=True)
    case_id = models.BigIntegerField(null=True)
    params = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    dedup_key = models.CharField(max_length=160, unique=True)
    state = models.CharField(max_length=8, choices=MessageState.choices, default=MessageState.SENT)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="message_inbox"),
            models.Index(
                fields=["recipient"], condition=Q(read_at=None, channel="in_app"), name="message_unread"
            ),
            models.Index(fields=["next_try_at"], condition=Q(state="pending"), name="message_pending"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="message_state_facts",
                condition=(
                    Q(state="pending", next_try_at__isnull=False, sent_at=None)
                    | Q(state="sent", sent_at__isnull=False)
                    | Q(state="failed", sent_at=None)
                ),
            )
        ]
