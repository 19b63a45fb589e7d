"""What will happen to a case at an instant."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community
from servicecenter.audit.models import Event


class TimerState(models.TextChoices):
    """A timer is armed once and ends once."""

    ARMED = "armed", _("armed")
    FIRED = "fired", _("fired")
    CANCELLED = "cancelled", _("cancelled")


class Timer(models.Model):
    """One thing that will happen to a case at an instant. Rows are never armed again: a new cycle is a new row."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    stage = models.CharField(max_length=16)
    # warn, breach, escalate_1…, daily_1… tell people; resume and the like make the program act.
    step = models.CharField(max_length=24)
    round = models.PositiveSmallIntegerField(default=1)
    cycle = models.PositiveSmallIntegerField(default=1)
    acts = models.BooleanField(default=False)
    tell = models.CharField(max_length=24, blank=True)
    # How the rung is told besides the app; '' for the app only.
    channel = models.CharField(max_length=8, blank=True)
    urgent = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    # The deadline that the timer is about (a warning comes before it).
    deadline = models.DateTimeField()
    state = models.CharField(max_length=12, choices=TimerState.choices, default=TimerState.ARMED)
    armed_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    event = models.OneToOneField(Event, models.PROTECT, null=True, related_name="timer")

    class Meta:
        verbose_name = _("timer")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["work", "case_id", "stage", "round", "cycle", "step"], name="timer_once"
            ),
            models.CheckConstraint(
                name="timer_state_facts",
                condition=(
                    Q(state="armed", fired_at=None, cancelled_at=None, event=None)
                    | Q(state="fired", fired_at__isnull=False, event__isnull=False, cancelled_at=None)
                    | Q(state="cancelled", cancelled_at__isnull=False, fired_at=None, event=None)
                ),
            ),
            models.CheckConstraint(
                name="timer_never_early", condition=Q(fired_at=None) | Q(fired_at__gte=F("due_at"))
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["work", "due_at"], condition=Q(state="armed"), name="timer_armed"),
            models.Index(fields=["work", "case_id"], name="timer_case"),
        ]
