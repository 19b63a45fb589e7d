"""How a person wants to be reached: addresses, quiet hours, and channels per kind of news."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.notifications.models.messages import Channel


class Reach(models.Model):
    """Where and when a person may be reached outside. No row: the defaults.

    `quiet` says whether quiet hours hold; empty: they do for residents, not for staff (see `quiet`).
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="reach")
    phone = models.CharField(_("mobile for SMS"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    quiet = models.BooleanField(_("quiet hours"), null=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("reach")
        verbose_name_plural = _("reaches")


class Choice(models.Model):
    """A person turned a channel on or off for one kind of news."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=16)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="choice_once"),
            models.CheckConstraint(name="choice_of_outside", condition=Q(channel__in=["sms", "email"])),
        ]
