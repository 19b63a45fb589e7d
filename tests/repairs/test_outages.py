"""Outages: one cause, many callers; what is told, what is linked, and what is completed together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from owners.models import Building, Unit
from repairs import actions as repairs
from repairs.actions import outages
from repairs.models import LineState, Outage, OutageLine, Ticket
from repairs.outage_workflow import OutageStatus
from repairs.queries.outages import fitting
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Clock, Stage, Timer, TimerState
from servicecenter.sla.sweep import sweep
from servicecenter.workflow.run import TransitionRefused, check
from surveys.models import FollowUp
from surveys.workflow import Outcome
from tests.conftest import Walk, make_resident, make_unit

HOURS = timedelta(hours=1)
Announce = Callable[..., Outage]


@pytest.fixture
def announce(yangguang: Community, unit_3_2_1201: Unit, agent_li: User) -> Announce:
    """A power cut of building 3, written down by agent_li."""

    def make(**more: Any) -> Outage:
        given: dict[str, Any] = {
            "community": yangguang,
            "kind": "power",
            "sentence": "3栋配电房跳闸，正在抢修，预计两小时内恢复。",
            "expected_end_at": database_now() + 2 * HOURS,
            "buildings": [unit_3_2_1201.building],
            "by": agent_li,
        } | more
        return outages.announce(**given)

    return make


@pytest.fixture
def power_cut(announce: Announce) -> Outage:
    return announce()


def told(event: str, user: User) -> int:
    return Message.objects.filter(event=event, recipient=user).count()


def linked(
    ticket_in: Walk, outage: Outage, agent: User, status: str = Status.REPORTED, **more: Any
) -> Ticket:
    """Wang's repair, linked by the desk."""
    return outages.join(ticket_in(status, **{"text": "家里没电了"} | more), outage, by=agent)


def closed(outage: Outage, supervisor: User, technician: User, **more: Any) -> Outage:
    outages.restore(outage, by=supervisor)
    outages.close(outage, summary="更换断路器", technician=technician, by=supervisor, **more)
    outages.work_on(outage)
    outage.refresh_from_db()
    return outage


def follow_up_of(ticket: Ticket) -> FollowUp:
    return FollowUp.objects.get(work="repair", case_id=ticket.pk, completion_no=ticket.completion_no)


def test_those_who_live_where_it_reaches_are_told_and_others_are_not(
    yangguang: Community, resident_wang: User, announce: Announce
) -> None:
    next_door = make_resident("钱进", "13811119999", make_unit(yangguang, "5-1-101"))
    announce()
    assert (told("outage.announced", resident_wang), told("outage.announced", next_door)) == (1, 0)


def test_without_a_building_it_reaches_the_whole_community(
    yangguang: Community, resident_wang: User, stranger_sun: User, announce: Announce
) -> None:
    far = make_resident("钱进", "13811119999", make_unit(yangguang, "5-1-101"))
    outage = announce(buildings=[])
    assert outage.everywhere
    assert [told("outage.announced", each) for each in (resident_wang, far, stranger_sun)] == [1, 1, 0]


def test_what_is_announced_for_later_begins_by_itself(announce: Announce) -> None:
    now = database_now()
    outage = announce(starts_at=now + 3 * HOURS, expected_end_at=now + 6 * HOURS, planned=True)
    assert outage.status == OutageStatus.ANNOUNCED
    sweep(at=now + 3 * HOURS)
    outage.refresh_from_db()
    assert outage.status == OutageStatus.ACTIVE


def test_each_moved_end_is_kept_with_its_reason(power_cut: Outage, agent_li: User) -> None:
    ends = [power_cut.expected_end_at + hours * HOURS for hours in (1, 3)]
    for end in ends:
        outages.move(power_cut, expected_end_at=end, reason="配件在路上", by=agent_li)
    moves = power_cut.events().filter(action="move")
    assert [each.data["after"] for each in moves] == [end.isoformat() for end in ends]
    assert {each.text for each in moves} == {"配件在路上"}


