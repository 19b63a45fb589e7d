"""What is written down during a handover: the lines of its checklist, and what was found in the rooms."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from handovers.models.cases import Handover
from handovers.models.checklists import Kind
from handovers.workflow import Part
from owners.models import WarrantyPart
from repairs.models import Ticket, Trade
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import APPEND_ONLY

LARGEST_AMOUNT = 10_000_000


class Result(models.TextChoices):
    """What an inspection says of one item."""

    OK = "ok", _("In order")
    DEFECT = "defect", _("Defect")


class Line(models.Model):
    """A line of the checklist as it stood when the owner checked in, and what was done about it.

    Amounts are only recorded, with the number of the receipt that the cashier wrote.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    handover = models.ForeignKey(Handover, models.PROTECT, related_name="lines")
    part = models.CharField(max_length=12, choices=Part.choices)
    text = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    required = models.BooleanField()
    proxy_only = models.BooleanField(default=False)
    position = models.PositiveIntegerField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    receipt_no = models.CharField(max_length=40, blank=True)
    reading = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    # Why a supervisor let it go on without.
    waived_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of a handover")
        verbose_name_plural = _("lines of handovers")
        ordering: ClassVar = ["part", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="handover_line_part_known",
                condition=Q(part__in=["papers", "documents", "fees", "meters"]),
            ),
            models.CheckConstraint(
                name="handover_line_done_pair",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="handover_line_facts",
                condition=(
                    # Not done, ticked, or let go: nothing more is known.
                    Q(amount=None, receipt_no="", reading=None)
                    & (Q(done_at=None) | Q(kind="tick") | ~Q(waived_reason=""))
                )
                | (
                    Q(kind="amount", done_at__isnull=False, amount__gte=0, amount__lte=LARGEST_AMOUNT)
                    & Q(reading=None, waived_reason="")
                    & ~Q(receipt_no="")
                )
                | Q(
                    kind="reading",
                    done_at__isnull=False,
                    reading__gte=0,
                    amount=None,
                    receipt_no="",
                    waived_reason="",
                ),
            ),
            models.CheckConstraint(
                name="handover_line_waived_is_done", condition=Q(waived_reason="") | Q(done_at__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["handover"], name="handover_line_of")]

    def __str__(self) -> str:
        return self.text

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


class FindingQuerySet(models.QuerySet["Finding"]):
    """Items of inspections."""

    def visible_to(self, user: User) -> FindingQuerySet:
        """As their handovers."""
        return self.filter(handover__in=Handover.objects.visible_to(user))

    def defects(self) -> FindingQuerySet:
        return self.filter(result=Result.DEFECT)


class Finding(models.Model):
    """One item of one room: in order, or a defect in words, mended by a repair until a due date."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    handover = models.ForeignKey(Handover, models.PROTECT, related_name="findings")
    room = models.CharField(max_length=40)
    text = models.CharField(max_length=120)
    trade = models.CharField(max_length=16, choices=Trade.choices)
    warranty = models.ForeignKey(WarrantyPart, models.PROTECT, null=True, related_name="+")
    mend_days = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    result = models.CharField(max_length=8, choices=Result.choices, blank=True)
    words = models.CharField(max_length=500, blank=True)
    due_on = models.DateField(null=True)
    looked_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ticket = models.OneToOneField(Ticket, models.PROTECT, null=True, related_name="finding")
    # Looked at again after the repair, and in order.
    mended_at = models.DateTimeField(null=True)
    mended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of an inspection")
        verbose_name_plural = _("items of inspections")
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="finding_result_known", condition=Q(result__in=["", "ok", "defect"]) & ~Q(room="")
            ),
            models.CheckConstraint(
                name="finding_looked_facts",
                condition=Q(result="", looked_at=None, looked_by=None)
                | (~Q(result="") & Q(looked_at__isnull=False, looked_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="finding_defect_in_words",
                condition=(Q(result="defect", due_on__isnull=False) & ~Q(words=""))
                | (~Q(result="defect") & Q(due_on=None, ticket=None, mended_at=None, words="")),
            ),
            models.CheckConstraint(
                name="finding_mended_pair",
                condition=Q(mended_at=None, mended_by=None)
                | Q(mended_at__isnull=False, mended_by__isnull=False, ticket__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["handover"], name="finding_of")]

    def __str__(self) -> str:
        return f"{self.room} · {self.text}"

    @property
    def number(self) -> str:
        """What a photo of it is filed under."""
        return self.handover.number


class Reinspection(models.Model):
    """复验: somebody looked at a mended defect again. Never changed."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="looks")
    result = models.CharField(max_length=8, choices=Result.choices)
    words = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("re-inspection")
        verbose_name_plural = _("re-inspections")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="reinspection_says_why", condition=Q(result="ok") | (Q(result="defect") & ~Q(words=""))
            )
        ]
        triggers: ClassVar = APPEND_ONLY
