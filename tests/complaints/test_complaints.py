"""What the steps of a complaint do: who is in charge, what is promised, what may not be closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from complaints import actions
from complaints.models import Complaint, Level
from complaints.queries.cases import pattern_of, repeats, same_cause
from complaints.queries.story import timeline
from complaints.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import Invalid, NotPermitted, TooMany
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Clock, Timer
from servicecenter.sla.sweep import sweep
from servicecenter.workflow.run import TransitionRefused, allowed
from tests.complaints.conftest import DO, Cast, picture, soon

HOUR = timedelta(hours=1)


def clock(complaint: Complaint, stage: str) -> Clock:
    return Clock.objects.filter(work="complaint", case_id=complaint.pk, stage=stage).latest("round")


def heard(user: User, event: str) -> int:
    return Message.objects.filter(recipient=user, event=event).count()


def test_a_complaint_is_promised_an_answer_a_solution_and_its_end(cast: Cast) -> None:
    complaint = cast.complaint()
    assert complaint.respond_due_at == complaint.received_at + 24 * HOUR
    assert complaint.propose_due_at == complaint.received_at + 72 * HOUR
    assert complaint.close_due_at is not None
    assert complaint.next_due_at == complaint.respond_due_at


def test_an_urgent_one_is_promised_an_answer_in_working_time_and_no_proposal(cast: Cast) -> None:
    complaint = cast.complaint(level="urgent")
    assert complaint.propose_due_at is None
    assert clock(complaint, "respond").policy.target_seconds == 4 * 3600


def test_each_step_keeps_its_promise(cast: Cast) -> None:
    complaint = cast.complaint(Status.CLOSED)
    assert all(clock(complaint, stage).met_at for stage in ("respond", "propose", "close"))
    assert complaint.next_due_at is None
    assert not Timer.objects.filter(work="complaint", case_id=complaint.pk, state="armed").exists()


def test_a_missed_answer_climbs_the_ladder_once(cast: Cast, supervisor_bo: User) -> None:
    complaint = cast.complaint()
    assert complaint.respond_due_at is not None
    sweep(at=complaint.respond_due_at + timedelta(minutes=1))
    sweep(at=complaint.respond_due_at + timedelta(minutes=2))
    assert heard(supervisor_bo, "complaint.breach") == 1


def test_whoever_takes_it_first_stays_answerable_and_is_in_charge_of_a_light_one(
    cast: Cast, agent_li: User, agent_zhou: User
) -> None:
    complaint = cast.file()
    DO["acknowledge"](complaint, note="已回电", by=agent_li)
    DO["assign"](complaint, handler=agent_zhou, by=agent_li)
    assert (complaint.agent, complaint.handler) == (agent_li, agent_zhou)


def test_a_serious_one_is_led_by_a_supervisor(cast: Cast, agent_li: User, supervisor_bo: User) -> None:
    complaint = cast.complaint(level="complex")
    assert complaint.handler is None
    with pytest.raises(Invalid):
        DO["assign"](complaint, handler=agent_li, by=supervisor_bo)
    DO["assign"](complaint, handler=supervisor_bo, by=agent_li)
    assert complaint.handler == supervisor_bo


def test_raising_the_level_gives_it_to_the_next_person_and_no_time_back(
    cast: Cast, agent_li: User, supervisor_bo: User
) -> None:
    complaint = cast.complaint("acknowledged", level="urgent")
    DO["raise_level"](complaint, reason="第二次反映", by=agent_li)
    assert (complaint.level, complaint.handler) == (Level.COMPLEX, None)
    assert complaint.propose_due_at == complaint.received_at + 72 * HOUR
    assert heard(supervisor_bo, "complaint.raise_level") == 1


def test_a_resident_cannot_make_a_serious_one_small(cast: Cast) -> None:
    complaint = cast.file("电梯突然下坠，老人摔伤住院，要求赔偿", level="ordinary")
    assert (complaint.level, complaint.compensation) == (Level.MAJOR, True)


def test_a_colleague_says_who_agreed_and_how(cast: Cast, agent_li: User) -> None:
    complaint = cast.complaint("proposed")
    with pytest.raises(Invalid):
        DO["agree"](complaint, by=agent_li)
    DO["agree"](complaint, note="王女士电话里同意", by=agent_li)
    assert complaint.status == Status.AGREED


def test_a_refused_proposal_is_looked_into_again(cast: Cast, resident_wang: User) -> None:
    complaint = cast.complaint("proposed")
    DO["disagree"](complaint, reason="一天两次不够", by=resident_wang)
    assert (complaint.status, complaint.solution) == (Status.INVESTIGATING, "")
    assert "每天两次清运，主管抽查" in [line.text for line in timeline(complaint, resident_wang)]


def test_a_task_shows_the_case_to_its_owner_and_reminds_them(
    cast: Cast, agent_li: User, technician_he: User
) -> None:
    complaint = cast.complaint("agreed")
    task = DO["give_task"](complaint, what="清运三楼", owner=technician_he, due_at=soon(), by=agent_li)
    assert list(Complaint.objects.visible_to(technician_he)) == [complaint]
    assert {each.action for each in allowed(complaint, technician_he)} == {"finish_task", "note", "add_photo"}
    sweep(at=task.due_at + timedelta(minutes=1))
    assert heard(technician_he, "complaint.task") == 1
    with pytest.raises(TransitionRefused):
        DO["carry_out"](complaint, summary="好了", by=agent_li)
    DO["finish_task"](complaint, task=task.pk, note="已清运", by=technician_he)
    DO["carry_out"](complaint, summary="好了", by=agent_li)


def test_a_task_is_finished_by_its_owner_or_whoever_is_in_charge(
    cast: Cast, agent_li: User, technician_he: User, technician_chen: User
) -> None:
    complaint = cast.complaint("agreed")
    first = DO["give_task"](complaint, what="清运", owner=technician_he, due_at=soon(), by=agent_li)
    DO["give_task"](complaint, what="拍照", owner=technician_chen, due_at=soon(), by=agent_li)
    with pytest.raises(NotPermitted):
        DO["finish_task"](complaint, task=first.pk, note="好了", by=technician_chen)


def test_a_claim_is_not_closed_without_evidence_and_review(
    cast: Cast, agent_li: User, supervisor_bo: User
) -> None:
    complaint = cast.complaint("told", compensation=True)
    assert complaint.missing == ["review", "evidence"]
    with pytest.raises(TransitionRefused):
        DO["close"](complaint, by=agent_li)
    DO["review"](complaint, review="按约定赔付清洗费80元", by=supervisor_bo)
    with pytest.raises(IntegrityError, match="no evidence"), transaction.atomic():
        Complaint.objects.filter(pk=complaint.pk).update(
            status="closed", closed_at=database_now(), first_closed_at=database_now(), completion_no=1
        )
    complaint = Complaint.objects.get(pk=complaint.pk)
    DO_photo(complaint, supervisor_bo)
    DO["close"](complaint, by=agent_li)
    assert complaint.status == Status.CLOSED


def DO_photo(complaint: Complaint, by: User) -> None:
    # A told complaint still takes evidence.
    with picture() as evidence:
        actions.add_photo(complaint, picture=evidence, by=by)


def test_a_major_one_is_closed_with_a_managers_signature_and_a_joint_team_only(
    cast: Cast, supervisor_bo: User, manager_mei: User, technician_he: User
) -> None:
    complaint = cast.complaint("told", level="major")
    with pytest.raises(NotPermitted):
        DO["sign_off"](complaint, by=supervisor_bo)
    with pytest.raises(TransitionRefused):
        DO["close"](complaint, by=supervisor_bo)
    DO["sign_off"](complaint, by=manager_mei)
    with pytest.raises(TransitionRefused):
        DO["close"](complaint, by=supervisor_bo)
    DO["form_team"](complaint, handler=supervisor_bo, members=[technician_he], by=supervisor_bo)
    DO["close"](complaint, by=supervisor_bo)
    assert complaint.status == Status.CLOSED


def test_the_day_of_a_serious_one_is_a_managers_and_a_promise(
    cast: Cast, supervisor_bo: User, manager_mei: User
) -> None:
    complaint = cast.complaint("acknowledged", level="complex")
    assert complaint.close_due_at is None
    with pytest.raises(NotPermitted):
        DO["set_day"](complaint, close_by=soon(), by=supervisor_bo)
    day = soon(10)
    DO["set_day"](complaint, close_by=day, by=manager_mei)
    assert complaint.close_due_at == day
    DO["classify"](complaint, type="environment", level="ordinary", by=supervisor_bo)
    assert complaint.close_due_at != day


def test_a_joint_team_sees_the_case_until_it_is_taken_off(
    cast: Cast, supervisor_bo: User, technician_he: User, guard_hu: User
) -> None:
    complaint = cast.complaint("acknowledged", level="major")
    DO["form_team"](complaint, handler=supervisor_bo, members=[technician_he, guard_hu], by=supervisor_bo)
    assert Complaint.objects.visible_to(guard_hu).exists()
    DO["form_team"](complaint, handler=supervisor_bo, members=[technician_he], by=supervisor_bo)
    assert Complaint.objects.visible_to(technician_he).exists()
    assert not Complaint.objects.visible_to(guard_hu).exists()


def test_reopened_it_is_one_level_higher_with_new_promises_and_the_old_figures(
    cast: Cast, resident_wang: User, supervisor_bo: User
) -> None:
    complaint = cast.complaint("closed")
    first = complaint.first_closed_at
    DO["reopen"](complaint, reason="又没人清理", by=resident_wang)
    assert (complaint.status, complaint.level, complaint.handler) == (
        Status.INVESTIGATING,
        Level.COMPLEX,
        None,
    )
    assert (complaint.first_closed_at, complaint.reply) == (first, "")
    assert clock(complaint, "respond").round == 2
    assert heard(supervisor_bo, "complaint.reopen") == 1


def test_opened_again_by_the_complainant_it_is_answered_anew(
    cast: Cast, resident_wang: User, agent_li: User
) -> None:
    complaint = cast.complaint("closed")
    DO["reopen"](complaint, reason="又没人清理", by=resident_wang)
    assert "acknowledge" in {each.action for each in allowed(complaint, agent_li)}
    DO["acknowledge"](complaint, note="已致电，明天上门", by=agent_li)
    assert (complaint.status, clock(complaint, "respond").is_running) == (Status.INVESTIGATING, False)
    assert "acknowledge" not in {each.action for each in allowed(complaint, agent_li)}


def test_whoever_tells_a_colleague_that_it_is_not_right_was_answered(cast: Cast, agent_li: User) -> None:
    complaint = cast.complaint("closed")
    DO["reopen"](complaint, reason="电话里说又没人清理", by=agent_li)
    assert not clock(complaint, "respond").is_running
    assert clock(complaint, "propose").is_running


def test_what_is_solved_on_the_spot_has_kept_every_promise(cast: Cast, agent_li: User) -> None:
    complaint = cast.file()
    DO["settle"](complaint, reply="已当场清理并致歉", by=agent_li)
    assert complaint.status == Status.CLOSED
    assert all(clock(complaint, stage).met_at for stage in ("respond", "propose", "close"))


@pytest.mark.parametrize("said", [{"level": "complex"}, {"compensation": True}])
def test_nothing_serious_is_solved_on_the_spot(said: dict[str, object], cast: Cast, agent_li: User) -> None:
    complaint = cast.complaint(**said)  # type: ignore[arg-type]
    with pytest.raises(TransitionRefused):
        DO["settle"](complaint, reply="好了", by=agent_li)


def test_two_sides_of_a_quarrel_are_kept_apart(cast: Cast, agent_li: User, resident_wang: User) -> None:
    complaint = cast.complaint(type="neighbours", other_side="1302室")
    DO["hear"](complaint, side="other_side", note="孩子练琴到九点", by=agent_li)
    assert "孩子练琴到九点" in "".join(line.text for line in timeline(complaint, agent_li))
    assert "孩子练琴到九点" not in "".join(line.text for line in timeline(complaint, resident_wang))


def test_many_households_with_one_cause_make_it_major_and_hear_the_same(
    cast: Cast, agent_li: User, technician_he: User
) -> None:
    lead = cast.complaint("acknowledged")
    members = [cast.complaint() for _each in range(4)]
    for each in members:
        DO["join"](each, lead=lead, by=agent_li)
    lead.refresh_from_db()
    assert (lead.level, lead.handler) == (Level.MAJOR, None)
    DO["form_team"](lead, handler=cast.supervisor, members=[technician_he], by=cast.supervisor)
    DO["find"](lead, note="全楼漏排", by=cast.supervisor)
    DO["propose"](lead, solution="统一排班", by=cast.supervisor)
    DO["agree"](lead, by=cast.resident)
    DO["carry_out"](lead, summary="已执行", by=cast.supervisor)
    DO["tell"](lead, reply="各位业主好，已统一排班。", by=cast.supervisor)
    DO["sign_off"](lead, by=cast.manager)
    DO["close"](lead, by=cast.supervisor)
    for each in members:
        each.refresh_from_db()
        assert (each.status, each.reply) == (Status.CLOSED, "各位业主好，已统一排班。")


def test_a_group_without_its_lead_goes_on_each_by_itself(
    cast: Cast, agent_li: User, resident_wang: User
) -> None:
    lead, other = cast.complaint("acknowledged"), cast.complaint()
    DO["join"](other, lead=lead, by=agent_li)
    assert other.next_due_at is None
    DO["withdraw"](lead, reason="不追究了", by=resident_wang)
    other.refresh_from_db()
    assert (other.status, other.lead) == (Status.ACKNOWLEDGED, None)
    assert other.next_due_at == other.propose_due_at == other.received_at + 72 * HOUR


def test_a_claim_stands_for_itself(cast: Cast, agent_li: User) -> None:
    lead, claim = cast.complaint(), cast.complaint(compensation=True)
    with pytest.raises(TransitionRefused):
        DO["join"](claim, lead=lead, by=agent_li)


def test_the_same_cause_and_the_same_home_are_found(cast: Cast, agent_li: User) -> None:
    first = cast.complaint(text="3栋楼道垃圾好几天没人清理")
    place = {"community_id": first.community_id, "type": "environment"}
    assert same_cause(agent_li, text="3栋楼道的垃圾没人清理，很臭", **place) == [first]  # type: ignore[arg-type]
    assert same_cause(agent_li, text="小区大门口的灯太暗了", **place) == []  # type: ignore[arg-type]
    assert repeats(agent_li, unit=cast.unit, type="environment", at=database_now()) == [first]


def test_how_often_somebody_wrote_is_a_figure_not_a_judgement(cast: Cast, supervisor_bo: User) -> None:
    for _each in range(5):
        complaint = cast.complaint("investigating")
    found = pattern_of(supervisor_bo, complaint)
    assert found is not None
    assert found.is_many
    assert found.not_confirmed == 0


def test_urging_is_counted_and_rests_for_half_an_hour(
    cast: Cast, resident_wang: User, agent_li: User
) -> None:
    complaint = cast.complaint("acknowledged")
    DO["urge"](complaint, by=resident_wang)
    assert (complaint.urge_count, heard(agent_li, "complaint.urge")) == (1, 1)
    with pytest.raises(TooMany):
        DO["urge"](complaint, by=resident_wang)
