"""Improvement measures 改进措施: what is done about a result, by whom, until when, and who saw that it was done."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing
from surveys.models.campaigns import Campaign
from surveys.workflow import MEASURE, MeasureStatus

LEADERS = {Role.SUPERVISOR.value: Standing.SUPERVISOR, Role.MANAGER.value: Standing.MANAGER}


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Measures."""

    def visible_to(self, user: User) -> MeasureQuerySet:
        """Leaders: of their communities. Everybody else: their own."""
        here = self.filter(community__in=user.community_ids)
        return here if user.role in LEADERS or user.role == Role.ADMIN else here.filter(owner=user)


class Measure(Case):
    """Something that is done because of a result. `section`: what it should move, a section of the questionnaire or a
    type of complaints; the next campaign, or the next months, show whether."""

    TABLE = MEASURE

    status = models.CharField(_("status"), max_length=24, choices=MeasureStatus.choices)
    number = models.CharField(_("number"), max_length=24, unique=True)
    # What it is decided on because of: the results of a campaign, or a month of complaints (its first day).
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="measures")
    month = models.DateField(null=True)
    section = models.CharField(max_length=32, blank=True)
    text = models.CharField(_("what is done"), max_length=300)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_on = models.DateField(_("until"))
    # Residents read it in the publication.
    public = models.BooleanField(default=True)
    evidence = models.TextField(_("what was done, and how one can see it"), blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    done_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    verified_at = models.DateTimeField(null=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("survey", "measure")
        verbose_name_plural = pgettext_lazy("survey", "measures")
        ordering: ClassVar = ["due_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="measure_status_known", condition=Q(status__in=MeasureStatus.values)),
            models.CheckConstraint(
                name="measure_has_one_reason",
                condition=Q(campaign__isnull=False, month=None)
                | Q(campaign=None, month__isnull=False, public=False),
            ),
            models.CheckConstraint(name="measure_said", condition=~Q(text="")),
            models.CheckConstraint(
                name="measure_done_is_a_fact",
                condition=Q(status__in=["open", "dropped"], done_by=None, done_at=None)
                | (
                    Q(status__in=["done", "verified"], done_by__isnull=False, done_at__isnull=False)
                    & ~Q(evidence="")
                ),
            ),
            models.CheckConstraint(
                name="measure_verified_by_another",
                condition=Q(verified_by=None, verified_at=None, status__in=["open", "done", "dropped"])
                | (
                    Q(status="verified", verified_by__isnull=False, verified_at__isnull=False)
                    & ~Q(verified_by=F("owner"))
                    & ~Q(verified_by=F("done_by"))
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["owner"], condition=Q(status="open"), name="measure_of_owner"),
            models.Index(
                fields=["community", "month"], condition=Q(month__isnull=False), name="measure_of_month"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text}"

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to it: in charge of it, a leader, and, being neither owner nor doer, one who may check it."""
        if by is None or not Measure.objects.visible_to(by).filter(pk=self.pk).exists():
            return frozenset()
        found = {Standing.HANDLER.value} if by.pk == self.owner_id else set()
        if by.role in LEADERS:
            found.add(LEADERS[by.role].value)
            found |= {Standing.CHECKER.value} if by.pk not in (self.owner_id, self.done_by_id) else set()
        return frozenset(found or {Standing.COLLEAGUE.value})
