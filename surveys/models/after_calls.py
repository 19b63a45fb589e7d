"""What comes after a call: three questions by message where nobody could be reached, and calls that are listened to."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from surveys.models.follow_ups import Attempt, FollowUp
from surveys.workflow import REWORK_UP_TO


class AfterCall(models.Model):
    """Three questions to somebody who could not be reached by telephone: solved, 1–10 overall, own words.

    Its link is drawn when the message leaves, so that only its digest is ever kept; it is worth one answer.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    follow_up = models.OneToOneField(FollowUp, models.PROTECT, related_name="after_call")
    digest = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    solved = models.BooleanField(null=True)
    overall = models.PositiveSmallIntegerField(null=True)
    comment = models.TextField(blank=True)

    class Meta:
        verbose_name = _("three questions by message")
        verbose_name_plural = _("three questions by message")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="after_call_whole",
                condition=Q(answered_at=None, solved=None, overall=None, comment="")
                | Q(answered_at__isnull=False, solved__isnull=False, overall__range=(1, 10), digest=""),
            ),
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="after_call_digest"),
        ]

    def __str__(self) -> str:
        return str(self.follow_up_id)

    @property
    def is_bad(self) -> bool:
        """Whether something is still to be done."""
        return self.solved is False or (self.overall or 10) <= REWORK_UP_TO


class CallReviewQuerySet(models.QuerySet["CallReview"]):
    """Reviews."""

    def visible_to(self, user: User) -> CallReviewQuerySet:
        """Supervisors and managers: of their communities. A caller: of one's own calls, to learn from them."""
        here = self.filter(community__in=user.community_ids)
        if user.role in (Role.SUPERVISOR, Role.MANAGER):
            return here
        return here.filter(attempt__by=user)


class CallReview(models.Model):
    """A call that was listened to: was it made as agreed, and is what was written down what was said?"""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    attempt = models.OneToOneField(Attempt, models.PROTECT, related_name="review")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    # Where the recording is found in the telephone system.
    recording = models.CharField(_("recording"), max_length=200, blank=True)
    greeted = models.BooleanField(_("greeted, and said who calls and why"))
    asked_all = models.BooleanField(_("asked every question of the script"))
    polite = models.BooleanField(_("listened, was polite"))
    noted = models.BooleanField(_("what was written down is what was said"))
    note = models.TextField(_("what the caller may do better"), blank=True)

    MARKS = ("greeted", "asked_all", "polite", "noted")
    objects = CallReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("call that was listened to")
        verbose_name_plural = _("calls that were listened to")

    def __str__(self) -> str:
        return str(self.attempt_id)

    @classmethod
    def label_of(cls, name: str) -> Any:
        """What a mark says."""
        field: Any = cls._meta.get_field(name)
        return field.verbose_name

    @property
    def marks(self) -> int:
        """How many of the four were in order."""
        return sum(getattr(self, name) for name in self.MARKS)
