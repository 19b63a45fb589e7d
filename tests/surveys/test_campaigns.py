"""A campaign from its plan to its end: who is asked, what is drawn, one answer a unit."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from owners.models import Unit
from repairs.workflow import Status
from servicecenter.accounts.models import Role, User
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Timer
from servicecenter.workflow.run import TransitionRefused, allowed
from surveys.actions import planning, running
from surveys.actions.answering import AlreadyAnswered, NotOpen, answer
from surveys.actions.framing import NoReserve, NoUnits, replace
from surveys.actions.questionnaires import Frozen, draft_from, edit
from surveys.drawing import drawn
from surveys.editing import remove, set_title
from surveys.models import Campaign, Invitation, Response
from surveys.workflow import CAMPAIGN
from tests.conftest import Walk, make_staff
from tests.surveys.conftest import GOOD, HOMES, Town, in_days, library, waiting


def states(campaign: Campaign) -> Counter[str]:
    return Counter(Invitation.objects.filter(campaign=campaign).values_list("state", flat=True))


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"ends_on": in_days}, "ends_on"),
        ({"audience": "sample"}, "sample_size"),
        ({"channels": []}, "channels"),
        ({"channels": ["phone"], "anonymous": True}, "channels"),
        ({"channels": ["poster"], "audience": "sample", "sample_size": 4}, "channels"),
        ({"title": " "}, "title"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(town: Town, wish: dict[str, Any], field: str) -> None:
    wish = {key: value(-1) if callable(value) else value for key, value in wish.items()}
    with pytest.raises(Invalid) as refused:
        town.plan(**wish)
    assert list(refused.value.errors) == [field]


def test_an_agent_plans_nothing(town: Town, agent_li: User) -> None:
    with pytest.raises(NotPermitted):
        town.plan(by=agent_li)


def test_nobody_plans_where_they_do_not_work(town: Town, binjiang: Any) -> None:
    wish = planning.Plan("满意度", library(), "all", ["link"], in_days(9))
    with pytest.raises(NotFound):
        planning.plan(wish, communities=[binjiang], by=town.supervisor)


def test_several_communities_are_one_wave(town: Town, binjiang: Any, manager_mei: User) -> None:
    wish = planning.Plan("满意度", library(), "all", ["link"], in_days(9))
    one, two = planning.plan(wish, communities=[town.community, binjiang], by=manager_mei)
    assert one.wave == two.wave is not None
    assert (one.community, two.community) == (town.community, binjiang)


def test_a_draft_is_changed_and_a_running_campaign_is_not(town: Town) -> None:
    campaign = town.plan()
    wish = planning.Plan("新标题", library("follow-up"), "all", ["portal"], in_days(3))
    assert planning.change(campaign, wish, by=town.supervisor).title == "新标题"
    running.start(Campaign.objects.get(), by=town.supervisor)
    with pytest.raises(Invalid):
        planning.change(campaign, wish, by=town.supervisor)


def test_a_sample_is_drawn_from_each_building_and_can_be_drawn_again(town: Town) -> None:
    campaign = town.running(audience="sample", sample_size=4)
    for stratum in campaign.strata.all():
        codes = [unit.code for unit in town.units if unit.building_id == stratum.building_id]
        asked = stratum.invitations.filter(state="invited").order_by("rank")
        assert (stratum.population, stratum.quota) == (HOMES, 2)
        assert [str(each) for each in asked] == drawn(campaign.seed, codes)[:2]


def test_the_whole_frame_is_kept(town: Town) -> None:
    assert states(town.running(audience="sample", sample_size=4)) == {"invited": 4, "reserve": 8}


def test_whoever_is_asked_and_has_no_login_is_written_to_by_the_phone_on_record(town: Town) -> None:
    campaign = town.running()
    message = Message.objects.filter(event="survey_ask.invite")
    assert message.count() == len(town.units)
    assert not message.filter(recipient__isnull=False).exists()
    assert set(message.values_list("case_id", flat=True)) == {each.pk for each in waiting(campaign)}


def test_an_empty_audience_is_refused(town: Town) -> None:
    with pytest.raises(NoUnits):
        town.running(audience="repaired")


def test_units_with_a_finished_repair_are_asked(town: Town, ticket_in: Walk) -> None:
    ticket = ticket_in(Status.CONFIRMED)
    campaign = town.running(audience="repaired")
    assert [each.unit_id for each in waiting(campaign)] == [ticket.unit_id]


def test_starting_freezes_the_questionnaire(town: Town) -> None:
    draft = draft_from(library(), community=town.community, by=town.supervisor)
    town.running(questionnaire=draft)
    with pytest.raises(Frozen):
        edit(draft, set_title({"zh-hans": "别的"}), by=town.supervisor)


def test_the_database_keeps_a_used_questionnaire_as_it_was(town: Town) -> None:
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE surveys_questionnaire SET content = '{}' WHERE code = 'yearly'")


def test_a_draft_with_faults_is_not_started(town: Town) -> None:
    draft = draft_from(library(), community=town.community, by=town.supervisor)
    for section in draft.sheet.sections:
        draft = edit(draft, remove(section.code), by=town.supervisor)
    with pytest.raises(running.Unready):
        town.running(questionnaire=draft)


def test_a_home_answers_once(town: Town) -> None:
    campaign = town.running()
    town.answer(campaign, town.units[0])
    with pytest.raises(AlreadyAnswered):
        town.answer(campaign, town.units[0], overall=1)


def test_the_database_takes_no_second_answer_of_an_invitation(town: Town) -> None:
    campaign = town.running()
    first = town.answer(campaign, town.units[0])
    second = Response(
        community=town.community,
        campaign=campaign,
        stratum=first.stratum,
        channel="portal",
        anonymous=False,
        answers={},
        invitation=first.invitation,
        at=first.at,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


def test_an_answer_with_a_gap_is_refused_with_the_question(town: Town) -> None:
    with pytest.raises(Invalid) as refused:
        answer(waiting(town.running())[0], {**GOOD, "overall": None}, channel="link")
    assert list(refused.value.errors) == ["overall"]


def test_nothing_is_answered_after_the_end(town: Town) -> None:
    campaign = town.running()
    running.close(campaign, by=town.supervisor)
    with pytest.raises(NotOpen):
        town.answer(campaign, town.units[0])


def test_only_those_who_have_not_answered_are_reminded(town: Town) -> None:
    campaign = town.running()
    town.answer(campaign, town.units[0])
    running.remind(campaign, by=None)
    reminded = Message.objects.filter(event="survey_ask.remind")
    assert reminded.count() == len(town.units) - 1
    assert not reminded.filter(case_id=Invitation.objects.get(unit=town.units[0]).pk).exists()


def test_its_end_and_its_reminders_are_timers(town: Town) -> None:
    campaign = town.running(remind_after=[3, 40])
    armed = Timer.objects.filter(work="survey", case_id=campaign.pk, state="armed")
    assert set(armed.values_list("step", flat=True)) == {"close", "remind_1"}


def test_it_closes_by_itself_when_its_last_day_is_over(town: Town) -> None:
    campaign = town.running()
    running.close_by_itself(campaign.pk, campaign.ends_at + timedelta(seconds=1))
    campaign.refresh_from_db()
    assert campaign.status == "closed"


def test_a_longer_campaign_does_not_close_at_its_old_end(town: Town) -> None:
    campaign = town.running()
    old = campaign.ends_at
    running.extend(campaign, ends_on=in_days(30), by=town.supervisor)
    running.close_by_itself(campaign.pk, old)
    campaign.refresh_from_db()
    assert campaign.status == "running"


def test_the_next_of_the_draw_takes_the_place_of_a_unit_that_cannot_be_asked(town: Town) -> None:
    campaign = town.running(audience="sample", sample_size=4)
    old = waiting(campaign)[0]
    assert old.unit is not None
    new = replace(campaign, unit=old.unit, reason="长期空置", by=town.supervisor)
    old.refresh_from_db()
    assert (old.state, old.reason, new.stratum_id, new.rank) == ("replaced", "长期空置", old.stratum_id, 3)
    assert Message.objects.filter(event="survey_ask.invite", case_id=new.pk).exists()


def test_a_building_that_is_asked_as_a_whole_has_nobody_in_reserve(town: Town) -> None:
    campaign = town.running(audience="sample", sample_size=12)
    with pytest.raises(NoReserve):
        replace(campaign, unit=town.units[0], reason="空置", by=town.supervisor)


def test_whoever_has_answered_is_not_replaced(town: Town) -> None:
    campaign = town.running(audience="sample", sample_size=4)
    unit = waiting(campaign)[0].unit
    assert isinstance(unit, Unit)
    town.answer(campaign, unit)
    with pytest.raises(Invalid):
        replace(campaign, unit=unit, reason="搬走了", by=town.supervisor)


def test_results_of_staff_are_not_published_to_residents(town: Town) -> None:
    campaign = town.running(audience="staff", questionnaire=library("staff"))
    running.close(campaign, by=town.supervisor)
    with pytest.raises(TransitionRefused):
        running.publish(campaign, found="员工很满意", by=town.supervisor)


def test_a_publication_is_taken_back_and_made_again(town: Town, resident_wang: User) -> None:
    campaign = town.closed()
    running.publish(campaign, found="电梯是大家最关心的。", by=town.supervisor)
    assert Campaign.objects.visible_to(resident_wang).get() == campaign
    running.take_back(campaign, reason="写错了", by=town.supervisor)
    assert not Campaign.objects.visible_to(resident_wang).exists()
    running.publish(campaign, found="更正：电梯是大家最关心的。", by=town.supervisor)
    assert Message.objects.filter(event="survey.publish", recipient=resident_wang).count() == 2


TAKEN = {
    "draft": {"start", "cancel"},
    "running": {"extend", "remind", "close", "cancel"},
    "closed": {"publish", "add_measure"},
    "published": {"take_back", "add_measure"},
    "cancelled": set(),
}


@pytest.mark.parametrize("role", Role.values)
def test_what_is_not_listed_is_refused(town: Town, role: str) -> None:
    by = make_staff("somebody", role, town.community) if role != Role.RESIDENT else User(role=role, pk=999)
    leads = role in (Role.SUPERVISOR, Role.MANAGER)
    campaign = town.plan()
    for status, actions in TAKEN.items():
        campaign.status = status
        mine = {each.action for each in allowed(campaign, by)}
        assert mine == (actions if leads else set()), status


def test_every_action_of_the_table_has_been_listed() -> None:
    assert {action for actions in TAKEN.values() for action in actions} | {"replace"} == set(CAMPAIGN.actions)


def test_what_holds_for_campaigns_holds(town: Town) -> None:
    campaign = town.closed([{}, {"overall": 3}])
    running.publish(campaign, found="谢谢", by=town.supervisor)
    stated = [each for each in every_invariant() if "campaign" in each.sentence or "strat" in each.sentence]
    assert len(stated) >= 3
    assert [each.sentence for each in stated if broken(each)[0]] == []
