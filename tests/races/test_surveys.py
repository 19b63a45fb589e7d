"""A campaign under two hands at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations_with_replacement
from typing import Any

import pytest

from owners.models import Occupancy
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid
from surveys.actions import running
from surveys.actions.answering import answer
from surveys.actions.entering import by_poster, draw_link, enter
from surveys.actions.framing import replace
from surveys.actions.interviewing import claim_interview, finish_interview
from surveys.actions.keying import Keyed, key_in
from surveys.models import Campaign, Invitation, Response
from surveys.models.campaigns import Channel
from tests.races.test_races import codes, collide
from tests.surveys.conftest import GOOD, Town, town, waiting

__all__ = ["town"]
pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def fresh(invitation: Invitation) -> Invitation:
    return Invitation.objects.get(pk=invitation.pk)


@pytest.mark.parametrize("anonymous", [False, True])
def test_of_a_home_that_answers_four_times_at_once_one_answer_counts(town: Town, anonymous: bool) -> None:
    asked = waiting(town.running(anonymous=anonymous))[0]
    results = collide(*[lambda: answer(fresh(asked), GOOD, channel="link") for _each in range(4)])
    assert codes(results) == ["already_answered"] * 3
    assert Response.objects.count() == 1


def ways(asked: Invitation, one: User, other: User) -> dict[str, Callable[[], Any]]:
    """Channel → an answer through it, as late as it can be prepared: all that is left is to send it."""
    assert asked.unit is not None
    link = draw_link(asked, "link")
    poster = by_poster(asked.campaign, unit_code=asked.unit.code, phone_end=ends()[asked.unit_id])
    Invitation.objects.filter(claimed_by=one).update(claimed_by=None, claimed_until=None)
    until = database_now() + timedelta(minutes=9)
    Invitation.objects.filter(pk=asked.pk).update(claimed_by=one, claimed_until=until)
    key_in(asked, GOOD, by=one)
    return {
        "portal": lambda: answer(fresh(asked), GOOD, channel="portal"),
        "link": lambda: answer(enter(link).invitation, GOOD, channel="link"),
        "poster": lambda: answer(enter(poster).invitation, GOOD, channel="poster"),
        "phone": lambda: finish_interview(fresh(asked), outcome="reached", answers=GOOD, by=one),
        "paper": lambda: key_in(fresh(asked), GOOD, by=other),
    }


def ends() -> dict[int | None, str]:
    """Unit → the end of the phone number that we have for it."""
    stays = Occupancy.objects.current().select_related("person")
    return {stay.unit_id: stay.person.phone_last4 for stay in stays}


def test_of_any_two_ways_to_answer_at_once_one_counts(town: Town, agent_li: User, agent_zhou: User) -> None:
    """Every channel against every other one and itself, then all five together."""
    channels = [each.value for each in Channel]
    rounds = [*combinations_with_replacement(channels, 2), tuple(channels)]
    homes = [each for _twice in range(2) for each in waiting(town.running(channels=channels))]
    for chosen, asked in zip(rounds, homes, strict=False):
        known = ways(asked, agent_li, agent_zhou)
        results = collide(*[known[channel] for channel in chosen])
        refused = codes(results)
        assert set(refused) <= {"already_answered", "link_over", "claim_lost"}, (chosen, refused)
        assert len(refused) == len(chosen) - 1, (chosen, results)
        assert Response.objects.filter(invitation=asked).count() == 1
        assert fresh(asked).state == "answered"


def test_a_home_that_is_replaced_while_its_paper_is_typed_in_is_one_or_the_other(
    town: Town, agent_li: User, agent_zhou: User
) -> None:
    campaign = town.running(channels=["paper"], audience="sample", sample_size=4)
    asked = waiting(campaign)[0]
    unit = asked.unit
    assert unit is not None
    key_in(asked, GOOD, by=agent_li)
    typed, other = collide(
        lambda: key_in(fresh(asked), GOOD, by=agent_zhou),
        lambda: replace(Campaign.objects.get(), unit=unit, reason="空置", by=town.supervisor),
    )
    assert isinstance(typed, Keyed) != isinstance(other, Invitation), (typed, other)
    assert isinstance(typed, Keyed | Invalid)
    assert Response.objects.count() == isinstance(typed, Keyed)


def test_an_answer_at_the_end_counts_or_is_refused(town: Town) -> None:
    campaign = town.running(anonymous=True)
    asked = waiting(campaign)[0]
    results = collide(
        lambda: answer(fresh(asked), GOOD, channel="link"),
        lambda: running.close(Campaign.objects.get(), by=town.supervisor),
    )
    refused = codes(results)
    event = Campaign.objects.get()
    assert refused in ([], ["survey_not_open"])
    assert Response.objects.filter(campaign=event).count() == 1 - len(refused)
    assert [each.sentence for each in every_invariant() if each.code == "V22" and broken(each)[0]] == []


def test_two_agents_never_interview_the_same_home(town: Town, agent_li: User, agent_zhou: User) -> None:
    town.running(channels=["phone"])
    one, two = collide(lambda: claim_interview(by=agent_li), lambda: claim_interview(by=agent_zhou))
    assert isinstance(one, Invitation)
    assert isinstance(two, Invitation)
    assert one.pk != two.pk
