"""The outbox: a message is a row, written in the transaction of what it tells about. In the app it is the delivery."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.lib import works


class Channel(models.TextChoices):
    """A way to a person. In the app every message arrives; the others are the outside."""

    IN_APP = "in_app", _("In the app")
    SMS = "sms", _("SMS")
    EMAIL = "email", _("E-mail")
    GROUP = "group", _("Work group")


OUTSIDE = tuple(channel for channel in Channel if channel != Channel.IN_APP)


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages."""

    def visible_to(self, user: User) -> MessageQuerySet:
        """One's own messages, for as long as one works where they are from. A resident's are about cases that they
        still see: a move ends what is told."""
        mine = self.filter(recipient=user)
        if user.is_employee:
            here = user.memberships.filter(community__is_active=True).values("community")
            return mine.filter(Q(community=None) | Q(community__in=here))
        about = Q(case_id=None)
        for work in works.all_works():
            about |= Q(work=work.code, case_id__in=work.visible(user).values("pk"))
        return mine.filter(about)

    def unread(self) -> MessageQuerySet:
        return self.filter(read_at=None)


class Message(models.Model):
    """One message to one person about one event.

    It holds references and harmless facts only (`params`); the text is rendered in the reader's language when it is
    shown or sent. `dedup_key` makes telling twice impossible. Without a recipient it is meant for whoever the case
    names as contact: somebody who left a phone number and has no login.
    """

    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    recipient = models.ForeignKey(User, models.CASCADE, null=True, related_name="messages")
    event = models.CharField(max_length=40)
    work = models.CharField(max_length=16, blank=True)
    case_id = models.BigIntegerField(null=True)
    params = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    # Outside channels that whoever wrote the message insists on, beside those that the reader chose.
    channels = ArrayField(models.CharField(max_length=8, choices=Channel.choices), default=list, blank=True)
    dedup_key = models.CharField(max_length=160, unique=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="message_has_a_reader", condition=Q(recipient__isnull=False) | Q(case_id__isnull=False)
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["recipient", "-id"], name="message_inbox"),
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="message_unread"),
        ]
