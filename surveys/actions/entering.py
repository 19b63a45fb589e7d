"""Links: drawn when they are sent or asked for, worth one answer, kept nowhere but where they were sent to.

The secret is 128 bits; the database has its digest. What somebody has filled in so far is sealed with the secret: it is
taken up again from the same link, and read by nobody else, neither by us nor from a backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from owners.models import Occupancy, Unit
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import Invalid, NotFound, Refusal
from surveys.models import Campaign, Channel, Invitation, Link
from surveys.models.invitations import WAITING
from surveys.questions import Answers
from surveys.workflow import CampaignStatus

NONCE = 12
MOST_LINKS = 12


class LinkOver(Refusal):
    """It was used, or its campaign is over."""

    code = "link_over"
    status = 404
    sentence = _("This link has been used already, or the survey is over. Thank you.")


@dataclass(frozen=True)
class Entry:
    """Somebody who came in by a link: what they may answer."""

    link: Link
    token: str

    @property
    def invitation(self) -> Invitation:
        return self.link.invitation

    @property
    def campaign(self) -> Campaign:
        return self.link.invitation.campaign


def digest_of(token: str) -> str:
    """What is kept of a link."""
    return hashlib.sha256(f"survey|{token}".encode(errors="replace")).hexdigest()


def draw_link(invitation: Invitation, channel: str) -> str:
    """A new secret for an invitation that waits for its answer; '' for one that does not any more."""
    waits = Invitation.objects.filter(
        pk=invitation.pk, state__in=WAITING, campaign__status=CampaignStatus.RUNNING
    )
    if not waits.exists():
        return ""
    token = secrets.token_urlsafe(16)
    Link.objects.create(
        community_id=invitation.community_id,
        invitation=invitation,
        channel=channel,
        digest=digest_of(token),
    )
    spare = Link.objects.filter(invitation=invitation).order_by("-id").values_list("pk", flat=True)
    Link.objects.filter(pk__in=list(spare[MOST_LINKS:])).delete()
    return token


def enter(token: str) -> Entry:
    """Whoever has a link. Refuses `link_over` for one that is unknown, used, or of a campaign that is over: all look
    the same from outside."""
    found = (
        Link.objects.filter(digest=digest_of(token), invitation__state__in=WAITING)
        .select_related(
            "invitation__campaign__questionnaire",
            "invitation__campaign__community",
            "invitation__stratum",
            "invitation__unit",
        )
        .first()
    )
    if found is None or not found.invitation.campaign.is_running:
        raise LinkOver
    return Entry(found, token)


def door_of(invitation: Invitation) -> str:
    """By which way somebody comes who signed in: the portal, where it is one of the campaign's ways, or the message."""
    own = invitation.unit_id is not None and invitation.campaign.has(Channel.PORTAL)
    return Channel.PORTAL if own else Channel.LINK


def own_invitation(user: User, invitation_id: int) -> Invitation:
    """An invitation of one's own home, or of oneself as a colleague; refuses `not_found`."""
    rows = Invitation.objects.visible_to(user).select_related(
        "campaign__questionnaire", "campaign__community", "unit"
    )
    found: Invitation | None = rows.filter(pk=invitation_id).first()
    if found is None:
        raise NotFound
    return found


def by_poster(campaign: Campaign, *, unit_code: str, phone_end: str) -> str:
    """A link for whoever scanned the poster and knows the unit and the end of a phone number that we have for it.

    Refuses `invalid` alike for a unit that is unknown, one that has answered, and a wrong number.
    """
    units = Unit.objects.filter(community=campaign.community_id, code__iexact=unit_code)
    stays = Occupancy.objects.current().filter(unit__in=units, person__phone_last4=phone_end)
    found = Invitation.objects.filter(campaign=campaign, unit__in=stays.values("unit")).first()
    token = draw_link(found, Channel.POSTER) if found and campaign.has(Channel.POSTER) else ""
    if not token:
        raise Invalid(
            errors={
                "unit": [_("We find no such unit with this number, or it has answered already.")],
            }
        )
    return token


def keep_draft(entry: Entry, answers: Answers) -> None:
    """What was filled in so far, sealed with the link."""
    nonce = os.urandom(NONCE)
    sealed = nonce + _cipher(entry.token).encrypt(nonce, json.dumps(answers).encode(), _place(entry))
    Link.objects.filter(pk=entry.link.pk).update(draft=sealed)


def draft_of(entry: Entry) -> dict[str, Any]:
    """What was filled in so far; {} for nothing, or for what was tampered with."""
    raw = bytes(entry.link.draft)
    if not raw:
        return {}
    try:
        opened = _cipher(entry.token).decrypt(raw[:NONCE], raw[NONCE:], _place(entry))
    except InvalidTag:
        return {}
    answers: Mapping[str, Any] = json.loads(opened)
    return dict(answers)


def _cipher(token: str) -> AESGCM:
    return AESGCM(hashlib.sha256(f"draft|{token}".encode()).digest())


def _place(entry: Entry) -> bytes:
    return entry.link.digest.encode()
