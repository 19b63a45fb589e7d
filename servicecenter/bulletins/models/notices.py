"""Notices 公告: what the management office tells a whole community or some of its buildings, until a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from owners.models import Building, Unit
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import Actor
from servicecenter.audit.models import Event, EventQuerySet
from servicecenter.bulletins.workflow import NOTICE, NoticeStatus
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.spoken import MAIN_LANGUAGE, spoken
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table

STANDINGS = {
    Role.AGENT.value: Standing.AGENT,
    Role.SUPERVISOR.value: Standing.SUPERVISOR,
    Role.MANAGER.value: Standing.MANAGER,
}


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices."""

    def in_force(self) -> NoticeQuerySet:
        """Published, and not past their last day by the database's clock."""
        today = TruncDate(Now(), tzinfo=LOCAL)
        return self.filter(status=NoticeStatus.PUBLISHED, valid_until__gte=today)

    def visible_to(self, user: User) -> NoticeQuerySet:
        """Residents: those in force that reach a home they live in now. Staff: of their communities; drafts only those
        who write them."""
        if user.role == Role.RESIDENT:
            homes = Unit.objects.visible_to(user)
            near = NoticeBuilding.objects.filter(building__in=homes.values("building"))
            here = Q(everywhere=True, community__in=homes.values("community"))
            return self.in_force().filter(here | Q(pk__in=near.values("notice")))
        found = self.filter(community__in=user.community_ids)
        return found if user.role in STANDINGS else found.filter(status=NoticeStatus.PUBLISHED)


class Notice(Case):
    """One notice. What it says stands as {language: {"title", "text"}} and changes only while it is a draft."""

    TABLE: ClassVar[Table] = NOTICE

    status = models.CharField(_("status"), max_length=24, choices=NoticeStatus.choices)
    number = models.CharField(_("number"), max_length=24, unique=True)
    # The whole community; otherwise the buildings are named.
    everywhere = models.BooleanField(default=False)
    texts = models.JSONField(default=dict)
    # The last day on which anybody reads it.
    valid_until = models.DateField(_("valid until"))
    # Also as a text message, whatever the reader chose.
    by_sms = models.BooleanField(default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    written_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    published_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints: ClassVar = [
            models.CheckConstraint(name="notice_status_known", condition=Q(status__in=NoticeStatus.values)),
            models.CheckConstraint(name="notice_says_something", condition=Q(texts__has_key=MAIN_LANGUAGE)),
            models.CheckConstraint(
                name="notice_published_facts",
                condition=Q(status="published", published_by__isnull=False, published_at__isnull=False)
                | (~Q(status="published") & Q(published_by=None, published_at=None)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="notice_list"),
            models.Index(
                fields=["community", "valid_until"],
                condition=Q(status="published"),
                name="notice_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this notice; residents read and do nothing."""
        if by is None or by.role == Role.RESIDENT or self.community_id not in by.community_ids:
            return frozenset()
        return frozenset({STANDINGS.get(by.role, Standing.COLLEAGUE).value})

    def events(self) -> EventQuerySet:
        """Everything that happened to it, oldest first."""
        return Event.objects.of("notice", self.pk)

    @cached_property
    def _said(self) -> tuple[str, dict[str, str]]:
        return spoken(self.texts)

    @property
    def language(self) -> str:
        """The language that title and text are really in."""
        return self._said[0]

    @property
    def title(self) -> str:
        """In the reader's language, as far as it is translated."""
        return self._said[1]["title"]

    @property
    def text(self) -> str:
        """In the reader's language, as far as it is translated."""
        return self._said[1]["text"]


class NoticeBuilding(models.Model):
    """A building that a notice is for."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="reached", db_index=False)
    building = models.ForeignKey(Building, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("building of a notice")
        verbose_name_plural = _("buildings of notices")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "building"], name="notice_building_once")
        ]