def test_a_moved_end_is_told_to_residents(power_cut: Outage, agent_li: User, resident_wang: User) -> None:
    outages.move(power_cut, expected_end_at=database_now() + 5 * HOURS, reason="等供电局", by=agent_li)
    assert told("outage.moved", resident_wang) == 1


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("kind", {"kind": "love"}),
        ("sentence", {"sentence": " "}),
        ("sentence_en", {"sentence_en": "x" * 301}),
        ("expected_end_at", {"expected_end_at": datetime(2020, 1, 1, tzinfo=UTC)}),
        ("expected_end_at", {"expected_end_at": datetime(2026, 12, 1)}),
        ("sample_percent", {"sample_percent": 101}),
    ],
)
def test_an_outage_that_says_something_wrong_is_refused(
    name: str, wrong: dict[str, Any], announce: Announce
) -> None:
    with pytest.raises(Invalid) as refusal:
        announce(**wrong)
    assert set(refusal.value.errors) == {name}


def test_a_building_or_person_of_another_community_is_refused(
    unit_binjiang: Unit, agent_binjiang: User, announce: Announce
) -> None:
    with pytest.raises(Invalid) as refusal:
        announce(buildings=[unit_binjiang.building], responsible=agent_binjiang)
    assert set(refusal.value.errors) == {"buildings", "responsible"}


