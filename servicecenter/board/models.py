"""How the board reads rows of other rooms: a clock and a call beside the repair that they are about.

Clocks and follow-ups know their case by kind and number, because they serve every kind of work. Figures group and
filter by what the ticket says (trade, building), so the board reads the same tables once more with the ticket as a
relation. These models are unmanaged and for reading only; nothing is ever saved through them.
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

from django.db import models

from repairs.models import Ticket
from servicecenter.accounts.models import Community, User

REPAIR = "repair"
Row = TypeVar("Row", bound=models.Model, covariant=True)


class OfRepairs(models.Manager[Row]):
    """Only the rows whose case is a repair; of other kinds of work `case_id` means something else."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(work=REPAIR)


class Promise(models.Model):
    """A promise of a repair (`sla.Clock`): one stage in one round."""

    community = models.ForeignKey(Community, models.DO_NOTHING, related_name="+")
    work = models.CharField(max_length=16)
    ticket = models.ForeignKey(
        Ticket, models.DO_NOTHING, db_column="case_id", db_constraint=False, related_name="+"
    )
    stage = models.CharField(max_length=16)
    round = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    objects: ClassVar[OfRepairs[Promise]] = OfRepairs()

    class Meta:
        managed = False
        db_table = "sla_clock"
        default_permissions = ()


class Completion(models.Model):
    """A completion of a repair with the call about it (`surveys.FollowUp`): exactly one row for each completion."""

    community = models.ForeignKey(Community, models.DO_NOTHING, related_name="+")
    work = models.CharField(max_length=16)
    ticket = models.ForeignKey(
        Ticket, models.DO_NOTHING, db_column="case_id", db_constraint=False, related_name="+"
    )
    completion_no = models.PositiveSmallIntegerField()
    worker = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")
    status = models.CharField(max_length=8)
    outcome = models.CharField(max_length=16)
    completed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    next_call_at = models.DateTimeField()
    not_in_part = models.CharField(max_length=9)
    overall = models.PositiveSmallIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+")

    objects: ClassVar[OfRepairs[Completion]] = OfRepairs()

    class Meta:
        managed = False
        db_table = "surveys_followup"
        default_permissions = ()


class CallMade(models.Model):
    """One call (`surveys.Attempt`) about a completion."""

    community = models.ForeignKey(Community, models.DO_NOTHING, related_name="+")
    follow_up = models.ForeignKey(Completion, models.DO_NOTHING, related_name="calls")
    by = models.ForeignKey(User, models.DO_NOTHING, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16)
    overall = models.PositiveSmallIntegerField(null=True)

    objects: ClassVar[models.Manager[CallMade]] = models.Manager()

    class Meta:
        managed = False
        db_table = "surveys_attempt"
        default_permissions = ()
