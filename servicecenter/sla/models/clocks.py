"""The clock of one case, and the time that does not count."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.sla.models.policies import Policy, Stage


class ClockQuerySet(models.QuerySet["Clock"]):
    """Clocks."""

    def missed(self, at: datetime) -> ClockQuerySet:
        """Unkept ones whose deadline has passed; a pause excuses only what was not missed when it began."""
        unexcused = Q(paused_at=None) | Q(due_at__lte=F("paused_at"))
        return self.filter(unexcused, met_at=None, cancelled_at=None, due_at__lt=at)

    def unacknowledged(self) -> ClockQuerySet:
        """Those whose present deadline nobody has taken on."""
        about_this = FilteredRelation("acknowledgements", condition=Q(acknowledgements__deadline=F("due_at")))
        return self.annotate(taken=about_this).filter(taken=None)


class Clock(models.Model):
    """The clock of one case, stage and round (a rework begins a new round; old figures stay).

    `due_at` is derived from `started_at`, the policy's target, the pauses and an agreed later day (`not_before`).
    Breach is a fact of timestamps: `met_at > due_at`, or not met and `due_at` past. A pause does not excuse what was
    missed before it began; a cancelled clock owes nothing.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    stage = models.CharField(max_length=16, choices=Stage.choices)
    round = models.PositiveSmallIntegerField(default=1)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    # The day that the owner agreed to (its end), and when they did.
    not_before = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    # The instant itself was promised (承诺); the policy then only says who is told.
    fixed_due_at = models.DateTimeField(null=True)
    # None: the policy sets no target.
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    # How often the timers were armed anew (pause, resume, change); part of a timer's identity.
    cycle = models.PositiveSmallIntegerField(default=1)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work", "case_id", "stage", "round"], name="clock_once"),
            models.CheckConstraint(name="clock_ends_once", condition=Q(met_at=None) | Q(cancelled_at=None)),
            models.CheckConstraint(
                name="clock_meets_after_start", condition=Q(met_at=None) | Q(met_at__gte=F("started_at"))
            ),
            models.CheckConstraint(
                name="clock_agreement_pair",
                condition=Q(not_before=None, agreed_at=None)
                | Q(agreed_at__isnull=False, not_before__gt=F("agreed_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["work", "due_at"],
                condition=Q(met_at=None, cancelled_at=None, paused_at=None),
                name="clock_running",
            ),
            models.Index(
                fields=["community", "stage", "due_at"],
                include=["met_at", "cancelled_at", "paused_at", "case_id", "round"],
                condition=Q(work="repair"),
                name="clock_period",
            ),
        ]

    @property
    def is_running(self) -> bool:
        return self.met_at is None and self.cancelled_at is None

    def is_breached(self, at: datetime) -> bool:
        """Whether the deadline was missed, seen at `at`."""
        if self.due_at is None or self.cancelled_at is not None:
            return False
        if self.met_at is not None:
            return self.met_at > self.due_at
        return at > self.due_at and (self.paused_at is None or self.due_at <= self.paused_at)


class Pause(models.Model):
    """Time that does not count, for a listed reason; it belongs to the case and shifts every clock of it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    reason = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # The supervisor who agreed, where the rule asks for one.
    consent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("pause")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["work", "case_id"], condition=Q(ended_at=None), name="pause_one_open"
            ),
            models.CheckConstraint(
                name="pause_ends_after_start", condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["work", "case_id"], name="pause_case"),
            models.Index(fields=["community", "started_at"], name="pause_period"),
        ]
