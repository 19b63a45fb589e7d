"""Promises to callers 承诺: what was said, by when, and who keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from owners.models import Person, Unit
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.desk.workflow import TABLE, PromiseStatus
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing

FARTHEST = timedelta(days=60)
# Those who speak to callers, and whoever answers for them.
READERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value})
KEEPERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Promises to callers."""

    def visible_to(self, user: User) -> PromiseQuerySet:
        """Of the communities of those who speak to callers, and of their managers."""
        if user.role not in READERS:
            return self.none()
        return self.filter(community__in=user.community_ids)

    def open(self) -> PromiseQuerySet:
        return self.filter(status=PromiseStatus.OPEN)

    def overdue(self, at: datetime) -> PromiseQuerySet:
        """Open and past the instant that was promised."""
        return self.open().filter(due_at__lt=at)


class Promise(Case):
    """“We call back by 17:00”: said to a caller about whatever it was, with its own timer."""

    TABLE = TABLE

    number = models.CharField(_("number"), max_length=24, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    phone = models.CharField(max_length=20, blank=True)
    # The case that it was said about, if any.
    work = models.CharField(max_length=16, blank=True)
    case_id = models.BigIntegerField(null=True)
    case_number = models.CharField(max_length=24, blank=True)
    text = models.CharField(_("What was promised"), max_length=200)
    due_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    keeper = models.ForeignKey(User, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    objects = PromiseQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise to a caller")
        verbose_name_plural = _("promises to callers")
        constraints: ClassVar = [
            models.CheckConstraint(name="promise_status_known", condition=Q(status__in=PromiseStatus.values)),
            models.CheckConstraint(name="promise_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="promise_due_within_reach",
                condition=Q(due_at__gt=F("made_at")) & Q(due_at__lte=F("made_at") + FARTHEST),
            ),
            models.CheckConstraint(
                name="promise_kept_facts",
                condition=(
                    Q(status="kept", kept_at__isnull=False, kept_by__isnull=False)
                    | (~Q(status="kept") & Q(kept_at=None, kept_by=None))
                ),
            ),
            models.CheckConstraint(
                name="promise_withdrawn_facts",
                condition=(
                    (
                        Q(status="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                        & ~Q(reason="")
                    )
                    | (~Q(status="withdrawn") & Q(withdrawn_at=None, withdrawn_by=None, reason=""))
                ),
            ),
            models.CheckConstraint(
                name="promise_case_whole",
                condition=(
                    Q(work="", case_id=None, case_number="")
                    | (Q(case_id__isnull=False) & ~Q(work="") & ~Q(case_number=""))
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "due_at"], condition=Q(status="open"), name="promise_open"),
            models.Index(fields=["person"], condition=Q(status="open"), name="promise_of_person"),
            models.Index(fields=["unit"], condition=Q(status="open"), name="promise_of_unit"),
            models.Index(
                fields=["work", "case_id"], condition=Q(case_id__isnull=False), name="promise_of_case"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this promise now; a stranger has none."""
        if by is None or by.role not in READERS or self.community_id not in by.community_ids:
            return frozenset()
        keeper = {Standing.KEEPER.value} if by.pk == self.keeper_id and by.role in KEEPERS else set()
        return frozenset({by.role} | keeper)
