"""Measures: decided on, done with evidence, and seen by somebody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from servicecenter.accounts.models import User
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.models import Message
from servicecenter.workflow.run import allowed
from surveys.actions.measures import add_measure, finish_measure, move, overdue, send_back, verify
from surveys.models import Campaign, Measure
from surveys.queries.measures import cause_of, effect_of
from tests.surveys.conftest import Town, in_days


@pytest.fixture
def closed(town: Town) -> Campaign:
    return town.closed()


@pytest.fixture
def measure(closed: Campaign, town: Town, technician_chen: User) -> Measure:
    """Chen's, decided on by Bo."""
    return decide(closed, town.supervisor, technician_chen)


def decide(campaign: Campaign, by: User, owner: User, **said: Any) -> Measure:
    given: dict[str, Any] = {"text": "更换1栋电梯钢丝绳", "due_on": in_days(10), "section": "facilities"}
    return add_measure(campaign, owner=owner, by=by, **given | said)


def test_the_owner_is_told(measure: Measure, technician_chen: User) -> None:
    message = Message.objects.get(event="measure.give_task")
    assert (message.recipient, message.case_id) == (technician_chen, measure.pk)


@pytest.mark.parametrize("said", [{"due_on": date(2026, 1, 1)}, {"section": "no-such"}])
def test_a_measure_that_makes_no_sense_is_refused(
    closed: Campaign, town: Town, technician_chen: User, said: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        decide(closed, town.supervisor, technician_chen, **said)


def test_nobody_from_elsewhere_is_given_a_measure(
    closed: Campaign, town: Town, technician_binjiang: User
) -> None:
    with pytest.raises(Invalid):
        decide(closed, town.supervisor, technician_binjiang)


def test_agents_decide_on_none(closed: Campaign, agent_li: User) -> None:
    with pytest.raises(NotPermitted):
        decide(closed, agent_li, agent_li)


def test_somebody_else_verifies_it(measure: Measure, technician_chen: User, manager_mei: User) -> None:
    finish_measure(measure, evidence="已更换，照片见附件", by=technician_chen)
    assert verify(measure, by=manager_mei).verified_by == manager_mei


def test_whoever_said_that_it_is_done_does_not_verify_it(measure: Measure, town: Town) -> None:
    finish_measure(measure, evidence="已更换", by=town.supervisor)
    with pytest.raises(NotPermitted):
        verify(measure, by=town.supervisor)


def test_the_database_has_nobody_verify_their_own(measure: Measure, technician_chen: User) -> None:
    finish_measure(measure, evidence="已更换", by=technician_chen)
    with pytest.raises(IntegrityError, match="measure_verified_by_another"), transaction.atomic():
        Measure.objects.update(status="verified", verified_by=technician_chen, verified_at=measure.done_at)


def test_what_is_not_done_goes_back_to_its_owner(
    measure: Measure, technician_chen: User, manager_mei: User
) -> None:
    finish_measure(measure, evidence="已更换", by=technician_chen)
    send_back(measure, reason="2号梯还没换", by=manager_mei)
    assert (measure.status, measure.done_by) == ("open", None)
    assert Message.objects.filter(event="measure.reopen", recipient=technician_chen).exists()


def test_a_late_one_is_told_to_its_owner_and_the_leaders(
    measure: Measure, town: Town, technician_chen: User
) -> None:
    assert measure.campaign is not None
    overdue(measure.pk, measure.campaign.ends_at)
    told = Message.objects.filter(event="measure.breach").values_list("recipient", flat=True)
    assert set(told) == {technician_chen.pk, town.supervisor.pk}


def test_its_day_is_moved_with_a_reason(measure: Measure, town: Town) -> None:
    move(measure, due_on=in_days(20), reason="配件未到", by=town.supervisor)
    assert measure.due_on == in_days(20)


GRID = {
    ("open", "owner"): {"finish", "add_photo"},
    ("open", "leader"): {"finish", "move", "drop", "add_photo"},
    ("done", "owner"): {"add_photo"},
    ("done", "leader"): {"verify", "send_back", "add_photo"},
}


@pytest.mark.parametrize(("status", "who"), GRID)
def test_what_is_not_listed_is_refused(
    measure: Measure, technician_chen: User, manager_mei: User, status: str, who: str
) -> None:
    if status == "done":
        finish_measure(measure, evidence="已更换", by=technician_chen)
    by = technician_chen if who == "owner" else manager_mei
    assert {each.action for each in allowed(measure, by)} == GRID[status, who]


LIFTS = ({"f_lifts": 5, "f_order": 4}, {"f_lifts": 9, "f_order": 9})


@pytest.fixture
def worked(town: Town, technician_chen: User, manager_mei: User) -> Measure:
    """Done and seen after a campaign; the next one says of the lifts what they are now."""
    first = town.closed([LIFTS[0]] * 6)
    measure = decide(first, town.supervisor, technician_chen)
    finish_measure(measure, evidence="已更换", by=technician_chen)
    verify(measure, by=manager_mei)
    town.closed([LIFTS[1]] * 6)
    return measure


def test_a_measure_names_its_result_and_what_the_next_campaign_says(worked: Measure) -> None:
    cause, effect = cause_of(worked), effect_of(worked)
    assert cause is not None
    assert effect is not None
    assert cause.figure == effect.before
    assert round(effect.before.value) < round(effect.after.value) == 90


def test_a_result_leads_to_its_measures_and_back(
    worked: Measure, town: Town, technician_chen: User, signed_in: Callable[[User], Client]
) -> None:
    assert worked.campaign is not None
    link, later = f"/measures/{worked.number}/", Campaign.objects.latest("id")
    leader = signed_in(town.supervisor)
    for campaign in (worked.campaign, later):
        assert link in leader.get(f"/manage/surveys/{campaign.number}/results/").content.decode()
    page = leader.get(link).content.decode()
    assert f"/manage/surveys/{worked.campaign.number}/results/#result-facilities" in page
    assert f"/manage/surveys/{later.number}/results/#result-facilities" in page
    assert "/manage/surveys/" not in signed_in(technician_chen).get(link).content.decode()


def test_others_do_not_see_it(measure: Measure, technician_he: User) -> None:
    with pytest.raises(NotFound):
        finish_measure(measure, evidence="已更换", by=technician_he)
