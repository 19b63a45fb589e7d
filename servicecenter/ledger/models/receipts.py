"""Receipts 收据: numbered without gaps per community and day, never changed; a wrong one is reversed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.models.accounts import Method
from servicecenter.ledger.models.book import Entry
from servicecenter.ledger.models.charges import Charge
from servicecenter.ledger.models.guards import APPEND_ONLY, WITHOUT_GAP


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Receipts."""

    def visible_to(self, user: User) -> ReceiptQuerySet:
        """Those of the charges that one sees."""
        return self.filter(charge__in=Charge.objects.visible_to(user))


class Receipt(models.Model):
    """Money was taken: from whom, for what, how, by whom. As it was printed."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=24, unique=True)
    # The first, second, … of its community and day: what proves that none is missing.
    sequence = models.PositiveIntegerField()
    day = models.DateField(_("day of the book"))
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="receipts")
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="receipt")
    amount = models.DecimalField(_("amount"), max_digits=9, decimal_places=2)
    method = models.CharField(_("how it was paid"), max_length=12, choices=Method.choices)
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    payer = models.CharField(_("payer"), max_length=100, blank=True)
    item = models.CharField(_("item"), max_length=200)
    cashier = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("cashier"))
    cashier_name = models.CharField(max_length=80)
    at = models.DateTimeField()

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "day", "sequence"], name="receipt_sequence"),
            models.CheckConstraint(name="receipt_of_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(name="receipt_method_known", condition=Q(method__in=Method.values)),
            models.CheckConstraint(
                name="receipt_refers",
                condition=~Q(method="transfer") | ~Q(reference=""),
                violation_error_message=_("Please write down the reference of the payment."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "-id"], name="receipt_list")]
        triggers: ClassVar = [APPEND_ONLY, WITHOUT_GAP]

    def __str__(self) -> str:
        return self.number


class ReceiptPrint(models.Model):
    """A receipt was printed; every print but the first says that it is one more (补打)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="prints")
    print_no = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("print of a receipt")
        verbose_name_plural = _("prints of receipts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["receipt", "print_no"], name="receiptprint_once")
        ]
        triggers: ClassVar = [APPEND_ONLY]
