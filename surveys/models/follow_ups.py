"""The 100 % follow-up queue 回访."""

from __future__ import annotations

from datetime import datetime, time
from typing import ClassVar

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import LOCAL
from servicecenter.sla.arithmetic import part_of_day
from surveys.workflow import AttemptOutcome, FollowUpStatus, Outcome

CALLERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})


def _wall_clock(at: datetime) -> time:
    """The time of day in the community, as calling hours are written."""
    return at.astimezone(LOCAL).time()


# Queues within the queue: urgent ones, promised call-backs, late ones. Any other name is a language.
LINES = ("urgent", "promised", "late")


def _of_line(line: str, at: datetime) -> Q:
    """The cases of one queue; all of them for ''."""
    known = {
        "": Q(),
        "urgent": Q(urgent=True),
        "promised": Q(call_back_at__isnull=False),
        "late": Q(due_at__lt=at),
    }
    return known.get(line, Q(language=line[:8]))


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Follow-up cases."""

    def visible_to(self, user: User) -> FollowUpQuerySet:
        """Those who call, their supervisors and managers; not the people who are rated."""
        if user.role not in CALLERS | {Role.MANAGER.value}:
            return self.none()
        return self.filter(community__in=user.community_ids).exclude(hidden_from=user)

    def open(self) -> FollowUpQuerySet:
        return self.exclude(status=FollowUpStatus.DONE)

    def callable_by(self, user: User, at: datetime, line: str = "") -> FollowUpQuerySet:
        """Due now and free, in communities where it is calling time: urgent ones first, then those who were promised a
        call at a time that has come, then by their deadline. `line` narrows it to one of `LINES` or a language.

        A case whose calls all went unanswered in this part of the day waits for another one, however late it is.
        Never the caller's own work; what they dispatched comes last, so that somebody else calls about it wherever
        there is somebody else, and no queue is stuck where there is not.
        """
        return (
            self.filter(community__in=user.community_ids, status=FollowUpStatus.DUE, next_call_at__lte=at)
            .filter(community__calls_from__lte=_wall_clock(at), community__calls_until__gt=_wall_clock(at))
            .exclude(not_in_part=part_of_day(at))
            .exclude(worker=user)
            .exclude(hidden_from=user)
            .annotate(own=Case(When(dispatcher=user, then=1), default=0, output_field=models.IntegerField()))
            .filter(_of_line(line, at))
            .order_by(
                "own",
                "-urgent",
                F("call_back_at").asc(nulls_last=True),
                F("due_at").asc(nulls_last=True),
                "id",
            )
        )


class FollowUp(models.Model):
    """The call that every completion gets, exactly once (guaranteed by a trigger on the completed work)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    completion_no = models.PositiveSmallIntegerField()
    case_number = models.CharField(max_length=24)
    urgent = models.BooleanField(default=False)
    # Snapshot: whom to call, even if the person moves out meanwhile.
    name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    worker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    dispatcher = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Whom the case is about (a complaint about a colleague): they neither see nor make the call.
    hidden_from = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    status = models.CharField(max_length=8, choices=FollowUpStatus.choices, default=FollowUpStatus.DUE)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    completed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    next_call_at = models.DateTimeField()
    # The part of the day in which nobody answered: the next call is made in another one.
    # The trigger that makes follow-ups names no column it does not know.
    not_in_part = models.CharField(max_length=9, blank=True, default="", db_default="")
    # When whoever was reached asked to be called again: that is a promise, and goes before what is merely due.
    call_back_at = models.DateTimeField(null=True)
    # In which language they wish to be called; '' as usual.
    language = models.CharField(max_length=8, blank=True, default="", db_default="")
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    claimed_until = models.DateTimeField(null=True)
    # Grows with every claim; a finish under an older number is refused.
    claim_no = models.PositiveIntegerField(default=0)
    missed = models.PositiveSmallIntegerField(default=0)
    overall = models.PositiveSmallIntegerField(null=True)
    solved = models.BooleanField(null=True)
    comment = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["work", "case_id", "completion_no"], name="followup_once"),
            models.UniqueConstraint(
                fields=["claimed_by"], condition=Q(status="claimed"), name="followup_one_per_agent"
            ),
            models.UniqueConstraint(
                fields=["community", "phone"],
                condition=Q(status="claimed") & ~Q(phone=""),
                name="followup_one_call_per_phone",
            ),
            models.CheckConstraint(
                name="followup_claim_facts",
                condition=(
                    Q(status="claimed", claimed_by__isnull=False, claimed_until__isnull=False)
                    | (~Q(status="claimed") & Q(claimed_by=None, claimed_until=None))
                ),
            ),
            models.CheckConstraint(
                name="followup_done_facts",
                condition=(
                    (Q(status="done", finished_at__isnull=False) & ~Q(outcome=""))
                    | (~Q(status="done") & Q(finished_at=None, outcome=""))
                ),
            ),
            models.CheckConstraint(
                name="followup_overall_range", condition=Q(overall=None) | Q(overall__range=(1, 10))
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["community", "-urgent", "due_at", "id"],
                condition=Q(status="due"),
                name="followup_queue",
            ),
            models.Index(fields=["claimed_until"], condition=Q(status="claimed"), name="followup_leases"),
            models.Index(fields=["community", "completed_at"], name="followup_period"),
            models.Index(fields=["community", "due_at"], name="followup_promised"),
        ]

    def __str__(self) -> str:
        return f"{self.case_number} · {self.completion_no}"


class Attempt(models.Model):
    """One call. It is written when the case is claimed, before the number is shown, and ended by its outcome."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="attempts")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    claim_no = models.PositiveIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, choices=AttemptOutcome.choices, blank=True)
    comment = models.TextField(blank=True)
    call_back_at = models.DateTimeField(null=True)
    punctual = models.PositiveSmallIntegerField(null=True)
    attitude = models.PositiveSmallIntegerField(null=True)
    quality = models.PositiveSmallIntegerField(null=True)
    tidiness = models.PositiveSmallIntegerField(null=True)
    price_explained = models.PositiveSmallIntegerField(null=True)
    overall = models.PositiveSmallIntegerField(null=True)
    solved = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("call attempt")
        verbose_name_plural = _("call attempts")
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["community", "started_at"], name="attempt_period")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["follow_up", "claim_no"], name="attempt_once"),
            models.UniqueConstraint(
                fields=["follow_up"], condition=Q(ended_at=None), name="attempt_one_open"
            ),
            models.CheckConstraint(
                name="attempt_end_facts",
                condition=(
                    Q(ended_at=None, outcome="")
                    | (Q(ended_at__isnull=False, ended_at__gte=F("started_at")) & ~Q(outcome=""))
                ),
            ),
            *(
                models.CheckConstraint(
                    name=f"attempt_{field}_range",
                    condition=Q(**{field: None}) | Q(**{f"{field}__range": (1, 10)}),
                )
                for field in ("punctual", "attitude", "quality", "tidiness", "price_explained", "overall")
            ),
        ]
