"""What is seen on site: patrols, violations, water tests, and what is kept of the deposit for them."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.models.permits import Permit
from decoration.models.rules import Rule
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import APPEND_ONLY

SHORTEST_TEST = timedelta(hours=24)


class Patrol(models.Model):
    """巡查: somebody was there and went through the list. Never changed."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="patrols")
    # The day by which it was due; what proves that none was left out.
    due_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    looked_at = models.PositiveSmallIntegerField()
    broken = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("patrol")
        verbose_name_plural = _("patrols")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="patrol_counts", condition=Q(broken__lte=F("looked_at")))
        ]
        triggers: ClassVar = APPEND_ONLY


class ViolationQuerySet(models.QuerySet["Violation"]):
    """Violations."""

    def visible_to(self, user: User) -> ViolationQuerySet:
        """As their permits."""
        return self.filter(permit__in=Permit.objects.visible_to(user))

    def open(self) -> ViolationQuerySet:
        """Still to be put right."""
        return self.filter(mended_at=None)


class Violation(models.Model):
    """违规: which rule, what was seen, until when it is put right, and when it was."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="violations")
    patrol = models.ForeignKey(Patrol, models.PROTECT, null=True, related_name="violations")
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="+")
    text = models.CharField(max_length=120)
    words = models.CharField(_("What was seen"), max_length=500)
    found_at = models.DateTimeField()
    found_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("To be put right by"))
    rechecks = models.PositiveSmallIntegerField(default=0)
    mended_at = models.DateTimeField(null=True)
    mended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # A neighbour's complaint about noise that led to it.
    complaint = models.CharField(max_length=24, blank=True)

    objects = ViolationQuerySet.as_manager()

    class Meta:
        verbose_name = _("violation")
        verbose_name_plural = _("violations")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="violation_in_words", condition=~Q(words="") & ~Q(text="")),
            models.CheckConstraint(name="violation_due_later", condition=Q(due_at__gt=F("found_at"))),
            models.CheckConstraint(
                name="violation_mended_whole",
                condition=Q(mended_at=None, mended_by=None)
                | Q(mended_at__isnull=False, mended_by__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "due_at"], condition=Q(mended_at=None), name="violation_open")
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def number(self) -> str:
        """What a photo of it is filed under."""
        return self.permit.number


class WaterTest(models.Model):
    """闭水试验: a wet room stood under water for a day, and the flat below was looked at."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="water_tests")
    room = models.CharField(_("Room"), max_length=40)
    filled_at = models.DateTimeField(pgettext_lazy("water test", "Filled"))
    checked_at = models.DateTimeField(pgettext_lazy("water test", "Looked at"))
    tight = models.BooleanField(_("It holds"))
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("water test")
        verbose_name_plural = _("water tests")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="water_test_of_a_day",
                condition=Q(checked_at__gt=F("filled_at"))
                & (Q(tight=False) | Q(checked_at__gte=F("filled_at") + SHORTEST_TEST)),
                violation_error_message=_("A room that holds was under water for 24 hours at least."),
            )
        ]
        triggers: ClassVar = APPEND_ONLY


class Deduction(models.Model):
    """扣款: what of the deposit is to be kept, and for what. Pictures prove it; it moves no money by itself."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.PROTECT, related_name="deductions")
    violation = models.ForeignKey(Violation, models.PROTECT, null=True, related_name="deductions")
    what = models.CharField(_("What for"), max_length=200)
    amount = models.DecimalField(_("Amount in yuan"), max_digits=9, decimal_places=2)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("deduction from a deposit")
        verbose_name_plural = _("deductions from deposits")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="deduction_of_something", condition=Q(amount__gt=0) & ~Q(what="")),
            models.CheckConstraint(
                name="deduction_dropped_whole",
                condition=Q(dropped_at=None, dropped_by=None)
                | Q(dropped_at__isnull=False, dropped_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def number(self) -> str:
        """What a photo of it is filed under."""
        return self.permit.number
