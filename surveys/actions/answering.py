"""An answer is taken: once per unit and campaign, whoever else answers at the same moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, Refusal
from surveys.models import Campaign, Channel, Invitation, Keying, Link, Response
from surveys.models.campaigns import BY_STAFF
from surveys.models.invitations import WAITING, State
from surveys.questions import Answers, checked
from surveys.workflow import CampaignStatus


class AlreadyAnswered(Refusal):
    """Somebody of the same home was quicker."""

    code = "already_answered"
    sentence = _("This home has answered already. Each home answers once. Thank you.")


class NotOpen(Refusal):
    """The campaign is not under way."""

    code = "survey_not_open"
    sentence = _("This survey is closed. Thank you for your time.")


def answer(
    invitation: Invitation,
    answers: Answers,
    *,
    channel: str,
    by: User | None = None,
    at: datetime | None = None,
) -> Response:
    """Takes the answer of a unit. `by`: who interviewed or keyed it in.

    Of an anonymous campaign the invitation is marked answered and the answer is kept without it, without an instant,
    under a drawn id. Paper and telephone may leave questions out. Refuses `survey_not_open`, `already_answered` (also
    for a unit that said no or was replaced), and `invalid` with the codes of questions that are not answered or not so.
    """
    campaign = invitation.campaign
    said = _said(campaign, answers, may_skip=channel in BY_STAFF)
    when = instant(at)
    with transaction.atomic():
        hold_open(campaign)
        marked = Invitation.objects.filter(pk=invitation.pk, state__in=WAITING).update(
            state=State.ANSWERED, claimed_by=None, claimed_until=None
        )
        if not marked:
            raise AlreadyAnswered
        Link.objects.filter(invitation=invitation).delete()
        Keying.objects.filter(invitation=invitation).delete()
        return _written(invitation, campaign, said, Channel(channel), by, when)


def _said(campaign: Campaign, answers: Answers, *, may_skip: bool) -> dict[str, Any]:
    found = checked(campaign.questionnaire.sheet, answers)
    missing = () if may_skip and found.answers else found.missing
    if missing or found.wrong:
        errors = {code: [_("Please answer this.")] for code in missing}
        raise Invalid(errors=errors | {code: [_("This is no answer to it.")] for code in found.wrong})
    return found.answers


def _written(
    invitation: Invitation,
    campaign: Campaign,
    answers: dict[str, Any],
    channel: Channel,
    by: User | None,
    when: datetime,
) -> Response:
    named = {} if campaign.anonymous else {"invitation": invitation, "by": by, "at": when}
    return Response.objects.create(
        community_id=campaign.community_id,
        campaign=campaign,
        stratum_id=invitation.stratum_id,
        channel=channel,
        anonymous=campaign.anonymous,
        answers=answers,
        **named,
    )


def hold_open(campaign: Campaign) -> None:
    """Holds the campaign open until this answer is written; whoever closes it waits, and counts it. Taken before the
    invitation, as all steps of a campaign do, so that no two of them wait for each other. Refuses `survey_not_open`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM surveys_campaign WHERE id = %s FOR SHARE", [campaign.pk])
        row = cursor.fetchone()
    if row is None or row[0] != CampaignStatus.RUNNING:
        raise NotOpen