def test_the_database_refuses_a_building_of_another_community(power_cut: Outage, unit_binjiang: Unit) -> None:
    def reach() -> None:
        with transaction.atomic():
            power_cut.reached.create(community_id=power_cut.community_id, building=unit_binjiang.building)
            connection.check_constraints()

    with pytest.raises(IntegrityError):
        reach()


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("technician_chen", NotPermitted), ("agent_binjiang", NotFound), ("resident_wang", NotFound)],
)
def test_only_the_desk_of_the_community_announces(
    name: str, refusal: type[Refusal], announce: Announce, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(refusal):
        announce(by=request.getfixturevalue(name))


def test_who_answers_for_it_is_reminded_when_the_end_has_come(
    announce: Announce, technician_chen: User, supervisor_bo: User
) -> None:
    outage = announce(responsible=technician_chen)
    sweep(at=outage.expected_end_at)
    assert (told("outage.remind", technician_chen), told("outage.overdue", supervisor_bo)) == (1, 0)
    sweep(at=outage.expected_end_at + HOURS)
    assert told("outage.overdue", supervisor_bo) == 1


def test_a_moved_end_moves_the_reminder(power_cut: Outage, agent_li: User, supervisor_bo: User) -> None:
    before = power_cut.expected_end_at
    outages.move(power_cut, expected_end_at=before + HOURS, reason="等供电局", by=supervisor_bo)
    sweep(at=before)
    assert told("outage.remind", agent_li) == 0
    sweep(at=before + HOURS)
    assert told("outage.remind", agent_li) == 1


def test_nobody_is_reminded_of_what_works_again(power_cut: Outage, agent_li: User) -> None:
    outages.restore(power_cut, by=agent_li)
    assert not Timer.objects.filter(work="outage", state=TimerState.ARMED).exists()


def test_what_is_restored_can_fail_again(power_cut: Outage, agent_li: User, resident_wang: User) -> None:
    outages.restore(power_cut, by=agent_li)
    assert told("outage.restored", resident_wang) == 1
    outages.relapse(power_cut, expected_end_at=database_now() + HOURS, reason="又跳闸了", by=agent_li)
    assert (power_cut.status, power_cut.restored_at) == (OutageStatus.ACTIVE, None)


@pytest.mark.parametrize(
    ("trade", "found"), [("electrical", True), ("lift", True), ("other", True), ("plumbing", False)]
)
def test_a_repair_of_a_fitting_trade_in_a_reached_building_meets_it(
    trade: str, found: bool, power_cut: Outage, agent_li: User, unit_3_2_1201: Unit
) -> None:
    met = fitting(
        agent_li, community_id=power_cut.community_id, building_id=unit_3_2_1201.building_id, trade=trade
    )
    assert (power_cut in met) is found


def test_a_building_that_it_does_not_reach_meets_nothing(
    power_cut: Outage, agent_li: User, yangguang: Community
) -> None:
    other = Building.objects.create(community=yangguang, code="9")
    assert not fitting(agent_li, community_id=yangguang.pk, building_id=other.pk, trade="electrical")


def test_telling_keeps_the_promise_to_answer_and_no_other(
    ticket_in: Walk, power_cut: Outage, agent_li: User
) -> None:
    ticket = linked(ticket_in, power_cut, agent_li, text="厨房水龙头滴水")
    met = dict(Clock.objects.filter(work="repair", case_id=ticket.pk).values_list("stage", "met_at"))
    assert met[Stage.RESPOND] == ticket.responded_at
    assert met[Stage.COMPLETE] is None
    assert ticket.next_due_at == ticket.complete_due_at


def test_an_emergency_that_a_resident_links_is_answered_all_the_same(
    ticket_in: Walk, power_cut: Outage, resident_wang: User
) -> None:
    ticket = outages.join(ticket_in(text="家里没电了", urgency="emergency"), power_cut, by=resident_wang)
    assert (ticket.outage_id, ticket.responded_at) == (power_cut.pk, None)


def test_linking_twice_is_linking_once(ticket_in: Walk, power_cut: Outage, agent_li: User) -> None:
    ticket = linked(ticket_in, power_cut, agent_li)
    outages.join(ticket, power_cut, by=agent_li)
    assert ticket.events().filter(action="join_outage").count() == 1


def test_a_repair_can_be_taken_off_again(ticket_in: Walk, power_cut: Outage, agent_li: User) -> None:
    ticket = linked(ticket_in, power_cut, agent_li)
    assert outages.leave(ticket, by=agent_li).outage_id is None


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("technician_chen", NotPermitted), ("tenant_zhao", NotFound), ("agent_binjiang", NotFound)],
)
def test_only_the_desk_and_whoever_reported_link(
    name: str, refusal: type[Refusal], ticket_in: Walk, power_cut: Outage, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(refusal):
        outages.join(ticket_in(Status.DISPATCHED), power_cut, by=request.getfixturevalue(name))


def test_nothing_is_linked_once_the_closing_has_begun(
    ticket_in: Walk, power_cut: Outage, agent_li: User, supervisor_bo: User, technician_chen: User
) -> None:
    linked(ticket_in, power_cut, agent_li)
    outages.restore(power_cut, by=agent_li)
    outages.close(power_cut, summary="已修复", technician=technician_chen, by=supervisor_bo)
    with pytest.raises(Refusal) as refusal:
        outages.join(ticket_in(), power_cut, by=agent_li)
    assert refusal.value.code == "outage_over"


def test_only_a_supervisor_closes(power_cut: Outage, agent_li: User, technician_chen: User) -> None:
    outages.restore(power_cut, by=agent_li)
    with pytest.raises(NotPermitted):
        outages.close(power_cut, summary="已修复", technician=technician_chen, by=agent_li)


def test_what_still_goes_on_is_not_closed(
    power_cut: Outage, supervisor_bo: User, technician_chen: User
) -> None:
    with pytest.raises(TransitionRefused):
        outages.close(power_cut, summary="已修复", technician=technician_chen, by=supervisor_bo)


@pytest.mark.parametrize(
    "status", [Status.REPORTED, Status.SCHEDULED, Status.ON_SITE, Status.ON_HOLD, Status.REWORK]
)
def test_repairs_are_completed_with_their_outage_wherever_they_stand(
    status: str,
    ticket_in: Walk,
    power_cut: Outage,
    agent_li: User,
    supervisor_bo: User,
    technician_chen: User,
) -> None:
    ticket = linked(ticket_in, power_cut, agent_li, status)
    assert closed(power_cut, supervisor_bo, technician_chen).status == OutageStatus.CLOSED
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.COMPLETED, technician_chen)
    assert not Clock.objects.filter(work="repair", case_id=ticket.pk, met_at=None, cancelled_at=None).exists()
    assert FollowUp.objects.filter(case_id=ticket.pk).count() == ticket.completion_no


