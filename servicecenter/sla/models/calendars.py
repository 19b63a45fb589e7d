"""When a community works: the week, the exceptions, and every change of them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User

MINUTES_OF_A_DAY = 24 * 60


class WorkingHours(models.Model):
    """The calendar of a community, or (`community` None) of the whole company.

    A community without spans of its own keeps the company's week; exceptions of both count, its own before the
    company's. `version` is the id of the last change: two different contents never share one, not even after a
    rollback, so that a copy of the rows in memory can be proven current by it.
    """

    community = models.OneToOneField(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    version = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community"],
                condition=Q(community=None),
                nulls_distinct=False,
                name="hours_one_company",
            ),
        ]

    def __str__(self) -> str:
        return str(self.community or _("The whole company"))


class DayException(models.Model):
    """One day that is not like the calendar says: its own spans instead, or none (closed)."""

    hours = models.ForeignKey(WorkingHours, models.CASCADE, related_name="exceptions")
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=80)

    class Meta:
        verbose_name = _("exception")
        ordering: ClassVar = ["day"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["hours", "day"],
                name="exception_once_a_day",
                violation_error_message=_("There is already an exception for this day."),
            ),
            models.CheckConstraint(name="exception_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.reason}"


class WorkingSpan(models.Model):
    """Work from one minute of the day until another: every week on `weekday` (0 is Monday), or on an exception."""

    hours = models.ForeignKey(WorkingHours, models.CASCADE, related_name="spans")
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    weekday = models.PositiveSmallIntegerField(null=True)
    exception = models.ForeignKey(DayException, models.CASCADE, null=True, related_name="spans")
    start = models.PositiveSmallIntegerField()
    # 1440 is the closing midnight.
    end = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("working span")
        ordering: ClassVar = ["weekday", "start"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="span_of_a_weekday_or_of_an_exception",
                condition=Q(weekday__lte=6, exception=None) | Q(weekday=None, exception__isnull=False),
            ),
            models.CheckConstraint(
                name="span_within_a_day",
                condition=Q(start__lt=F("end"), end__lte=MINUTES_OF_A_DAY),
            ),
            ExclusionConstraint(
                name="span_alone_in_its_week",
                expressions=[
                    (F("hours"), RangeOperators.EQUAL),
                    (F("weekday"), RangeOperators.EQUAL),
                    (
                        Func("start", "end", function="int4range", output_field=IntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(exception=None),
            ),
            ExclusionConstraint(
                name="span_alone_in_its_exception",
                expressions=[
                    (F("exception"), RangeOperators.EQUAL),
                    (
                        Func("start", "end", function="int4range", output_field=IntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(exception__isnull=False),
            ),
        ]


class CalendarChange(models.Model):
    """One change of a calendar: who, when, and what was and is. Kept for good."""

    class Kind(models.TextChoices):
        """What was changed."""

        WEEK = "week", _("Week")
        EXCEPTION = "exception", _("Exception")

    hours = models.ForeignKey(WorkingHours, models.PROTECT, related_name="changes")
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # An exception's day and reason; spans as [[start, end], …] of a day, seven days of them for a week.
    day = models.DateField(null=True)
    reason = models.CharField(max_length=80, blank=True)
    # None: there was (is) nothing of one's own.
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("change of working time")
        indexes: ClassVar = [models.Index(fields=["hours", "-id"], name="calendar_history")]
