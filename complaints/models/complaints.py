"""A complaint 投诉: what was said, how serious it is, what was found, proposed, done and told."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models.kinds import SIMPLE, Kind, Level, Substance, Type
from complaints.models.rules import CONSTRAINTS, INDEXES, TRIGGERS
from complaints.models.voices import OUTDOORS, Voice, VoiceQuerySet
from complaints.workflow import COMPLAINT, OPEN, UNFINISHED, Status
from owners.models import Unit
from servicecenter.accounts.models import Community, Role, User
from servicecenter.attachments.models import Photo
from servicecenter.audit.events import Actor
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table
from surveys.models import FollowUp
from surveys.workflow import FollowUpStatus

BY_ROLE = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value})


class ComplaintQuerySet(VoiceQuerySet["Complaint"]):
    """Complaints."""

    def visible_to(self, user: User) -> ComplaintQuerySet:
        """The desk and managers: of their communities. Technicians and guards: those that they handle, or help with.
        A resident: own ones. Nobody sees one about themselves."""
        if user.role == Role.RESIDENT:
            found: ComplaintQuerySet = self.of_resident(user)
            return found
        here = self.filter(community__in=user.community_ids).exclude(about=user)
        return here.filter(helped_by(user)) if user.role in OUTDOORS else here

    def open(self) -> ComplaintQuerySet:
        """Somebody still has to do something about it itself."""
        return self.filter(status__in=OPEN)

    def overdue(self, at: datetime) -> ComplaintQuerySet:
        """A promise is past its deadline."""
        return self.filter(status__in=UNFINISHED, next_due_at__lt=at)


def helped_by(user: User) -> Q:
    """Complaints that somebody handles, has a task in, or is on the team of."""
    tasks = Task.objects.filter(complaint=OuterRef("pk"), owner=user)
    team = Member.objects.filter(complaint=OuterRef("pk"), user=user)
    return Q(handler=user) | Exists(tasks) | Exists(team)


class Complaint(Voice):
    """One complaint, from the first word to the archive."""

    TABLE: ClassVar[Table] = COMPLAINT

    status = models.CharField(_("status"), max_length=24, choices=Status.choices)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    proposed_level = models.CharField(max_length=12, choices=Level.choices, blank=True)
    # Money is asked for.
    compensation = models.BooleanField(_("claims compensation"), default=False)
    # Of two neighbours: whom it is against.
    other_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    other_side = models.CharField(_("The other side"), max_length=100, blank=True)
    # The one that leads the group of many households with one cause.
    lead = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="group", db_index=False
    )

    substance = models.CharField(max_length=16, choices=Substance.choices, blank=True)
    solution = models.TextField(_("solution"), blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)
    summary = models.TextField(_("what was done"), blank=True)
    # What the complainant was told at the end; of serious ones it is printed as a letter.
    reply = models.TextField(_("reply"), blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    review = models.TextField(_("review of the claim"), blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_off_at = models.DateTimeField(null=True, blank=True)
    signed_off_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # Of a serious one: the day that a manager approved.
    close_by = models.DateTimeField(null=True, blank=True)
    first_closed_at = models.DateTimeField(null=True, blank=True)
    completion_no = models.PositiveSmallIntegerField(default=0)
    reopen_count = models.PositiveSmallIntegerField(default=0)
    urge_count = models.PositiveSmallIntegerField(default=0)

    propose_due_at = models.DateTimeField(null=True, blank=True)
    close_due_at = models.DateTimeField(null=True, blank=True)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        constraints: ClassVar = CONSTRAINTS
        indexes: ClassVar = INDEXES
        triggers: ClassVar = TRIGGERS

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this complaint now; somebody whom it is about is a stranger to it."""
        if by is None:
            return frozenset({Standing.SYSTEM.value})
        if by.role == Role.RESIDENT:
            mine = Complaint.objects.visible_to(by).filter(pk=self.pk).exists()
            return frozenset({Standing.RESIDENT.value}) if mine else frozenset()
        if self.community_id not in by.community_ids or self.about_id == by.pk:
            return frozenset()
        found = {by.role} if by.role in BY_ROLE else set()
        if self.handler_id == by.pk:
            found.add(Standing.HANDLER.value)
        elif by.role in OUTDOORS and Complaint.objects.filter(helped_by(by), pk=self.pk).exists():
            found.add(Standing.MEMBER.value)
        if not found and by.role not in OUTDOORS:
            found.add(Standing.COLLEAGUE.value)
        return frozenset(found)

    @property
    def kind(self) -> str:
        """Of all that residents tell us."""
        return Kind.COMPLAINT.value

    @property
    def round(self) -> int:
        """Every reopening begins a new round of promises."""
        return self.reopen_count + 1

    @property
    def is_light(self) -> bool:
        """Ordinary or urgent: solved on the spot, or by whoever is in charge."""
        return self.level in SIMPLE

    @property
    def is_simple(self) -> bool:
        """Light, nobody asks for money, and it stands for itself alone."""
        return self.is_light and not self.compensation and self.leads_nobody

    @property
    def is_serious(self) -> bool:
        """Complex or major: with a supervisor, a written reply and a day of its own."""
        return not self.is_light

    @property
    def is_major(self) -> bool:
        """Several departments, the media, an injury, many households: a joint team, and a manager signs off."""
        return self.level == Level.MAJOR

    @property
    def may_rise(self) -> bool:
        """Whether there is a higher level."""
        return not self.is_major

    @property
    def is_between_neighbours(self) -> bool:
        """Whether two sides are heard."""
        return self.type == Type.NEIGHBOURS

    @property
    def claims_compensation(self) -> bool:
        """Whether money is asked for."""
        return self.compensation

    @property
    def waits_for_manager(self) -> bool:
        """Whether only a manager's signature is missing."""
        return self.is_major and self.signed_off_at is None

    @property
    def leads_nobody(self) -> bool:
        """Whether it leads no group."""
        return not self.group.filter(status=Status.JOINED).exists()

    @property
    def may_join(self) -> bool:
        """Whether it may go on with another one: it leads nobody, and a claim is reviewed for itself."""
        return self.leads_nobody and not self.compensation

    @property
    def has_open_tasks(self) -> bool:
        """Whether a task is still to be done."""
        return self.tasks.filter(done_at=None).exists()

    @property
    def has_no_open_task(self) -> bool:
        """Whether everything is done that was given to somebody."""
        return not self.has_open_tasks

    @property
    def has_links(self) -> bool:
        """Whether something was put beside it."""
        return self.links.exists()

    @property
    def has_evidence(self) -> bool:
        """Whether a picture is attached."""
        return Photo.objects.filter(work="complaint", case_id=self.pk).exists()

    @property
    def is_called(self) -> bool:
        """Whether its follow-up call has an outcome, or there is nobody to call."""
        if not self.is_reachable:
            return True
        calls = FollowUp.objects.filter(work="complaint", case_id=self.pk, completion_no=self.completion_no)
        return calls.filter(status=FollowUpStatus.DONE).exists()

    @property
    def missing(self) -> list[str]:
        """What must be there before it may be closed: `team`, `sign_off`, `review`, `evidence`, `tasks`."""
        gaps = {
            "team": self.is_major and (self.handler_id is None or not self.team.exists()),
            "sign_off": self.waits_for_manager,
            "review": self.compensation and self.reviewed_at is None,
            "evidence": self.compensation and not self.has_evidence,
            "tasks": self.has_open_tasks,
        }
        return [name for name, gap in gaps.items() if gap]

    @property
    def is_ready_to_close(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


class Task(models.Model):
    """Something that somebody does about a complaint until a day 任务."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="tasks")
    what = models.CharField(pgettext_lazy("task", "What is to be done"), max_length=300)
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("task of a complaint")
        verbose_name_plural = _("tasks of complaints")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="task_says_something", condition=~Q(what="")),
            models.CheckConstraint(
                name="task_done_facts",
                condition=Q(done_at=None, done_by=None, result="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["owner"], condition=Q(done_at=None), name="task_of_owner")]

    def __str__(self) -> str:
        return self.what


class Member(models.Model):
    """Somebody on the joint team of a major complaint; its lead is whoever is in charge."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="team")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("member of a joint team")
        verbose_name_plural = _("members of joint teams")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "user"], name="complaint_member_once")
        ]


class Link(models.Model):
    """Something that has to do with a complaint: a repair, a permit, another complaint; somebody on record (then
    without a number: names are read where they stand, and go with the record)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="links")
    work = models.CharField(max_length=16)
    case_id = models.BigIntegerField()
    number = models.CharField(max_length=24)

    class Meta:
        verbose_name = _("link of a complaint")
        verbose_name_plural = _("links of complaints")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["complaint", "work", "case_id"], name="complaint_link_once")
        ]