def test_what_the_owner_is_to_pay_for_is_left_to_a_person(
    ticket_in: Walk, power_cut: Outage, agent_li: User, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = linked(ticket_in, power_cut, agent_li, Status.PLAN_PROPOSED)
    closed(power_cut, supervisor_bo, technician_chen)
    line = OutageLine.objects.get(ticket=ticket)
    assert (line.state, line.why) == (LineState.LEFT, "transition_refused")


def test_what_somebody_cancelled_meanwhile_has_ended_already(
    ticket_in: Walk, power_cut: Outage, agent_li: User, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = linked(ticket_in, power_cut, agent_li)
    outages.restore(power_cut, by=agent_li)
    outages.close(power_cut, summary="已修复", technician=technician_chen, by=supervisor_bo)
    repairs.cancel(ticket, reason="来电了", by=agent_li)
    outages.work_on(power_cut)
    assert OutageLine.objects.get(ticket=ticket).state == LineState.OVER


@pytest.fixture
def five(ticket_in: Walk, power_cut: Outage, agent_li: User) -> list[Ticket]:
    """Five repairs of the power cut."""
    return [linked(ticket_in, power_cut, agent_li) for _number in range(5)]


def test_a_sample_of_at_least_three_is_called_and_the_others_say_why_not(
    five: list[Ticket], power_cut: Outage, supervisor_bo: User, technician_chen: User
) -> None:
    closed(power_cut, supervisor_bo, technician_chen)
    for each in five:
        each.refresh_from_db()
    outcomes = sorted(follow_up_of(each).outcome for each in five)
    assert outcomes == ["", "", "", Outcome.COVERED, Outcome.COVERED]


def test_every_completion_has_its_follow_up_and_every_invariant_holds(
    five: list[Ticket], power_cut: Outage, supervisor_bo: User, technician_chen: User
) -> None:
    closed(power_cut, supervisor_bo, technician_chen)
    about = [each for each in every_invariant() if each.code in ("V4", "V5", "V13", "V14")]
    assert [each.sentence for each in about if broken(each)[0]] == []


def test_the_share_of_the_sample_is_a_setting(
    five: list[Ticket], power_cut: Outage, supervisor_bo: User, technician_chen: User
) -> None:
    closed(power_cut, supervisor_bo, technician_chen, sample_percent=80)
    assert OutageLine.objects.filter(sampled=True).count() == 4


def test_a_closing_that_was_stopped_goes_on_where_it_was(
    five: list[Ticket], power_cut: Outage, supervisor_bo: User, technician_chen: User
) -> None:
    outages.restore(power_cut, by=supervisor_bo)
    outages.close(power_cut, summary="已修复", technician=technician_chen, by=supervisor_bo)
    assert outages.work_on(power_cut, limit=2) == 2
    assert outages.go_on() == 3
    power_cut.refresh_from_db()
    assert power_cut.status == OutageStatus.CLOSED
    assert FollowUp.objects.filter(work="repair").count() == 5


def test_a_covered_repair_is_followed_up_as_soon_as_the_owner_accepts(
    five: list[Ticket], power_cut: Outage, supervisor_bo: User, technician_chen: User, resident_wang: User
) -> None:
    closed(power_cut, supervisor_bo, technician_chen)
    covered = FollowUp.objects.filter(outcome=Outcome.COVERED).values("case_id")
    ticket = Ticket.objects.filter(pk__in=covered)[0]
    repairs.confirm(ticket, method="portal", by=resident_wang)
    ticket.refresh_from_db()
    assert ticket.status == Status.FOLLOWED_UP


def test_what_is_not_of_an_outage_is_not_settled(ticket_in: Walk, supervisor_bo: User) -> None:
    with pytest.raises(TransitionRefused):
        check(ticket_in(), "settle", supervisor_bo)


def test_a_resident_reads_only_what_reaches_a_home_of_theirs(
    power_cut: Outage, resident_wang: User, stranger_sun: User
) -> None:
    assert Outage.objects.visible_to(resident_wang).filter(pk=power_cut.pk).exists()
    assert not Outage.objects.visible_to(stranger_sun).exists()
