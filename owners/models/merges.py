"""Two records that were one person."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from owners.models.people import Person
from servicecenter.accounts.models import Community, User


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges, undone ones too."""

    def visible_to(self, user: User) -> MergeQuerySet:
        return self.filter(community__in=user.community_ids)

    def in_force(self) -> MergeQuerySet:
        return self.filter(undone_at=None)


class Merge(models.Model):
    """`double` was merged into `kept`; `moved` names the rows that changed hands, so that it can be taken back.

    `moved`: {"occupancies": [ids], "ended": [ids], "vehicles": [[id, sealed before]], "tickets": [ids], "phone": bool}
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    kept = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    double = models.ForeignKey(Person, models.PROTECT, related_name="+")
    moved = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        constraints: ClassVar = [
            models.CheckConstraint(name="merge_of_two", condition=~Q(kept=F("double"))),
            models.UniqueConstraint(
                fields=["double"], condition=Q(undone_at=None), name="merge_once_in_force"
            ),
            models.CheckConstraint(
                name="merge_undone_pair",
                condition=Q(undone_at=None, undone_by=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["community", "-id"], name="merge_list")]
