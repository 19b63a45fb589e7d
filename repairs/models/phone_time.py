"""How long after it happened a step may still be reported from a phone that had no signal."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community

# A working day with its overtime: what was done in the morning is sent in the evening at the latest.
HOURS = 12
MOST_HOURS = 72


class PhoneTimeRule(models.Model):
    """A community's own limit comes before the company's; without a row it is 12 hours."""

    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    hours = models.PositiveSmallIntegerField(
        _("hours"),
        default=HOURS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_HOURS)],
        help_text=_("A step that is older than this is not taken with the time of the phone any more."),
    )

    class Meta:
        verbose_name = _("limit for steps reported later")
        verbose_name_plural = _("limits for steps reported later")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community"],
                nulls_distinct=False,
                name="phone_time_once",
                violation_error_message=_("There is already a limit here."),
            ),
            models.CheckConstraint(
                name="phone_time_hours",
                condition=Q(hours__gte=1, hours__lte=MOST_HOURS),
                violation_error_message=_("The limit lies between 1 and 72 hours."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community or ''} {self.hours} h".strip()

    @staticmethod
    def longest(community_id: int) -> timedelta:
        """How far back a step of this community may lie."""
        rules = PhoneTimeRule.objects.filter(Q(community=None) | Q(community=community_id))
        best = rules.order_by(F("community_id").asc(nulls_last=True)).values_list("hours", flat=True).first()
        return timedelta(hours=HOURS if best is None else best)
