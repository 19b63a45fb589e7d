"""A promise as rows: the policy it comes from, the clock of one case, its pauses and its timers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event


class WorkKind(models.TextChoices):
    """What a policy is about."""

    REPAIR = "repair", _("Repair")
    FOLLOW_UP = "follow_up", _("Follow-up call")
    COMPLAINT = "complaint", _("Complaint")
    INQUIRY = "inquiry", _("Inquiry")
    PERMIT = "permit", _("Decoration permit")
    REFUND = "refund", _("Deposit refund")
    INCIDENT = "incident", _("Incident")


class Stage(models.TextChoices):
    """Which step the promise is about."""

    RESPOND = "respond", _("Response")
    ARRIVE = "arrive", _("Arrival")
    COMPLETE = "complete", _("Completion")
    CALL = "call", _("Follow-up call")


class ClockKind(models.TextChoices):
    """How time counts."""

    ALWAYS = "always", _("Round the clock")
    WORKING = "working", _("Working time")


class PolicyQuerySet(models.QuerySet["Policy"]):
    """Policies, present and past."""

    def current(self) -> PolicyQuerySet:
        return self.filter(replaced_at=None)

    def visible_to(self, user: User) -> PolicyQuerySet:
        return self.filter(Q(community=None) | Q(community__in=user.community_ids))


class Policy(models.Model):
    """One promise (domain: promises table). A change makes a new row; the old one stays for explaining.

    `target_seconds` None is the explicit choice “no target”. `escalate` is the ladder after the breach:
    `[{"after": 0, "to": "supervisor"}, {"after": 0.25, "to": "manager"}]`, `after` as a share of the target.
    """

    work = models.CharField(_("work"), max_length=16, choices=WorkKind.choices)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    urgency = models.CharField(_("urgency"), max_length=16, blank=True)
    level = models.CharField(_("level"), max_length=16, blank=True)
    stage = models.CharField(_("stage"), max_length=16, choices=Stage.choices)
    target_seconds = models.PositiveIntegerField(_("target in seconds"), null=True, blank=True)
    clock = models.CharField(_("clock"), max_length=8, choices=ClockKind.choices, default=ClockKind.ALWAYS)
    warn_at = models.DecimalField(_("warn at share"), max_digits=3, decimal_places=2, default=0.75)
    escalate = models.JSONField(_("ladder"), default=list)
    since = models.DateTimeField(_("valid since"))
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering: ClassVar = ["work", "urgency", "level", "stage", "community_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["work", "community", "urgency", "level", "stage"],
                condition=Q(replaced_at=None),
                nulls_distinct=False,
                name="policy_one_current",
                violation_error_message=_("There is already a promise for this."),
            ),
            models.CheckConstraint(name="policy_warn_share", condition=Q(warn_at__gt=0) & Q(warn_at__lt=1)),
            models.CheckConstraint(
                name="policy_target_positive", condition=Q(target_seconds=None) | Q(target_seconds__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return " · ".join(
            filter(None, [self.get_work_display(), self.urgency, self.level, self.get_stage_display()])
        )

    @property
    def target(self) -> timedelta | None:
        return None if self.target_seconds is None else timedelta(seconds=self.target_seconds)


class Clock(models.Model):
    """The clock of one case, stage and round (a rework begins a new round; old figures stay).

    `due_at` is derived from `started_at`, the policy's target, the pauses and an agreed later day (`not_before`).
    Breach is a fact of timestamps: `met_at > due_at`, or not met and `due_at` past, unless paused or cancelled.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    stage = models.CharField(max_length=16, choices=Stage.choices)
    round = models.PositiveSmallIntegerField(default=1)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    # None: the policy sets no target.
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    # How often the timers were armed anew (pause, resume, change); part of a timer's identity.
    cycle = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("clock")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work", "case_id", "stage", "round"], name="clock_once"),
            models.CheckConstraint(name="clock_ends_once", condition=Q(met_at=None) | Q(cancelled_at=None)),
            models.CheckConstraint(
                name="clock_meets_after_start", condition=Q(met_at=None) | Q(met_at__gte=F("started_at"))
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
        return self.paused_at is None and at > self.due_at


class Pause(models.Model):
    """Time that does not count, for a listed reason; it belongs to the case and shifts every clock of it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    reason = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

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
        indexes: ClassVar = [models.Index(fields=["work", "case_id"], name="pause_case")]


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
