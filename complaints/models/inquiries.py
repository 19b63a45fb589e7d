"""An inquiry 咨询, a suggestion 建议 or praise 表扬: it is answered, and that is usually all."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.kinds import Kind
from complaints.models.voices import OUTDOORS, Voice, VoiceQuerySet, whole
from complaints.workflow import INQUIRY, InquiryStatus
from complaints.workflow.inquiries import FINAL, OPEN
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor
from servicecenter.bulletins.models import ArticleVersion
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table

# It is answered from an article that its own residents may have read, whoever writes the row.
OWN_ARTICLE = pgtrigger.Trigger(
    name="article_of_its_community",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("article_id"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.article_id IS NOT NULL"),
    func="""
        IF NOT EXISTS (SELECT 1 FROM bulletins_articleversion v JOIN bulletins_article a ON a.id = v.article_id
            WHERE v.id = NEW.article_id AND (a.community_id IS NULL OR a.community_id = NEW.community_id)) THEN
            RAISE EXCEPTION 'inquiry % is answered from an article of another community', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'article_of_its_community';
        END IF;
        RETURN NEW;
    """,
)

KINDS = [(kind.value, kind.label) for kind in Kind if kind != Kind.COMPLAINT]
BY_ROLE = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value})


class InquiryQuerySet(VoiceQuerySet["Inquiry"]):
    """Inquiries, suggestions, praise."""

    def visible_to(self, user: User) -> InquiryQuerySet:
        """The desk and managers: of their communities. Technicians and guards: what they are to answer, and praise of
        themselves. A resident: own ones. Of what is said about somebody they see praise only: a complaint about them
        may go on as a suggestion."""
        if user.role == Role.RESIDENT:
            found: InquiryQuerySet = self.of_resident(user)
            return found
        here = self.filter(community__in=user.community_ids).exclude(~Q(kind=Kind.PRAISE), about=user)
        if user.role in OUTDOORS:
            return here.filter(Q(handler=user) | Q(about=user, kind=Kind.PRAISE))
        return here

    def open(self) -> InquiryQuerySet:
        return self.filter(status__in=OPEN)

    def overdue(self, at: datetime) -> InquiryQuerySet:
        """Not answered in time."""
        return self.filter(status=InquiryStatus.RECEIVED, next_due_at__lt=at)


class Inquiry(Voice):
    """Something that wants an answer."""

    TABLE: ClassVar[Table] = INQUIRY

    status = models.CharField(_("status"), max_length=24, choices=InquiryStatus.choices)
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    # A suggestion and its answer that every resident may read; never with a name.
    public = models.BooleanField(default=False)
    # Of a suggestion: whether it is taken up. None: not decided.
    adopted = models.BooleanField(null=True, blank=True)
    asked_again = models.PositiveSmallIntegerField(default=0)
    # What it was answered from, as it read then.
    article = models.ForeignKey(
        ArticleVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("article"),
    )
    # Answered out of somebody's head: it is to become an article, until somebody writes it or says that it need not be.
    to_write = models.BooleanField(default=False)

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("inquiry")
        verbose_name_plural = _("inquiries")
        constraints: ClassVar = [
            *whole("inquiry"),
            models.CheckConstraint(name="inquiry_status_known", condition=Q(status__in=InquiryStatus.values)),
            models.CheckConstraint(
                name="inquiry_kind_known", condition=Q(kind__in=[kind for kind, _label in KINDS])
            ),
            models.CheckConstraint(
                name="inquiry_answer_is_a_fact",
                condition=~Q(status__in=["answered", "closed"])
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="inquiry_over_is_a_fact",
                condition=Q(status__in=FINAL, closed_at__isnull=False)
                | (~Q(status__in=FINAL) & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="inquiry_public_is_a_suggestion",
                condition=Q(public=False, adopted=None) | Q(kind="suggestion"),
            ),
        ]
        triggers: ClassVar = [OWN_ARTICLE]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="inquiry_list"),
            models.Index(
                fields=["community", "next_due_at", "id"],
                condition=Q(next_due_at__isnull=False),
                name="inquiry_next_due",
            ),
            models.Index(fields=["reporter", "-id"], name="inquiry_by_reporter"),
            models.Index(
                fields=["community", "-answered_at"], condition=Q(public=True), name="inquiry_public"
            ),
            models.Index(fields=["about"], condition=Q(kind="praise"), name="inquiry_praise"),
            models.Index(fields=["community", "-id"], condition=Q(to_write=True), name="inquiry_to_write"),
        ]

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to it now; a stranger has none."""
        if by is None:
            return frozenset({Standing.SYSTEM.value})
        if by.role == Role.RESIDENT:
            mine = Inquiry.objects.visible_to(by).filter(pk=self.pk).exists()
            return frozenset({Standing.RESIDENT.value}) if mine else frozenset()
        about_them = self.about_id == by.pk
        praised = about_them and self.is_praise
        if self.community_id not in by.community_ids or (about_them and not praised):
            return frozenset()
        found = {by.role} if by.role in BY_ROLE else set()
        if self.handler_id == by.pk:
            found.add(Standing.HANDLER.value)
        if not found and (praised or by.role not in OUTDOORS):
            found.add(Standing.COLLEAGUE.value)
        return frozenset(found)

    @property
    def is_praise(self) -> bool:
        """Whether somebody is praised."""
        return self.kind == Kind.PRAISE

    @property
    def is_suggestion(self) -> bool:
        """Whether something is suggested."""
        return self.kind == Kind.SUGGESTION

    @property
    def level(self) -> str:
        """Which promises it is given: those of inquiries, or of its own kind where there are any."""
        return "" if self.kind == Kind.INQUIRY else self.kind

    @property
    def round(self) -> int:
        """Every time it is asked again a new promise begins."""
        return self.asked_again + 1
