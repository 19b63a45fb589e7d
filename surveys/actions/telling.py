"""Whom a campaign is told to: those who are asked, once more those who have not answered, and everybody when it is
published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from owners.models import Occupancy
from owners.queries.concerned import owners_of
from servicecenter.notifications.actions import compose, post
from surveys.models import Campaign, Channel, Invitation
from surveys.models.invitations import State

WORK = "survey_ask"


def invite(campaign: Campaign, at: datetime) -> None:
    """The first letter to everybody in the sample."""
    write(campaign, _asked(campaign), at=at, key="")


def remind(campaign: Campaign, at: datetime, *, key: str) -> None:
    """One more letter to whoever has not answered and has not said no; `key` names this time of reminding."""
    write(campaign, _asked(campaign), at=at, key=key)


def write(campaign: Campaign, invitations: Iterable[Invitation], *, at: datetime, key: str) -> None:
    """A message an invitation: to the unit's owners (or whoever is called first), to the colleague, or to the phone of
    somebody who has no login. Outside it carries a link of its own, drawn when it is sent."""
    asked = list(invitations)
    logins = owners_of(each.unit_id for each in asked if each.unit_id)
    by_link = campaign.has(Channel.LINK)
    # What is only asked in the portal is told in the app.
    event = f"{WORK}.{'remind' if key else 'invite'}" if by_link else f"{WORK}.show"
    messages = []
    for each in asked:
        people = _people(each, logins.get(each.unit_id or 0, []))
        messages += compose(
            recipients=people,
            to_contact=by_link and not people,
            event=event,
            key=f"{each.pk}:{key}",
            at=at,
            community_id=campaign.community_id,
            work=WORK,
            case_id=each.pk,
            params={"unit": str(each), "ends_at": campaign.last_moment.isoformat()},
        )
    post(messages)


def published(campaign: Campaign, at: datetime, *, key: str) -> None:
    """Everybody who lives there finds it in the app."""
    stays = Occupancy.objects.current().filter(community=campaign.community_id, person__user__is_active=True)
    people: Sequence[int] = list(stays.values_list("person__user", flat=True).distinct())
    post(
        compose(
            recipients=people,
            event="survey.publish",
            key=key,
            at=at,
            community_id=campaign.community_id,
            work="survey",
            case_id=campaign.pk,
            params={"number": campaign.number},
        )
    )


def _asked(campaign: Campaign) -> Iterable[Invitation]:
    waiting = Invitation.objects.filter(campaign=campaign, state__in=[State.INVITED, State.UNREACHABLE])
    return waiting.select_related("unit", "staff").order_by("id")


def _people(invitation: Invitation, logins: list[int]) -> list[int]:
    return [invitation.staff_id] if invitation.staff_id else logins
