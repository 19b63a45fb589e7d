"""Who is asked: one invitation a unit (or colleague), and the links that let its holder answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models import Unit
from servicecenter.accounts.models import Community, Role, User
from surveys.models.campaigns import Campaign, Channel, Stratum
from surveys.workflow import CampaignStatus


class State(models.TextChoices):
    """How a unit stands in a campaign. Of an answer the day and hour are kept nowhere here."""

    RESERVE = "reserve", pgettext_lazy("survey", "Not in the sample")
    INVITED = "invited", pgettext_lazy("survey", "Asked")
    ANSWERED = "answered", pgettext_lazy("survey", "Answered")
    REFUSED = "refused", pgettext_lazy("survey", "Did not want to answer")
    UNREACHABLE = "unreachable", pgettext_lazy("survey", "Could not be reached")
    REPLACED = "replaced", pgettext_lazy("survey", "Another unit is asked instead")


# May still answer. Whoever could not be reached by phone may find the letter later.
WAITING = (State.INVITED, State.UNREACHABLE)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def visible_to(self, user: User) -> InvitationQuerySet:
        """To answer by oneself: a resident's own homes, a colleague's own one. Whoever has answered is asked no more,
        and what is only asked by telephone or on paper is not answered here."""
        open_ = self.filter(
            campaign__status=CampaignStatus.RUNNING,
            campaign__channels__overlap=[Channel.PORTAL.value, Channel.LINK.value],
            state__in=WAITING,
        )
        if user.role == Role.RESIDENT:
            return open_.filter(unit__in=Unit.objects.visible_to(user))
        return open_.filter(staff=user, community__in=user.community_ids)

    def of_staff(self, user: User) -> InvitationQuerySet:
        """Units that the desk may interview, or key in for."""
        return self.filter(community__in=user.community_ids, unit__isnull=False)

    def waiting(self) -> InvitationQuerySet:
        return self.filter(state__in=WAITING)


class Invitation(models.Model):
    """A unit in a campaign's frame. `rank`: its place in the draw of its stratum; the sample are the first ones.

    What was answered is not here, and of an anonymous campaign leads nowhere from here.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="invitations")
    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="invitations")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    rank = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices)
    # Why another one is asked instead.
    reason = models.CharField(max_length=200, blank=True)
    # The phone queue: who has it for how long, how often nobody answered, when to try again.
    claimed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    claimed_until = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    call_after = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("survey", "invitation")
        verbose_name_plural = pgettext_lazy("survey", "invitations")
        constraints: ClassVar = [
            models.CheckConstraint(name="survey_ask_state_known", condition=Q(state__in=State.values)),
            models.UniqueConstraint(fields=["campaign", "unit"], name="survey_ask_unit_once"),
            models.UniqueConstraint(fields=["campaign", "staff"], name="survey_ask_staff_once"),
            models.UniqueConstraint(fields=["stratum", "rank"], name="survey_ask_rank_once"),
            models.CheckConstraint(
                name="survey_ask_one_of",
                condition=Q(unit__isnull=False, staff=None) | Q(unit=None, staff__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_ask_replaced_with_reason",
                condition=(Q(state="replaced") & ~Q(reason="")) | (~Q(state="replaced") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="survey_ask_claim_whole",
                condition=Q(claimed_by=None, claimed_until=None)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["claimed_by"],
                condition=Q(claimed_by__isnull=False),
                name="survey_ask_one_per_agent",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["campaign", "calls", "rank"], condition=Q(state="invited"), name="survey_ask_queue"
            ),
            models.Index(fields=["unit"], condition=Q(unit__isnull=False), name="survey_ask_of_unit"),
        ]

    def __str__(self) -> str:
        return str(self.unit or self.staff)


class Link(models.Model):
    """A way in without a login: only the digest of its secret is kept, and what was filled in so far, sealed with it.

    All links of an invitation are gone the moment it is answered.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="links")
    channel = models.CharField(max_length=8)
    digest = models.CharField(max_length=64, unique=True)
    draft = models.BinaryField(default=bytes)

    class Meta:
        verbose_name = _("link to a questionnaire")
        verbose_name_plural = _("links to questionnaires")
