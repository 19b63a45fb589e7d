"""Entries and their lines: never changed, never deleted, and each sums to zero."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.models.accounts import WITH_MONEY, Account, EntryKind
from servicecenter.ledger.models.guards import (
    APPEND_ONLY,
    COUNT_CHARGES,
    DAY_OPEN,
    ENTRY_BALANCED,
    LINE_BALANCED,
    LINE_WITH_ENTRY,
    WRITTEN_NOW,
)


class EntryQuerySet(models.QuerySet["Entry"]):
    """Entries of the book."""

    def of_day(self, *, community_id: int, agent: User, day: date) -> EntryQuerySet:
        """What stands in one cashier's drawer on one day."""
        return self.filter(community=community_id, cashier=agent, day=day)


class Entry(models.Model):
    """One thing that happened to money: which charge, on whose book day, by whom and why."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    charge = models.ForeignKey("ledger.Charge", models.PROTECT, null=True, related_name="entries")
    # 冲销: undone at most once, by an entry of its own.
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    day = models.DateField(_("day of the book"))
    at = models.DateTimeField()
    # Whose drawer the money went into or came out of; a supervisor undoes what somebody else took.
    cashier = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # None: the program itself.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=80, blank=True)
    # Money that goes back or is kept of a deposit takes a second person.
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # The transaction that wrote it, and with it all of its lines; filled in by the database.
    written_in = models.BigIntegerField(default=0, editable=False)
    reason = models.CharField(max_length=500, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            models.CheckConstraint(name="entry_kind_known", condition=Q(kind__in=EntryKind.values)),
            models.CheckConstraint(
                name="entry_of_a_charge", condition=Q(kind="difference") | Q(charge__isnull=False)
            ),
            models.CheckConstraint(
                name="entry_in_a_drawer",
                condition=Q(kind__in=WITH_MONEY, cashier__isnull=False)
                | (~Q(kind__in=WITH_MONEY) & Q(cashier__isnull=True)),
            ),
            models.CheckConstraint(
                name="entry_undoes_something",
                condition=Q(kind="reversal", reverses__isnull=False)
                | (~Q(kind="reversal") & Q(reverses__isnull=True)),
            ),
            models.CheckConstraint(
                name="entry_of_two_people",
                condition=~Q(kind__in=["refund", "deduction"])
                | Q(by__isnull=False, agreed_by__isnull=False) & ~Q(agreed_by=F("by")),
                violation_error_message=_("Nobody agrees to their own refund."),
            ),
            models.CheckConstraint(
                name="entry_says_why",
                condition=Q(kind__in=["charge", "receipt"]) | ~Q(reason=""),
                violation_error_message=_("Please say why."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "day", "cashier"], name="entry_by_day"),
        ]
        triggers: ClassVar = [APPEND_ONLY, DAY_OPEN, ENTRY_BALANCED, WRITTEN_NOW]


class Line(models.Model):
    """One side of an entry, in yuan: above zero it adds to money or debts, below zero to income or deposits."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines")
    account = models.CharField(max_length=20, choices=Account.choices)
    amount = models.DecimalField(max_digits=11, decimal_places=2)

    class Meta:
        verbose_name = _("line of an entry")
        verbose_name_plural = _("lines of entries")
        constraints: ClassVar = [
            models.CheckConstraint(name="line_account_known", condition=Q(account__in=Account.values)),
            models.CheckConstraint(name="line_not_zero", condition=~Q(amount=0)),
        ]
        triggers: ClassVar = [APPEND_ONLY, LINE_BALANCED, LINE_WITH_ENTRY, COUNT_CHARGES]
