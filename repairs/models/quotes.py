"""Quotes 报价: what a plan costs and who pays, as it was put to the owner. A changed plan is a new quote."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from repairs.models.prices import PriceItem
from repairs.models.tickets import Ticket
from servicecenter.accounts.models import Community, User

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Payer(models.TextChoices):
    """Who pays for the work."""

    OWNER = "owner", pgettext_lazy("who pays", "The owner pays")
    WARRANTY = "warranty", pgettext_lazy("who pays", "Under warranty, nothing to pay")
    FREE = "free", pgettext_lazy("who pays", "Free service, nothing to pay")


# Where nobody had to say more: the register and the quote agree.
BECAUSE = {
    ("owner", "out"): _("It is no longer under warranty."),
    ("owner", "unknown"): _("No warranty for it is on record."),
    ("warranty", "in"): _("It is still under warranty."),
}


class Quote(models.Model):
    """One proposal: who pays and why, and what it comes to. `plan` and `price` of the ticket are the latest one's."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="quotes")
    quote_no = models.PositiveSmallIntegerField()
    payer = models.CharField(_("who pays"), max_length=8, choices=Payer.choices)
    # '': as the register of warranties says.
    reason = models.CharField(_("why"), max_length=300, blank=True)
    # How the warranty stood then: in, out, unknown.
    warranty = models.CharField(max_length=8)
    total = models.DecimalField(_("total"), max_digits=9, decimal_places=2)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "quote_no"], name="quote_once"),
            models.CheckConstraint(
                name="quote_paid_or_free",
                condition=Q(payer="owner", total__gt=0) | (~Q(payer="owner") & Q(total=0)),
            ),
            models.CheckConstraint(
                name="quote_says_why",
                condition=~Q(reason="")
                | Q(payer="free")
                | ~Q(payer="owner", warranty="in") & ~Q(payer="warranty", warranty__in=["out", "unknown"]),
                violation_error_message=_("Please say why: the register of warranties says otherwise."),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    @property
    def because(self) -> str:
        """Why the owner pays or does not: what was said, else how the register of warranties stood."""
        return self.reason or str(BECAUSE.get((self.payer, self.warranty), ""))


class QuoteLine(models.Model):
    """One service of a quote at the prices of its day."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    quote = models.ForeignKey(Quote, models.PROTECT, related_name="lines")
    item = models.ForeignKey(PriceItem, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=12)
    quantity = models.DecimalField(_("quantity"), max_digits=6, decimal_places=2)
    labour = models.DecimalField(max_digits=8, decimal_places=2)
    material = models.DecimalField(max_digits=8, decimal_places=2)
    is_free = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("line of a quote")
        verbose_name_plural = _("lines of quotes")
        constraints: ClassVar = [
            models.CheckConstraint(name="quoteline_of_something", condition=Q(quantity__gt=0)),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    @property
    def amount(self) -> Decimal:
        """What it costs the owner, to the cent."""
        return Decimal(0) if self.is_free else amount_of(self.labour + self.material, self.quantity)


def amount_of(price: Decimal, quantity: Decimal) -> Decimal:
    """A quantity at a price, rounded to the cent as a till does."""
    return (price * quantity).quantize(Decimal("0.01"), "ROUND_HALF_UP")
