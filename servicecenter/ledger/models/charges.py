"""Charges: what somebody owes for a case or a unit. A deposit is one that stays the payer's money."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, Role, User
from servicecenter.ledger.models.accounts import Kind, Method
from servicecenter.ledger.models.guards import APPEND_ONLY, COUNTED_ONLY, STAYS
from servicecenter.lib import works

# Who reads the whole book of a community; everybody else the charges of cases that they see.
READERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})


class ChargeState(models.TextChoices):
    """How a charge stands; it follows from its entries."""

    UNPAID = "unpaid", pgettext_lazy("charge", "Unpaid")
    PAID = "paid", pgettext_lazy("charge", "Paid")
    WITHDRAWN = "withdrawn", pgettext_lazy("charge", "Nothing to pay")
    RETURNED = "returned", pgettext_lazy("charge", "Returned")
    # Of a deposit: nothing of it is held any more, a part of it or all was kept.
    SETTLED = "settled", pgettext_lazy("charge", "Settled")


class ChargeQuerySet(models.QuerySet["Charge"]):
    """Charges."""

    def visible_to(self, user: User) -> ChargeQuerySet:
        """Those of their communities for whoever keeps or reads the book; else those of cases that one sees."""
        if user.role in READERS:
            return self.filter(community__in=user.community_ids)
        seen = Q(pk__in=())
        for work in works.all_works():
            seen |= Q(work=work.code, case_id__in=work.visible(user).values("pk"))
        return self.filter(seen)

    def of(self, work: str, case_id: int) -> ChargeQuerySet:
        """What was charged for one case, oldest first."""
        return self.filter(work=work, case_id=case_id).order_by("id")

    def unpaid(self) -> ChargeQuerySet:
        """Something is still owed."""
        return self.filter(due__gt=F("paid"))


class Charge(models.Model):
    """Something to pay. What it is about stays as it was charged; its totals are counted by the database."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("what for"), max_length=12, choices=Kind.choices)
    # The case (repair, …) or unit that it is about; the ledger knows nothing else of it.
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    # The same charge of a case is made once, however often it is asked for.
    key = models.CharField(max_length=40)
    case_number = models.CharField(_("about"), max_length=24, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    payer = models.CharField(_("payer"), max_length=100, blank=True)
    item = models.CharField(_("item"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=9, decimal_places=2)
    raised_at = models.DateTimeField(_("charged"))
    raised_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # What is to pay after withdrawals and refunds, and what was paid of it.
    due = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))
    paid = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))
    # What went back for good (no longer in `paid`), and what of a deposit was kept (still in `paid`).
    returned = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))
    kept = models.DecimalField(max_digits=9, decimal_places=2, default=Decimal(0))

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints: ClassVar = [
            models.CheckConstraint(name="charge_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="charge_of_something", condition=Q(amount__gt=0) & ~Q(item="")),
            models.CheckConstraint(
                name="charge_paid_once",
                condition=Q(paid__gte=0, paid__lte=F("due"), due__lte=F("amount")),
                violation_error_message=_("This is paid already."),
            ),
            models.CheckConstraint(
                name="charge_keeps_what_it_has",
                condition=Q(returned__gte=0, kept__gte=0, kept__lte=F("paid"))
                & (Q(kept=0) | Q(kind="deposit")),
                violation_error_message=_("There is not so much left to return or to keep."),
            ),
            models.UniqueConstraint(fields=["work", "case_id", "key"], name="charge_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="charge_list"),
            models.Index(fields=["community", "-id"], condition=Q(due__gt=F("paid")), name="charge_unpaid"),
        ]
        triggers: ClassVar = [COUNTED_ONLY, STAYS]

    def __str__(self) -> str:
        return self.number

    @property
    def owed(self) -> Decimal:
        """What is still to pay."""
        return self.due - self.paid

    @property
    def held(self) -> Decimal:
        """What can still go back to the payer: what was paid, less what was kept of a deposit."""
        return self.paid - self.kept

    @property
    def state(self) -> ChargeState:
        """How it stands."""
        if self.due > self.paid:
            return ChargeState.UNPAID
        if self.held > 0:
            return ChargeState.PAID
        if self.kept:
            return ChargeState.SETTLED
        return ChargeState.RETURNED if self.returned else ChargeState.WITHDRAWN


class PaymentNote(models.Model):
    """A technician says that a charge was paid: cash that will be handed in, or the reference of a transfer.

    It is no money in the book: the desk takes it and writes the receipt.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    charge = models.ForeignKey(Charge, models.PROTECT, related_name="notes")
    method = models.CharField(max_length=12, choices=Method.choices)
    reference = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("note of a payment")
        verbose_name_plural = _("notes of payments")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="paymentnote_refers",
                condition=Q(method="cash") | ~Q(reference=""),
                violation_error_message=_("Please write down the reference of the payment."),
            )
        ]
        triggers: ClassVar = [APPEND_ONLY]
