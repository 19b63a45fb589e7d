"""The phone queue, and paper that two people type in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import Invalid, NotPermitted
from surveys.actions.interviewing import (
    LEASE,
    ClaimLost,
    claim_interview,
    finish_interview,
    interview_of,
)
from surveys.actions.keying import Keyed, TwoHave, key_in, paper_of
from surveys.models import Campaign, Invitation, Keying, Response
from tests.surveys.conftest import GOOD, Town, waiting


@pytest.fixture
def by_phone(town: Town) -> Campaign:
    return town.running(channels=["phone"])


@pytest.fixture
def by_paper(town: Town) -> Campaign:
    return town.running(channels=["paper"])


def taken(by: User) -> Invitation:
    found = claim_interview(by=by)
    assert found is not None
    return found


def test_two_agents_get_two_units(by_phone: Campaign, agent_li: User, agent_zhou: User) -> None:
    assert taken(agent_li) != taken(agent_zhou)


def test_that_a_number_is_shown_is_on_record_before(by_phone: Campaign, agent_li: User) -> None:
    held = taken(agent_li)
    assert Event.objects.filter(work="survey_ask", case_id=held.pk, action="claim", by=agent_li).exists()


def test_technicians_interview_nobody(by_phone: Campaign, technician_chen: User) -> None:
    with pytest.raises(NotPermitted):
        claim_interview(by=technician_chen)


def test_a_campaign_without_the_telephone_is_not_in_the_queue(town: Town, agent_li: User) -> None:
    town.running(channels=["link"])
    assert claim_interview(by=agent_li) is None


def test_an_interview_counts_at_once(by_phone: Campaign, agent_li: User) -> None:
    held = finish_interview(taken(agent_li), outcome="reached", answers=GOOD, by=agent_li)
    response = Response.objects.get()
    assert (held.state, response.channel, response.by) == ("answered", "phone", agent_li)


def test_on_the_telephone_a_question_may_be_left_out(by_phone: Campaign, agent_li: User) -> None:
    finish_interview(taken(agent_li), outcome="reached", answers={"overall": 8}, by=agent_li)
    assert Response.objects.get().answers == {"overall": 8}


def test_three_calls_that_reach_nobody_end_the_calls_and_not_the_letter(
    by_phone: Campaign, agent_li: User
) -> None:
    held, at = taken(agent_li), database_now()
    for number in range(3):
        held.refresh_from_db()
        Invitation.objects.filter(pk=held.pk).update(
            claimed_by=agent_li, claimed_until=at + timedelta(days=number, minutes=9)
        )
        held = finish_interview(held, outcome="no_answer", by=agent_li, at=at + timedelta(days=number))
    assert held.state == "unreachable"
    assert held in Invitation.objects.waiting()


def test_a_call_that_reached_nobody_rests(by_phone: Campaign, agent_li: User) -> None:
    held = finish_interview(taken(agent_li), outcome="busy", by=agent_li)
    assert held.pk not in {taken(agent_li).pk for _each in range(3)}


def test_whoever_does_not_want_to_is_not_asked_again(by_phone: Campaign, agent_li: User) -> None:
    held = finish_interview(taken(agent_li), outcome="refused", by=agent_li)
    assert held.state == "refused"
    assert held not in Invitation.objects.waiting()


def test_to_call_back_one_says_when(by_phone: Campaign, agent_li: User) -> None:
    with pytest.raises(Invalid):
        finish_interview(taken(agent_li), outcome="call_back", by=agent_li)


def test_a_call_is_lost_after_a_quarter_of_an_hour(
    by_phone: Campaign, agent_li: User, agent_zhou: User
) -> None:
    held = taken(agent_li)
    late = database_now() + LEASE + timedelta(seconds=1)
    with pytest.raises(ClaimLost):
        interview_of(held.pk, by=agent_li, at=late)
    with pytest.raises(ClaimLost):
        interview_of(held.pk, by=agent_zhou)


def keyed(campaign: Campaign, by: User, **said: int) -> Keyed:
    return key_in(waiting(campaign)[0], GOOD | said, by=by)


def test_paper_that_two_people_read_alike_counts(
    by_paper: Campaign, agent_li: User, agent_zhou: User
) -> None:
    assert keyed(by_paper, agent_li) == Keyed()
    response = keyed(by_paper, agent_zhou).response
    assert response is not None
    assert (response.channel, response.answers) == ("paper", GOOD)
    assert not Keying.objects.exists()


def test_typing_it_twice_oneself_does_not_count(by_paper: Campaign, agent_li: User) -> None:
    keyed(by_paper, agent_li)
    assert keyed(by_paper, agent_li) == Keyed()
    assert not Response.objects.exists()


def test_what_two_people_read_differently_is_shown_and_mended(
    by_paper: Campaign, agent_li: User, agent_zhou: User
) -> None:
    keyed(by_paper, agent_li, overall=8)
    assert keyed(by_paper, agent_zhou).differs == ("overall",)
    assert keyed(by_paper, agent_li).response is not None


def test_a_third_person_does_not_type_it_in(
    by_paper: Campaign, agent_li: User, agent_zhou: User, supervisor_bo: User
) -> None:
    keyed(by_paper, agent_li, overall=8)
    keyed(by_paper, agent_zhou)
    with pytest.raises(TwoHave):
        keyed(by_paper, supervisor_bo)


def test_paper_of_a_unit_that_is_not_asked_is_refused(town: Town, agent_li: User) -> None:
    campaign = town.running(channels=["paper"], audience="sample", sample_size=4)
    spare = Invitation.objects.filter(campaign=campaign, state="reserve").select_related("unit")[0]
    assert spare.unit is not None
    with pytest.raises(Invalid):
        paper_of(campaign, spare.unit, by=agent_li)
