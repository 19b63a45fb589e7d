"""The staff's own quality check 质检 of finished repairs, apart from what residents say about them."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from repairs.models.standards import Standard
from repairs.workflow import Status
from servicecenter.accounts.models import Community, Role, User

# What can still be sent back.
CHECKABLE = (Status.COMPLETED, Status.CONFIRMED, Status.FOLLOWED_UP)
CHECKERS = frozenset({Role.SUPERVISOR.value, Role.AGENT.value})


class CheckReason(models.TextChoices):
    """Why a repair was drawn."""

    SAMPLE = "sample", pgettext_lazy("quality check", "Drawn by chance")
    REWORK = "rework", pgettext_lazy("quality check", "After rework")
    EMERGENCY = "emergency", pgettext_lazy("quality check", "Emergency")
    LOW_RATING = "low_rating", pgettext_lazy("quality check", "Low rating")


class CheckRule(models.Model):
    """How many of the repairs of a kind are checked, in percent; the company's (no community), or a community's own."""

    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=12, choices=CheckReason.choices)
    percent = models.PositiveSmallIntegerField(_("share in percent"))
    # Of low ratings: up to which one.
    up_to = models.PositiveSmallIntegerField(_("ratings up to"), default=6)

    class Meta:
        verbose_name = _("rule of quality checks")
        verbose_name_plural = _("rules of quality checks")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community", "reason"], name="checkrule_once", nulls_distinct=False
            ),
            models.CheckConstraint(name="checkrule_reason", condition=Q(reason__in=CheckReason.values)),
            models.CheckConstraint(
                name="checkrule_share", condition=Q(percent__lte=100, up_to__gte=1, up_to__lte=10)
            ),
        ]


class Checker(models.Model):
    """An agent whom a supervisor named for quality checks."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        verbose_name = _("checker")
        verbose_name_plural = _("checkers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "user"], name="checker_once")]


# Whoever checks belongs to the staff of the desk: neither a resident nor an engineer writes a check.
BY_THE_DESK = pgtrigger.Trigger(
    name="checked_by_the_desk",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("checker_id"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.checker_id IS NOT NULL"),
    func="""
        IF NOT EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = NEW.checker_id
                AND u.role IN ('supervisor', 'agent')) THEN
            RAISE EXCEPTION 'a quality check is made by the desk' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)
FACTS = ["community", "ticket", "completion_no", "reason", "worker", "dispatcher", "drawn_at"]


class QualityCheckQuerySet(models.QuerySet["QualityCheck"]):
    """Checks."""

    def visible_to(self, user: User) -> QualityCheckQuerySet:
        """The desk and managers, of their communities; neither residents nor whoever is checked."""
        if user.role not in CHECKERS | {Role.MANAGER.value, Role.ADMIN.value}:
            return self.none()
        return self.filter(community__in=user.community_ids)

    def due(self) -> QualityCheckQuerySet:
        """To be made: the repair is done, was not done again since, and can still be sent back."""
        return self.filter(
            checked_at=None, ticket__status__in=CHECKABLE, completion_no=F("ticket__completion_no")
        ).order_by("id")

    def made(self) -> QualityCheckQuerySet:
        return self.filter(checked_at__isnull=False).order_by("-checked_at", "-id")


class QualityCheck(models.Model):
    """One completion that was drawn, and what came of it. What was found never changes."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    ticket = models.ForeignKey("repairs.Ticket", models.PROTECT, related_name="checks")
    completion_no = models.PositiveSmallIntegerField()
    reason = models.CharField(_("why"), max_length=12, choices=CheckReason.choices)
    # Who did and who sent: neither of them checks.
    worker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    dispatcher = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField()
    checker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = QualityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("quality check")
        verbose_name_plural = _("quality checks")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket", "completion_no"], name="qualitycheck_once"),
            models.CheckConstraint(
                name="qualitycheck_made_or_not",
                condition=Q(checker=None, checked_at=None, passed=None, note="")
                | Q(checker__isnull=False, checked_at__isnull=False, passed=True)
                | Q(~Q(note=""), checker__isnull=False, checked_at__isnull=False, passed=False),
            ),
            models.CheckConstraint(
                name="qualitycheck_by_another",
                condition=Q(checker=None)
                | (Q(worker=None) | ~Q(checker=F("worker")))
                & (Q(dispatcher=None) | ~Q(checker=F("dispatcher"))),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "id"], condition=Q(checked_at=None), name="qualitycheck_due"),
            models.Index(fields=["community", "-checked_at"], name="qualitycheck_made"),
        ]
        triggers: ClassVar = [
            BY_THE_DESK,
            pgtrigger.ReadOnly(name="facts_stay", fields=FACTS),
            pgtrigger.Protect(
                name="found_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.checked_at IS NOT NULL"),
            ),
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
        ]


class CheckMark(models.Model):
    """How a checker found one line of the standards."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    check_of = models.ForeignKey(QualityCheck, models.PROTECT, related_name="marks")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="+")
    kept = models.BooleanField()

    class Meta:
        verbose_name = _("line of a quality check")
        verbose_name_plural = _("lines of a quality check")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_of", "standard"], name="checkmark_once")
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
