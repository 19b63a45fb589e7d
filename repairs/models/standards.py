"""Standards of a repair 服务标准: lines that a community asks for, and what an engineer ticked of them."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from repairs.models.kinds import Trade
from servicecenter.accounts.models import Community, User

LONGEST_STANDARD = 120


class StandardQuerySet(models.QuerySet["Standard"]):
    """Lines of checklists."""

    def visible_to(self, user: User) -> StandardQuerySet:
        """Of the communities that one works in."""
        return self.filter(community__in=user.community_ids) if user.is_employee else self.none()

    def in_use(self) -> StandardQuerySet:
        return self.filter(is_active=True).order_by("trade", "position", "id")

    def for_trade(self, community_id: int, trade: str) -> StandardQuerySet:
        """Those for every trade, then those of this one."""
        return self.filter(community=community_id, trade__in=["", trade])


class Standard(models.Model):
    """One line of a checklist. Its words never change: other words are a new row that `replaces` it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    # '': every trade.
    trade = models.CharField(_("trade"), max_length=16, choices=Trade.choices, blank=True)
    text = models.CharField(_("What is asked for"), max_length=LONGEST_STANDARD)
    required = models.BooleanField(_("A repair cannot be completed without it"), default=False)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    objects = StandardQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of the standards")
        verbose_name_plural = _("lines of the standards")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="standard_trade_known", condition=Q(trade="") | Q(trade__in=Trade.values)
            ),
            models.CheckConstraint(name="standard_says_something", condition=~Q(text="")),
            models.UniqueConstraint(
                fields=["community", "trade", "text"],
                condition=Q(is_active=True),
                name="standard_once",
                violation_error_message=_("This line stands in the checklist already."),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.ReadOnly(name="words_stay", fields=["community", "trade", "text", "replaces"]),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.text


class Tick(models.Model):
    """A line that was ticked when a repair was completed; each round of a rework has its own."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    ticket = models.ForeignKey("repairs.Ticket", models.PROTECT, related_name="ticks")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="+")
    completion_no = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("ticked line")
        verbose_name_plural = _("ticked lines")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "completion_no", "standard"], name="tick_once"),
            models.CheckConstraint(name="tick_of_a_completion", condition=Q(completion_no__gte=1)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
