"""What the triage 智能判断 learned from: examples, versions of its model, and which of them is in use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from repairs.models.kinds import Place, Trade, Urgency
from repairs.models.tickets import Ticket
from servicecenter.accounts.models import Community, User


class TriageExampleQuerySet(models.QuerySet["TriageExample"]):
    """Labelled messages."""

    def visible_to(self, user: User) -> TriageExampleQuerySet:
        return self.filter(community__in=user.community_ids)


class TriageExample(models.Model):
    """A message without personal data, and what would have been right to propose for it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    text = models.TextField(_("what happened"))
    trade = models.CharField(_("trade"), max_length=16, choices=Trade.choices)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices)
    place = models.CharField(_("place"), max_length=8, choices=Place.choices)
    # The repair that it was made from; None: somebody thought of it.
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = TriageExampleQuerySet.as_manager()

    class Meta:
        verbose_name = _("example")
        verbose_name_plural = _("examples")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ticket"], name="triage_example_once_a_ticket"),
            models.CheckConstraint(name="triage_example_text", condition=~Q(text="")),
            models.CheckConstraint(
                name="triage_example_labels",
                condition=Q(trade__in=Trade.values, urgency__in=Urgency.values, place__in=Place.values),
            ),
        ]


class VersionState(models.TextChoices):
    """How far a version has come."""

    WAITING = "waiting", pgettext_lazy("model", "Waiting to be learned")
    LEARNING = "learning", pgettext_lazy("model", "Being learned")
    READY = "ready", pgettext_lazy("model", "Ready")
    FAILED = "failed", pgettext_lazy("model", "Given up")


MOVING: Sequence[str] = (VersionState.WAITING, VersionState.LEARNING)


class TriageVersion(models.Model):
    """One model, learned from the shipped messages and the examples of that moment. It is kept for good.

    The row is the job: a worker takes it under a lease. `figures` are cross-validated (`triage.measure`); `based_on`
    names the shipped model that it was learned beside, because the word tables change with every release.
    """

    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=VersionState.choices, default=VersionState.WAITING)
    run_no = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    based_on = models.CharField(max_length=16, blank=True)
    # How many of the examples were rows of ours.
    own = models.PositiveIntegerField(default=0)
    figures = models.JSONField(default=dict)
    content = models.TextField(blank=True)

    class Meta:
        verbose_name = _("version of the triage")
        verbose_name_plural = _("versions of the triage")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="triage_version_state",
                condition=Q(state="ready", ended_at__isnull=False) & ~Q(content="") & ~Q(based_on="")
                | Q(state="failed", ended_at__isnull=False)
                | Q(state="learning", lease_until__isnull=False)
                | Q(state="waiting"),
            ),
            # One at a time: the next one learns from everything anyway.
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=MOVING), name="triage_version_one_at_a_time"
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
            # What residents were judged by stays as it was.
            pgtrigger.Protect(
                name="ready_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state IN ('ready', 'failed')"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class TriageChoice(models.Model):
    """From this instant on `version` proposes; None is the model that was shipped. The newest row counts."""

    version = models.ForeignKey(TriageVersion, models.PROTECT, null=True, blank=True, related_name="choices")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("choice of the triage's version")
        verbose_name_plural = _("choices of the triage's version")
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
