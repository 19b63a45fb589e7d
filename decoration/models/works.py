"""What is done in which room by whom: the lines of an application."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from decoration.models.changes import Change
from decoration.models.permits import Permit
from decoration.models.rules import Rule, Ruling
from servicecenter.accounts.models import Community, User

ADULT = 18


class WorkQuerySet(models.QuerySet["Work"]):
    """Works."""

    def in_force(self) -> WorkQuerySet:
        """Of the application itself, and of changes that were agreed to."""
        return self.filter(Q(change=None) | Q(change__agreed=True)).order_by("id")


class Work(models.Model):
    """One kind of works in one room, with the ruling as it was when it was asked for."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.CASCADE, related_name="works")
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="works")
    room = models.CharField(_("Room"), max_length=40)
    rule = models.ForeignKey(Rule, models.PROTECT, related_name="+")
    text = models.CharField(max_length=120)
    ruling = models.CharField(max_length=12, choices=Ruling.choices)
    papers = models.TextField(blank=True)
    wet = models.BooleanField()

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("works in a room")
        verbose_name_plural = _("works in rooms")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="work_named", condition=~Q(room="") & ~Q(text="")),
            # What is forbidden is in no application, whoever writes the row.
            models.CheckConstraint(
                name="work_not_forbidden",
                condition=Q(ruling__in=["free", "restricted"]),
                violation_error_message=_("These works are forbidden."),
            ),
            models.UniqueConstraint(fields=["permit", "room", "rule"], name="work_once"),
        ]

    def __str__(self) -> str:
        return f"{self.room} · {self.text}"


class WorkerQuerySet(models.QuerySet["Worker"]):
    """Workers on permits."""

    def visible_to(self, user: User) -> WorkerQuerySet:
        """As their permits."""
        return self.filter(permit__in=Permit.objects.visible_to(user))


class Worker(models.Model):
    """Somebody who works in the home, with a pass. Of the ID number only a mask and a digest are kept, of the birthday
    only that they were of age."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.CASCADE, related_name="workers")
    name = models.CharField(_("Name"), max_length=60)
    craft = models.CharField(pgettext_lazy("worker", "Craft"), max_length=40, blank=True)
    id_index = models.CharField(max_length=64)
    id_mask = models.CharField(max_length=40)
    # On the day when they were written down.
    age = models.PositiveSmallIntegerField()
    token = models.CharField(max_length=32, unique=True)
    added_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoke_reason = models.CharField(max_length=200, blank=True)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="worker_named", condition=~Q(name="") & ~Q(id_index="")),
            models.CheckConstraint(
                name="worker_of_age",
                condition=Q(age__gte=ADULT, age__lte=120),
                violation_error_message=_("Nobody under 18 works on a site."),
            ),
            models.UniqueConstraint(fields=["permit", "id_index"], name="worker_once"),
            models.CheckConstraint(
                name="worker_revoked_whole",
                condition=Q(revoked_at=None, revoked_by=None, revoke_reason="")
                | (Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "id_index"], name="worker_by_paper")]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """What a photo of them is filed under."""
        return self.permit.number


class PaperQuerySet(models.QuerySet["Paper"]):
    """Papers of applications."""

    def visible_to(self, user: User) -> PaperQuerySet:
        """As their permits."""
        return self.filter(permit__in=Permit.objects.visible_to(user))


class Paper(models.Model):
    """A paper that is asked for: drawings of everybody, others by restricted works. Its pictures are filed under it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.CASCADE, related_name="papers")
    name = models.CharField(max_length=120)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of an application")
        verbose_name_plural = _("papers of applications")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="permit_paper_named", condition=~Q(name="")),
            models.UniqueConstraint(fields=["permit", "name"], name="permit_paper_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        """What a picture of it is filed under."""
        return self.permit.number


class Comment(models.Model):
    """What a reviewer says about one field of an application; settled by the next submission."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    permit = models.ForeignKey(Permit, models.CASCADE, related_name="comments")
    field = models.CharField(max_length=16)
    text = models.CharField(max_length=500)
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("comment on an application")
        verbose_name_plural = _("comments on applications")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="permit_comment_says", condition=~Q(text="") & ~Q(field=""))
        ]
