"""What was answered, and paper that is keyed in twice."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from surveys.models.campaigns import Campaign, Channel, Stratum
from surveys.models.invitations import Invitation


class Response(models.Model):
    """One answered questionnaire: {question: answer}.

    Of an anonymous campaign it holds nobody, no instant and no order: its id is drawn, and when the campaign closes its
    rows are written anew in a random order (`surveys.actions.closing`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="responses")
    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    anonymous = models.BooleanField()
    answers = models.JSONField()
    # One answer per unit and campaign: an invitation has one at most.
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, related_name="response")
    # Who interviewed or keyed it in.
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("answered questionnaire")
        verbose_name_plural = _("answered questionnaires")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="response_anonymous_holds_nobody",
                condition=Q(anonymous=True, invitation=None, by=None, at=None)
                | Q(anonymous=False, invitation__isnull=False, at__isnull=False),
            ),
            models.CheckConstraint(name="response_channel_known", condition=Q(channel__in=Channel.values)),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="said_stays", operation=pgtrigger.Update),
            pgtrigger.Trigger(
                name="as_its_campaign",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.anonymous IS DISTINCT FROM
                        (SELECT c.anonymous FROM surveys_campaign c WHERE c.id = NEW.campaign_id) THEN
                        RAISE EXCEPTION 'an answer is as anonymous as its campaign'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Keying(models.Model):
    """A paper questionnaire as one person typed it in. Two people's have to agree before it counts."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False)
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="keyings")
    # The first or the second time.
    turn = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    answers = models.JSONField()

    class Meta:
        verbose_name = _("keyed-in paper")
        verbose_name_plural = _("keyed-in papers")
        ordering: ClassVar = ["turn"]
        constraints: ClassVar = [
            models.CheckConstraint(name="keying_twice", condition=Q(turn__in=[1, 2])),
            models.UniqueConstraint(fields=["invitation", "turn"], name="keying_once"),
            models.UniqueConstraint(fields=["invitation", "by"], name="keying_by_two"),
        ]

    def __str__(self) -> str:
        return f"{self.invitation_id} · {self.turn}"
