"""Campaigns 满意度调查 and the strata of their samples."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Building, Unit
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import Actor
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing
from surveys.models.questionnaires import Questionnaire
from surveys.workflow import CAMPAIGN, CampaignStatus
from surveys.workflow.campaigns import COUNTED

ENDED = (*COUNTED, CampaignStatus.CANCELLED)
STANDINGS = {
    Role.SUPERVISOR.value: Standing.SUPERVISOR,
    Role.MANAGER.value: Standing.MANAGER,
    Role.AGENT.value: Standing.AGENT,
    Role.ADMIN.value: Standing.COLLEAGUE,
}


class Audience(models.TextChoices):
    """Who is asked."""

    ALL = "all", pgettext_lazy("survey", "All homes and shops")
    SAMPLE = "sample", pgettext_lazy("survey", "A random sample, stratified by building")
    REPAIRED = "repaired", pgettext_lazy("survey", "Units with a repair in the last three months")
    STAFF = "staff", pgettext_lazy("survey", "Colleagues")


class Channel(models.TextChoices):
    """How an answer reaches us."""

    PORTAL = "portal", pgettext_lazy("survey", "Resident portal")
    LINK = "link", pgettext_lazy("survey", "Link in a message")
    POSTER = "poster", pgettext_lazy("survey", "QR poster")
    PHONE = "phone", pgettext_lazy("survey", "Phone interview")
    PAPER = "paper", pgettext_lazy("survey", "Paper")


# Somebody of the staff hears or reads the answer: no anonymous campaign has these.
BY_STAFF = frozenset({Channel.PHONE.value, Channel.PAPER.value})


class CampaignQuerySet(models.QuerySet["Campaign"]):
    """Campaigns."""

    def visible_to(self, user: User) -> CampaignQuerySet:
        """The desk and leaders: of their communities. Residents: the published ones of where they live now."""
        if user.role == Role.RESIDENT:
            here = Unit.objects.visible_to(user).values("community")
            return self.filter(community__in=here, status=CampaignStatus.PUBLISHED)
        if user.role not in STANDINGS:
            return self.none()
        return self.filter(community__in=user.community_ids)

    def running(self) -> CampaignQuerySet:
        return self.filter(status=CampaignStatus.RUNNING)


class Campaign(Case):
    """One questionnaire, put to the units of one community (or its staff) in one period.

    The same questions in several communities are as many campaigns with one `wave`: each has its own sample, and its
    rows stay its community's.
    """

    TABLE = CAMPAIGN

    status = models.CharField(_("status"), max_length=24, choices=CampaignStatus.choices)
    number = models.CharField(_("number"), max_length=24, unique=True)
    wave = models.UUIDField(null=True)
    title = models.CharField(_("title"), max_length=80)
    intro = models.CharField(_("first words"), max_length=300, blank=True)
    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="campaigns")
    audience = models.CharField(_("audience"), max_length=8, choices=Audience.choices)
    sample_size = models.PositiveIntegerField(null=True)
    # From it anybody can draw the very same sample again (`surveys.drawing`).
    seed = models.BigIntegerField()
    anonymous = models.BooleanField(default=False)
    channels = ArrayField(models.CharField(max_length=8, choices=Channel.choices))
    ends_at = models.DateTimeField()
    # Days after the start on which whoever has not answered is reminded.
    remind_after = ArrayField(models.PositiveSmallIntegerField(), default=list)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # What residents are told was found and is done.
    found = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("survey", "campaign")
        verbose_name_plural = pgettext_lazy("survey", "campaigns")
        constraints: ClassVar = [
            models.CheckConstraint(name="survey_status_known", condition=Q(status__in=CampaignStatus.values)),
            models.CheckConstraint(name="survey_audience_known", condition=Q(audience__in=Audience.values)),
            models.CheckConstraint(name="survey_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="survey_span", condition=Q(started_at=None) | Q(ends_at__gt=F("started_at"))
            ),
            models.CheckConstraint(
                name="survey_sample_sized",
                condition=Q(audience="sample", sample_size__gte=1)
                | (~Q(audience="sample") & Q(sample_size=None)),
            ),
            # Nobody of the staff may hear who says what in an anonymous campaign; staff are only asked in such.
            models.CheckConstraint(
                name="survey_anonymous_channels",
                condition=Q(anonymous=False) | ~Q(channels__overlap=["phone", "paper"]),
            ),
            models.CheckConstraint(
                name="survey_staff_anonymous", condition=~Q(audience="staff") | Q(anonymous=True)
            ),
            # Whoever happens to pass a poster is no random sample.
            models.CheckConstraint(
                name="survey_poster_for_all",
                condition=Q(audience="all") | ~Q(channels__contains=["poster"]),
            ),
            models.CheckConstraint(name="survey_reachable", condition=~Q(channels=[])),
            models.CheckConstraint(
                name="survey_started",
                condition=Q(status__in=["draft", "cancelled"])
                | Q(status__in=["running", "closed", "published"], started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_closed",
                condition=Q(status__in=["closed", "published"], closed_at__isnull=False)
                | Q(status__in=["draft", "running", "cancelled"], closed_at=None),
            ),
            models.CheckConstraint(
                name="survey_published",
                condition=(Q(status="published", published_at__isnull=False) & ~Q(found=""))
                | (~Q(status="published") & Q(published_at=None)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "-id"], name="survey_list"),
            models.Index(fields=["community"], condition=Q(status="running"), name="survey_running"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to it; None is the program."""
        if by is None:
            return frozenset({Standing.SYSTEM.value})
        known = STANDINGS.get(by.role)
        if known is None or self.community_id not in by.community_ids:
            return frozenset()
        return frozenset({known.value})

    @property
    def is_sample(self) -> bool:
        return self.audience == Audience.SAMPLE

    @property
    def is_for_residents(self) -> bool:
        return self.audience != Audience.STAFF

    @property
    def is_running(self) -> bool:
        return self.status == CampaignStatus.RUNNING

    @property
    def is_counted(self) -> bool:
        """Whether its results may be read."""
        return self.status in COUNTED

    @property
    def last_moment(self) -> datetime:
        """The last minute in which answers are taken, as people write it: 23:59, not midnight of the next day."""
        return self.ends_at - timedelta(minutes=1)

    def has(self, channel: str) -> bool:
        return channel in self.channels


class Stratum(models.Model):
    """A building of a campaign (all staff are one): how many there are, and how many of them are asked."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="strata")
    building = models.ForeignKey(Building, models.PROTECT, null=True, related_name="+")
    population = models.PositiveIntegerField()
    quota = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("stratum")
        verbose_name_plural = _("strata")
        ordering: ClassVar = ["building__position", "building__code", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign", "building"], name="stratum_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="stratum_quota", condition=Q(quota__lte=F("population"), population__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return self.building.name if self.building else str(Audience.STAFF.label)
