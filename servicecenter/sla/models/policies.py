"""What is promised: one row for each promise, a change makes a new one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from servicecenter.sla.models.rungs import Rung


class WorkKind(models.TextChoices):
    """What a policy is about."""

    REPAIR = "repair", _("Repair")
    FOLLOW_UP = "follow_up", _("Follow-up call")
    COMPLAINT = "complaint", _("Complaint")
    INQUIRY = "inquiry", _("Inquiry")
    PERMIT = "permit", _("Decoration permit")
    REFUND = "refund", _("Deposit refund")
    INCIDENT = "incident", _("Incident")
    PROMISE = "promise", _("Promise to a caller")


class Stage(models.TextChoices):
    """Which step the promise is about."""

    RESPOND = "respond", _("Response")
    ARRIVE = "arrive", _("Arrival")
    SECURE = "secure", _("Made safe")
    COMPLETE = "complete", _("Completion")
    CALL = "call", _("Follow-up call")
    PROPOSE = "propose", _("Solution proposed")
    CLOSE = "close", _("Case closed")
    REVIEW = "review", _("Application reviewed")
    REFUND = "refund", _("Deposit refunded")
    KEEP = "keep", _("Keeping a promise")


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

    `target_seconds` None is the explicit choice “no target”. The ladder after the breach are its `rungs`.
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
    since = models.DateTimeField(_("valid since"))
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True, editable=False)
    changed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    # Who ended it: the author of the next row, or whoever went back to the company's promise.
    replaced_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")

    objects = PolicyQuerySet.as_manager()
    rungs: RelatedManager[Rung]

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
    def escalate(self) -> list[dict[str, Any]]:
        """The ladder as lists and API show it: `[{"after": 0.0, "to": "supervisor", "channel": ""}, …]`."""
        return [
            {"after": float(rung.after), "to": rung.to, "channel": rung.channel} for rung in self.rungs.all()
        ]

    @property
    def target(self) -> timedelta | None:
        return None if self.target_seconds is None else timedelta(seconds=self.target_seconds)
