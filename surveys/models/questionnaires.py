"""Questionnaires 问卷 in versions: the library that comes with the program, and what communities make of it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from surveys.questions import Sheet, sheet_of

EDITORS = frozenset({Role.SUPERVISOR.value, Role.MANAGER.value})
READERS = EDITORS | {Role.ADMIN.value}


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    """Versions of questionnaires."""

    def visible_to(self, user: User) -> QuestionnaireQuerySet:
        """The library, and those of one's communities."""
        if user.role not in READERS:
            return self.none()
        return self.filter(Q(community=None) | Q(community__in=user.community_ids))


class Questionnaire(models.Model):
    """One version of a questionnaire; all versions of a line share community and code.

    A draft may change; once a campaign used it, it never does again. Without a community it is of the library.
    """

    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    code = models.SlugField(_("short name"), max_length=32)
    number = models.PositiveSmallIntegerField(default=1)
    content = models.JSONField()
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Grows with every change of the draft: what somebody else changed meanwhile is not overwritten.
    version = models.PositiveIntegerField(default=0)
    frozen_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering: ClassVar = ["community", "code", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community", "code", "number"], name="questionnaire_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=["community", "code"], condition=Q(frozen_at=None), name="questionnaire_one_draft"
            ),
            models.CheckConstraint(
                name="questionnaire_library_is_frozen",
                condition=Q(community__isnull=False) | Q(frozen_at__isnull=False),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(
                name="frozen_stays",
                operation=pgtrigger.UpdateOf("content", "code", "number", "community_id", "frozen_at")  # type: ignore[no-untyped-call]
                | pgtrigger.Delete,
                condition=pgtrigger.Q(old__frozen_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.sheet)

    @cached_property
    def sheet(self) -> Sheet:
        return sheet_of(self.content)

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None
