"""A campaign under two hands at once."""

from __future__ import annotations

import pytest

from servicecenter.accounts.models import User
from servicecenter.lib.invariants import broken, every_invariant
from surveys.actions import running
from surveys.actions.answering import answer
from surveys.actions.interviewing import claim_interview
from surveys.models import Campaign, Invitation, Response
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
