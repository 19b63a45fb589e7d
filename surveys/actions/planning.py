"""Planning a campaign: which questions, in which communities, who is asked, by which ways, until when."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.accounts.numbers import next_number
from servicecenter.lib.clock import end_of_day, instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.workflow.run import begin
from surveys.models import Audience, Campaign, Channel, Questionnaire
from surveys.models.campaigns import BY_STAFF
from surveys.models.questionnaires import EDITORS

# 满意度
LETTER = "M"
LONGEST = timedelta(days=366)
MOST_REMINDERS = 3


@dataclass(frozen=True)
class Plan:
    """What a campaign is to be. `ends_on` is the last day on which answers are taken."""

    title: str
    questionnaire: Questionnaire
    audience: str
    channels: Sequence[str]
    ends_on: date
    sample_size: int | None = None
    anonymous: bool = False
    intro: str = ""
    remind_after: Sequence[int] = ()

    @property
    def ends_at(self) -> datetime:
        return end_of_day(self.ends_on)


def plan(
    wish: Plan,
    *,
    communities: Sequence[Community],
    by: User,
    at: datetime | None = None,
    seed: int | None = None,
) -> list[Campaign]:
    """Prepares a campaign in each of the communities; several are one wave. Nobody is asked before it is started.

    Colleagues are only asked anonymously, by a link in a message. Refuses `not_permitted` to all but supervisors and
    managers, `not_found` for a questionnaire or community out of scope, and `invalid`: a last day that is past or over
    a year away, a sample without a size, a poster for some units only, a phone or paper in an anonymous campaign, a
    questionnaire of another community.
    """
    when = instant(at)
    wish = _for_staff(wish) if wish.audience == Audience.STAFF else wish
    _may_lead(by)
    _check(wish, communities, by, when)
    wave = uuid4() if len(communities) > 1 else None
    with transaction.atomic():
        return [_planned(wish, each, wave, by, when, seed) for each in communities]


def change(campaign: Campaign, wish: Plan, *, by: User, at: datetime | None = None) -> Campaign:
    """Writes the draft anew. Refuses as `plan` does, and `invalid` once it is started."""
    when = instant(at)
    wish = _for_staff(wish) if wish.audience == Audience.STAFF else wish
    _may_lead(by)
    with transaction.atomic():
        held = Campaign.objects.select_for_update(no_key=True).visible_to(by).filter(pk=campaign.pk).first()
        if held is None:
            raise NotFound
        if held.started_at is not None or held.status != held.TABLE.initial:
            raise Invalid(_("It has been started and does not change any more."), code="campaign_started")
        _check(wish, [held.community], by, when)
        _write(held, wish)
        held.version += 1
        held.save()
    return held


def _planned(
    wish: Plan, community: Community, wave: UUID | None, by: User, when: datetime, seed: int | None
) -> Campaign:
    campaign = Campaign(
        community=community,
        number=next_number(community, LETTER, when),
        wave=wave,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        made_by=by,
        made_at=when,
    )
    _write(campaign, wish)
    begin(campaign, action="plan", by=by, at=when)
    return campaign


def _write(campaign: Campaign, wish: Plan) -> None:
    campaign.title, campaign.intro = wish.title.strip(), wish.intro.strip()
    campaign.questionnaire, campaign.audience = wish.questionnaire, wish.audience
    campaign.sample_size = wish.sample_size if wish.audience == Audience.SAMPLE else None
    campaign.anonymous, campaign.ends_at = wish.anonymous, wish.ends_at
    campaign.channels = [each for each in Channel.values if each in wish.channels]
    campaign.remind_after = sorted({int(day) for day in wish.remind_after if day > 0})[:MOST_REMINDERS]


def _for_staff(wish: Plan) -> Plan:
    return Plan(
        title=wish.title,
        questionnaire=wish.questionnaire,
        audience=wish.audience,
        channels=[Channel.LINK],
        ends_on=wish.ends_on,
        anonymous=True,
        intro=wish.intro,
        remind_after=wish.remind_after,
    )


def _may_lead(by: User) -> None:
    if by.role not in EDITORS:
        raise NotPermitted


def _check(wish: Plan, communities: Sequence[Community], by: User, when: datetime) -> None:
    if not communities or any(each.pk not in by.community_ids for each in communities):
        raise NotFound
    asked = wish.questionnaire
    if not Questionnaire.objects.visible_to(by).filter(pk=asked.pk).exists():
        raise NotFound
    if asked.community_id is not None and any(each.pk != asked.community_id for each in communities):
        raise Invalid(errors={"questionnaire": [_("This does not belong to the community.")]})
    if not wish.title.strip():
        raise Invalid(errors={"title": [_("Please give it a title.")]})
    if not when < wish.ends_at < when + LONGEST:
        raise Invalid(errors={"ends_on": [_("Please choose a day to come, within a year.")]})
    _check_channels(wish)


def _check_channels(wish: Plan) -> None:
    if not set(wish.channels) & set(Channel.values):
        raise Invalid(errors={"channels": [_("Please choose at least one way.")]})
    if wish.audience == Audience.SAMPLE and not wish.sample_size:
        raise Invalid(errors={"sample_size": [_("How many units are to be asked?")]})
    if wish.anonymous and BY_STAFF & set(wish.channels):
        raise Invalid(
            errors={
                "channels": [_("Nobody of us may hear or type in an anonymous answer: no phone, no paper.")]
            }
        )
    if Channel.POSTER in wish.channels and wish.audience != Audience.ALL:
        raise Invalid(
            errors={"channels": [_("A poster asks whoever passes by: only where all units are asked.")]}
        )
