"""Refunds 退款: asked for by one person, agreed to by another, then paid out; of a deposit a part may be kept."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.models.book import Entry
from servicecenter.ledger.models.charges import Charge
from servicecenter.ledger.models.guards import DECIDED_ONCE, STAYS


class RefundState(models.TextChoices):
    """How a refund stands."""

    ASKED = "asked", pgettext_lazy("refund", "To be agreed to")
    AGREED = "agreed", pgettext_lazy("refund", "To be paid out")
    DECLINED = "declined", pgettext_lazy("refund", "Declined")
    DONE = "done", pgettext_lazy("refund", "Done")


# Neither declined, nor paid out, nor agreed to with nothing to pay out.
IS_OPEN = Q(agreed__isnull=True) | Q(agreed=True, entry=None, amount__gt=0)


class RefundQuerySet(models.QuerySet["Refund"]):
    """Refunds."""

    def open(self) -> RefundQuerySet:
        """Somebody has to agree, or to pay out."""
        return self.filter(IS_OPEN)


class Refund(models.Model):
    """What is to go back to the payer, what of a deposit is kept, and why; a charge has one open at a time."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refunds")
    amount = models.DecimalField(_("goes back"), max_digits=9, decimal_places=2)
    kept = models.DecimalField(_("is kept"), max_digits=9, decimal_places=2)
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed = models.BooleanField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    # Why not.
    answer = models.CharField(max_length=300, blank=True)
    # The money that went back.
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="refund")

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="refund_of_something",
                condition=Q(amount__gte=0, kept__gte=0) & (Q(amount__gt=0) | Q(kept__gt=0)) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="refund_two_people",
                condition=Q(agreed=None, decided_by=None, decided_at=None)
                | Q(agreed__isnull=False, decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("asked_by")),
                violation_error_message=_("Nobody agrees to their own refund."),
            ),
            models.CheckConstraint(
                name="refund_declined_says_why",
                condition=Q(agreed=False) ^ Q(answer=""),
            ),
            models.CheckConstraint(
                name="refund_paid_when_agreed", condition=Q(entry=None) | Q(agreed=True, amount__gt=0)
            ),
            models.UniqueConstraint(
                fields=["charge"],
                condition=IS_OPEN,
                name="refund_one_open",
                violation_error_message=_("A refund of this is asked for already."),
            ),
        ]
        triggers: ClassVar = [DECIDED_ONCE, STAYS]

    @property
    def state(self) -> RefundState:
        """How it stands."""
        if self.agreed is None:
            return RefundState.ASKED
        if not self.agreed:
            return RefundState.DECLINED
        return RefundState.AGREED if self.amount and self.entry_id is None else RefundState.DONE
