"""The small stock of a community 备件: what lies there, and every movement of it."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User

LARGEST = Decimal("99999.99")


def amount_words(amount: Decimal) -> str:
    """A quantity without empty decimals: 2, 1.5."""
    return f"{amount.normalize():f}"


class StockItemQuerySet(models.QuerySet["StockItem"]):
    """Materials."""

    def visible_to(self, user: User) -> StockItemQuerySet:
        """Of the communities that one works in."""
        return self.filter(community__in=user.community_ids) if user.is_employee else self.none()

    def in_use(self) -> StockItemQuerySet:
        return self.filter(is_active=True).order_by("name", "id")

    def low(self) -> StockItemQuerySet:
        """To be ordered again."""
        return self.in_use().filter(on_hand__lte=F("reorder_at"))


class StockItem(models.Model):
    """One material. `on_hand` is the sum of its movements; only they change it (`repairs.actions.stock`)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    name = models.CharField(pgettext_lazy("material", "name"), max_length=60)
    unit = models.CharField(pgettext_lazy("material", "unit"), max_length=12)
    on_hand = models.DecimalField(_("on hand"), max_digits=7, decimal_places=2, default=0)
    reorder_at = models.DecimalField(_("order again at"), max_digits=7, decimal_places=2, default=0)
    is_active = models.BooleanField(default=True)

    objects = StockItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints: ClassVar = [
            models.CheckConstraint(name="stockitem_named", condition=~Q(name="") & ~Q(unit="")),
            models.CheckConstraint(name="stockitem_never_negative", condition=Q(on_hand__gte=0)),
            models.CheckConstraint(name="stockitem_reorder_at", condition=Q(reorder_at__gte=0)),
            models.UniqueConstraint(
                fields=["community", "name"],
                condition=Q(is_active=True),
                name="stockitem_once",
                violation_error_message=_("This material is on the list already."),
            ),
        ]
        triggers: ClassVar = [pgtrigger.Protect(name="stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.name

    @property
    def is_low(self) -> bool:
        return self.is_active and self.on_hand <= self.reorder_at

    @property
    def reorder_words(self) -> str:
        """When it is to be ordered again."""
        return amount_words(self.reorder_at)

    @property
    def left(self) -> str:
        """What is on hand, with its unit."""
        return f"{amount_words(self.on_hand)} {self.unit}"


class MoveKind(models.TextChoices):
    """Why a stock changes."""

    RECEIVED = "received", pgettext_lazy("stock", "Received")
    USED = "used", pgettext_lazy("stock", "Used on a repair")
    COUNTED = "counted", pgettext_lazy("stock", "Corrected after counting")


class StockMove(models.Model):
    """One movement: how much came or went, what was left, who and why. Nobody edits it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=8, choices=MoveKind.choices)
    quantity = models.DecimalField(max_digits=7, decimal_places=2)
    on_hand = models.DecimalField(max_digits=7, decimal_places=2)
    ticket = models.ForeignKey(
        "repairs.Ticket", models.PROTECT, null=True, related_name="materials", db_index=True
    )
    completion_no = models.PositiveSmallIntegerField(null=True)
    why = models.CharField(_("why"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("movement of stock")
        verbose_name_plural = _("movements of stock")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="stockmove_facts",
                condition=Q(kind="received", quantity__gt=0, ticket=None, completion_no=None)
                | Q(kind="used", quantity__lt=0, ticket__isnull=False, completion_no__gte=1)
                | Q(~Q(why="") & ~Q(quantity=0), kind="counted", ticket=None, completion_no=None),
            ),
            models.CheckConstraint(name="stockmove_never_negative", condition=Q(on_hand__gte=0)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    @property
    def left(self) -> str:
        """What was on hand afterwards."""
        return amount_words(self.on_hand)

    @property
    def words(self) -> str:
        """+10, -2."""
        return f"{'+' if self.quantity > 0 else '−'}{amount_words(abs(self.quantity))}"
