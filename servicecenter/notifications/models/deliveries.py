"""What has to leave the house: one row per message and outside channel, and what came of every attempt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, PhoneCode, Role, User
from servicecenter.notifications.models.messages import OUTSIDE, Channel, Message
from servicecenter.notifications.models.robots import GroupRobot


class State(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Not sent")


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries."""

    def visible_to(self, user: User) -> DeliveryQuerySet:
        """Supervisors, managers and administrators see those of their communities; sign-in codes belong to none, and
        only an administrator can mend the gateway that refuses them."""
        if user.role not in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
            return self.none()
        mine = Q(community__in=user.community_ids)
        return self.filter(mine | Q(community=None) if user.role == Role.ADMIN else mine)


class Delivery(models.Model):
    """One message on its way out, once per fact, reader and channel (`dedup_key`).

    It names the reader or the robot, never the address; address and text are looked up at sending. A sender holds it
    for the length of a lease under a `claim`; what a sender reports under an older claim is not taken.
    """

    message = models.ForeignKey(Message, models.CASCADE, null=True, related_name="deliveries")
    code = models.ForeignKey(PhoneCode, models.CASCADE, null=True, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    recipient = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    robot = models.ForeignKey(GroupRobot, models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    # What hangs together when a gateway hangs: `code`, `sms`, `email`, `robot:7`.
    lane = models.CharField(max_length=32)
    kind = models.CharField(max_length=16)
    # Deliveries of one key that are ready together leave as one; '' always leaves alone.
    group_key = models.CharField(max_length=80, blank=True)
    # 0 a sign-in code, 1 an emergency, 2 everything else.
    priority = models.PositiveSmallIntegerField(default=2)
    dedup_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    # Later than this nobody wants to read it any more.
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    # Why it failed or was not sent: a code without personal data.
    reason = models.CharField(max_length=60, blank=True)
    # The delivery that carried this one with others.
    sent_with = models.ForeignKey("self", models.SET_NULL, null=True, related_name="carried")
    # What would have been sent; written by the local channel of the demo only.
    text = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints: ClassVar = [
            models.CheckConstraint(name="delivery_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="delivery_channel_outside", condition=Q(channel__in=OUTSIDE)),
            models.CheckConstraint(
                name="delivery_of_one_thing",
                condition=Q(message__isnull=False, code=None) | Q(message=None, code__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_group_has_robot",
                condition=Q(channel="group", robot__isnull=False) | (~Q(channel="group") & Q(robot=None)),
            ),
            models.CheckConstraint(
                name="delivery_lease_while_sending",
                condition=Q(state="sending", lease_until__isnull=False, claim__isnull=False)
                | (~Q(state="sending") & Q(lease_until=None)),
            ),
            models.CheckConstraint(
                name="delivery_sent_when_sent",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
            ),
            models.CheckConstraint(
                name="delivery_says_why", condition=~Q(state__in=["failed", "skipped"]) | ~Q(reason="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["lane", "priority", "not_before", "id"],
                condition=Q(state="waiting"),
                name="delivery_ready",
            ),
            models.Index(
                fields=["group_key", "id"],
                condition=Q(state="waiting") & ~Q(group_key=""),
                name="delivery_together",
            ),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="delivery_leased"),
            models.Index("community", F("id").desc(), name="delivery_list"),
            models.Index("community", F("id").desc(), condition=Q(state="failed"), name="delivery_failed"),
        ]


class Attempt(models.Model):
    """One line of the delivery log: what came of an attempt, or who asked for another one."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="log")
    at = models.DateTimeField()
    # A state, or `later` (tried again), `quiet` (put off), `resent` (a person asked).
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes: ClassVar = [models.Index(fields=["delivery", "id"], name="delivery_log")]
