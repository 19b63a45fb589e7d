"""An uploaded roll on its way into the record: dry run, decision, import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, User


class ImportState(models.TextChoices):
    """How far an uploaded roll has come."""

    WAITING = "waiting", pgettext_lazy("roll", "Waiting to be checked")
    CHECKING = "checking", pgettext_lazy("roll", "Being checked")
    CHECKED = "checked", pgettext_lazy("roll", "Checked")
    REFUSED = "refused", pgettext_lazy("roll", "File refused")
    APPROVED = "approved", pgettext_lazy("roll", "Waiting to be imported")
    IMPORTING = "importing", pgettext_lazy("roll", "Being imported")
    DONE = "done", pgettext_lazy("roll", "Imported")
    CANCELLED = "cancelled", pgettext_lazy("roll", "Cancelled")
    FAILED = "failed", pgettext_lazy("roll", "Given up")


# What a worker makes of a roll that waits for it.
BEGINS: Mapping[str, str] = {
    ImportState.WAITING: ImportState.CHECKING,
    ImportState.APPROVED: ImportState.IMPORTING,
}
RUNNING = (ImportState.CHECKING, ImportState.IMPORTING)
OPEN = (*BEGINS, *RUNNING, ImportState.CHECKED)
MOVING = (*BEGINS, *RUNNING)


class RollImportQuerySet(models.QuerySet["RollImport"]):
    """Uploaded rolls."""

    def visible_to(self, user: User) -> RollImportQuerySet:
        return self.filter(community__in=user.community_ids)

    def open(self) -> RollImportQuerySet:
        """Those that may still change the record."""
        return self.filter(state__in=OPEN)


class RollImport(models.Model):
    """One uploaded file. The row is the job: a worker takes it under a lease, and `run_no` stands on all it writes.

    `report` holds counts and sentences, which never repeat a name, a number or a plate.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=120)
    # Names its files on disk; nothing that a client sent is part of it.
    token = models.CharField(max_length=32, unique=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.WAITING)
    good_rows = models.BooleanField(default=False)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    run_no = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    phase = models.CharField(max_length=12, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    # Why the file was refused, for people.
    refusal = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)
    has_files = models.BooleanField(default=True)

    objects = RollImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll import")
        verbose_name_plural = _("roll imports")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community"], condition=Q(state__in=OPEN), name="roll_import_one_open"
            ),
            models.CheckConstraint(
                name="roll_import_leased",
                condition=Q(state__in=RUNNING, lease_until__isnull=False)
                | (~Q(state__in=RUNNING) & Q(lease_until=None)),
            ),
            models.CheckConstraint(
                name="roll_import_approved_pair",
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="roll_import_decided",
                condition=~Q(state__in=["approved", "importing", "done"]) | Q(approved_by__isnull=False),
            ),
            models.CheckConstraint(
                name="roll_import_ended",
                condition=Q(state__in=OPEN, ended_at=None) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="roll_import_list"),
            models.Index(fields=["id"], condition=Q(state__in=MOVING), name="roll_import_work"),
            models.Index(fields=["at"], condition=Q(has_files=True), name="roll_import_files"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_moving(self) -> bool:
        """Whether a worker has it or will take it."""
        return self.state in MOVING

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def percent(self) -> int:
        """How much of the present run is done; reading and storing are about as long."""
        share = min(self.rows_done / self.rows_total, 1) if self.rows_total else 0
        begins, ends = SHARES.get(self.phase, (0, 0))
        return round(begins + share * (ends - begins))


# Where each phase of a run begins and ends on the bar.
SHARES: Mapping[str, tuple[int, int]] = {"reading": (0, 50), "storing": (50, 90), "marking": (90, 99)}
