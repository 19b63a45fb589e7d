"""For which reasons a clock may pause, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User

LONGEST_DAYS = 365


class PauseRuleQuerySet(models.QuerySet["PauseRule"]):
    """Rules of the company and of communities."""

    def visible_to(self, user: User) -> PauseRuleQuerySet:
        """The company's, and those of one's own communities."""
        return self.filter(Q(community=None) | Q(community__in=user.community_ids))


class PauseRule(models.Model):
    """One reason to pause. A community's own rule comes before the company's, also to forbid a reason there.

    One pause lasts `longest_days` at most and then ends by itself. Once a case was paused for more than
    `consent_after_days` altogether, only a supervisor may go on pausing it.
    """

    work = models.CharField(_("work"), max_length=16)
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("community")
    )
    reason = models.CharField(_("reason"), max_length=32)
    longest_days = models.PositiveSmallIntegerField(
        _("longest pause in days"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)]
    )
    consent_after_days = models.PositiveSmallIntegerField(
        _("a supervisor must agree beyond, in days altogether"), validators=[MaxValueValidator(LONGEST_DAYS)]
    )
    active = models.BooleanField(_("allowed"), default=True)

    objects = PauseRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("reason to pause")
        verbose_name_plural = _("reasons to pause")
        ordering: ClassVar = ["work", "reason", "community_id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["work", "community", "reason"],
                nulls_distinct=False,
                name="pause_rule_once",
                violation_error_message=_("There is already a rule for this reason."),
            ),
            models.CheckConstraint(
                name="pause_rule_days",
                condition=Q(longest_days__gte=1, longest_days__lte=LONGEST_DAYS)
                & Q(consent_after_days__lte=LONGEST_DAYS),
                violation_error_message=_("A pause lasts between one day and one year."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work} · {self.reason}"

    @property
    def longest(self) -> timedelta:
        return timedelta(days=self.longest_days)

    @property
    def consent_after(self) -> timedelta:
        return timedelta(days=self.consent_after_days)
