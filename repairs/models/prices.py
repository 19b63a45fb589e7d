"""The price list 服务价目: in versions, each in force from a day on; what was published stays as it was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from repairs.models.kinds import Trade
from servicecenter.accounts.models import Community, User

# What was published is what people agreed to.
PUBLISHED_STAYS = pgtrigger.Protect(
    name="published_stays",
    operation=pgtrigger.Update | pgtrigger.Delete,
    condition=pgtrigger.Condition("OLD.valid_from IS NOT NULL"),
)
ITEMS_STAY = pgtrigger.Trigger(
    name="published_items_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF EXISTS (SELECT 1 FROM repairs_pricelist p WHERE p.valid_from IS NOT NULL
                AND (TG_OP <> 'INSERT' AND p.id = OLD.price_list_id
                    OR TG_OP <> 'DELETE' AND p.id = NEW.price_list_id)) THEN
            RAISE EXCEPTION 'a published price list stays as it is' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    """,
)


class PriceListQuerySet(models.QuerySet["PriceList"]):
    """Versions of price lists."""

    def visible_to(self, user: User) -> PriceListQuerySet:
        """Of the communities that one works in. Residents ask `in_force` of theirs."""
        return self.filter(community__in=user.community_ids)

    def published(self) -> PriceListQuerySet:
        """In force, or to be."""
        return self.filter(valid_from__isnull=False)

    def in_force(self, community_id: int, day: date) -> PriceListQuerySet:
        """The one that counts on `day`, first."""
        known = self.filter(community=community_id, valid_from__lte=day)
        return known.order_by("-valid_from")


class PriceList(models.Model):
    """One version of a community's prices; a draft as long as it has no first day."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    version = models.PositiveSmallIntegerField(_("version"))
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = PriceListQuerySet.as_manager()

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "version"], name="pricelist_version"),
            models.UniqueConstraint(
                fields=["community"], condition=Q(valid_from=None), name="pricelist_one_draft"
            ),
            models.UniqueConstraint(
                fields=["community", "valid_from"],
                condition=Q(valid_from__isnull=False),
                name="pricelist_one_a_day",
                violation_error_message=_("Another price list begins on this day."),
            ),
            models.CheckConstraint(
                name="pricelist_published",
                condition=Q(valid_from=None, published_by=None, published_at=None)
                | Q(valid_from__isnull=False, published_by__isnull=False, published_at__isnull=False),
            ),
        ]
        triggers: ClassVar = [PUBLISHED_STAYS]

    @property
    def is_draft(self) -> bool:
        return self.valid_from is None


class PriceItem(models.Model):
    """One service with its prices for a unit of work, in yuan."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="items")
    trade = models.CharField(_("trade"), max_length=16, choices=Trade.choices)
    name = models.CharField(pgettext_lazy("price", "service"), max_length=80)
    unit = models.CharField(pgettext_lazy("price", "per"), max_length=12)
    labour = models.DecimalField(_("labour"), max_digits=8, decimal_places=2)
    material = models.DecimalField(_("material"), max_digits=8, decimal_places=2)

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        ordering: ClassVar = ["trade", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="priceitem_trade_known", condition=Q(trade__in=Trade.values)),
            models.CheckConstraint(
                name="priceitem_costs_something",
                condition=Q(labour__gte=0, material__gte=0) & (Q(labour__gt=0) | Q(material__gt=0)),
                violation_error_message=_("A service costs something: labour, material or both."),
            ),
            models.UniqueConstraint(
                fields=["price_list", "trade", "name"],
                name="priceitem_once",
                violation_error_message=_("This service is on the list already."),
            ),
        ]
        triggers: ClassVar = [ITEMS_STAY]

    def __str__(self) -> str:
        return self.name

    @property
    def price(self) -> Decimal:
        """Labour and material together."""
        return self.labour + self.material
