"""The day's cash-up 日结: what one cashier counted against the book, and who looked at it again."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.models.accounts import Method
from servicecenter.ledger.models.guards import APPEND_ONLY, SIGNED_ONCE, STAYS


class CashUpQuerySet(models.QuerySet["CashUp"]):
    """Closed days."""

    def visible_to(self, user: User) -> CashUpQuerySet:
        """Of the communities that one works in; residents see none."""
        return self.filter(community__in=user.community_ids)

    def unsigned(self) -> CashUpQuerySet:
        """Nobody has looked at them again."""
        return self.filter(countersigned_by=None)


class CashUp(models.Model):
    """A cashier closed a day of a community. From then on their entries go to the next day."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    agent = models.ForeignKey(User, models.PROTECT, related_name="+")
    day = models.DateField(_("day of the book"))
    closed_at = models.DateTimeField()
    countersigned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    countersigned_at = models.DateTimeField(null=True)

    objects = CashUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("cash-up")
        verbose_name_plural = _("cash-ups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "agent", "day"], name="cashup_once"),
            models.CheckConstraint(
                name="cashup_two_people",
                condition=Q(countersigned_by=None, countersigned_at=None)
                | (Q(countersigned_at__isnull=False) & ~Q(countersigned_by=F("agent"))),
                violation_error_message=_("Nobody countersigns their own cash-up."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "-day", "-id"], name="cashup_list")]
        triggers: ClassVar = [SIGNED_ONCE, STAYS]


class CashCount(models.Model):
    """What was counted of one method, beside what the book says."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    cash_up = models.ForeignKey(CashUp, models.PROTECT, related_name="counts")
    method = models.CharField(max_length=12, choices=Method.choices)
    book = models.DecimalField(max_digits=11, decimal_places=2)
    counted = models.DecimalField(max_digits=11, decimal_places=2)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("count of a method")
        verbose_name_plural = _("counts of methods")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cash_up", "method"], name="cashcount_once"),
            models.CheckConstraint(
                name="cashcount_explained",
                condition=Q(counted=F("book")) | ~Q(reason=""),
                violation_error_message=_("Please say where the difference comes from."),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    @property
    def difference(self) -> Decimal:
        """Over (above zero) or short."""
        return self.counted - self.book
