"""Robots of work groups 群机器人: where a community's staff read along."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit import vault


class Provider(models.TextChoices):
    """Whose robot it is. `other` takes Apprise's JSON, at hosts that the installation allows (ROBOT_HOSTS)."""

    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")
    OTHER = "other", _("Own gateway")


class GroupRobotQuerySet(models.QuerySet["GroupRobot"]):
    """Group robots."""

    def visible_to(self, user: User) -> GroupRobotQuerySet:
        """Those of the communities that a supervisor, manager or administrator works in."""
        if user.role not in (Role.SUPERVISOR, Role.MANAGER, Role.ADMIN):
            return self.none()
        return self.filter(community__in=user.community_ids)


class GroupRobot(models.Model):
    """One robot in one work group. Its address is its password, so it is sealed and never shown again."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    name = models.CharField(pgettext_lazy("work group", "name"), max_length=60)
    provider = models.CharField(_("kind of robot"), max_length=12, choices=Provider.choices)
    vault_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    url_sealed = models.TextField()
    # Kinds of events (see `kinds`) that it hears, beside what a ladder's rung sends to the group.
    hears = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = GroupRobotQuerySet.as_manager()

    class Meta:
        verbose_name = _("group robot")
        verbose_name_plural = _("group robots")
        ordering: ClassVar = ["community_id", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community", "name"],
                name="group_robot_name_once",
                violation_error_message=_("A robot of this name is there already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def seal(self, url: str) -> None:
        """Keeps the address, sealed to this row."""
        self.url_sealed = vault.seal(url, self.vault_place("url"))

    def unseal(self) -> str:
        """The address in clear, for sending only."""
        return vault.unseal(self.url_sealed, self.vault_place("url"))

    def vault_place(self, field: str) -> bytes:
        """Where a sealed field of this robot belongs."""
        return vault.place("notifications_grouprobot", field, self.vault_id)
