"""The duty roster 值班表: who answers for a community at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User

LONGEST_SHIFT = timedelta(days=3)


class DutyKind(models.TextChoices):
    """What somebody on duty answers for."""

    FRONT_DESK = "front_desk", _("Front desk")
    ENGINEERING = "engineering", _("Engineering")
    SECURITY = "security", _("Security")
    MANAGER = "manager", _("Manager on duty")
    # Leave, illness, training: nobody is on duty at the same time, and nothing is dispatched to them.
    AWAY = "away", _("Away")


class ShiftSpan(Func):
    """The time of a shift as a range; its end does not belong to it."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class OnePerson(Func):
    """A person as a range of one, so that a GiST index needs no extension."""

    function = "INT8RANGE"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = models.BigIntegerField()


class DutyShiftQuerySet(models.QuerySet["DutyShift"]):
    """Shifts."""

    def visible_to(self, user: User) -> DutyShiftQuerySet:
        """Of the communities that one works in; residents see none."""
        return self.filter(community__in=user.community_ids) if user.is_employee else self.none()

    def on_duty(self, communities: Iterable[int], at: datetime) -> DutyShiftQuerySet:
        """Shifts that run at `at`, of people who are active and still work there; who is away answers for nothing."""
        return self.exclude(kind=DutyKind.AWAY).filter(
            community__in=set(communities),
            starts_at__lte=at,
            ends_at__gt=at,
            user__is_active=True,
            user__memberships__community=F("community"),
        )


class DutyShift(models.Model):
    """One person answers for one thing in one community, from an instant until another one.

    Nobody is in two places at once: the shifts of a person never overlap, whatever the community.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("On duty"))
    kind = models.CharField(_("Duty"), max_length=12, choices=DutyKind.choices)
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    note = models.CharField(_("Note"), max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering: ClassVar = ["starts_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="duty_span",
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + LONGEST_SHIFT),
                violation_error_message=_("A shift ends after it begins, and within three days."),
            ),
            models.CheckConstraint(name="duty_kind_known", condition=Q(kind__in=DutyKind.values)),
            ExclusionConstraint(
                name="duty_one_place",
                expressions=[
                    (OnePerson("user_id", "user_id"), RangeOperators.OVERLAPS),
                    (ShiftSpan("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person is on duty already at that time."),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "ends_at"], name="duty_now")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.user}"
