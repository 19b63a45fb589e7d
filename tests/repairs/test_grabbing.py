"""Grabbing, sending back, taking part: what the actions do and refuse."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import actions
from repairs.models import DispatchRule, Participant, Ticket
from repairs.queries import job_to_grab, participants_of
from repairs.queries.crew import decision_for
from repairs.queries.grabbing import jobs_to_grab
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.notifications.models import Message
from servicecenter.workflow.run import TransitionRefused, allowed
from tests.conftest import Walk
from tests.repairs.rules import certify, make_rule, open_rule, refused


@pytest.fixture
def open_job(ticket_in: Walk) -> Ticket:
    """An accepted repair that a rule has opened for grabbing."""
    open_rule()
    ticket = ticket_in("accepted")
    assert ticket.grab_rule is not None
    return ticket


class TestGrabbing:
    def test_an_open_job_is_told_to_the_technicians_of_the_trade(
        self, ticket_in: Walk, technician_chen: User, technician_he: User
    ) -> None:
        User.objects.filter(pk=technician_he.pk).update(trades=["lift"])
        open_rule()
        ticket_in("accepted")
        told = Message.objects.filter(event="repair.offer").values_list("recipient", flat=True)
        assert set(told) == {technician_chen.pk}

    def test_whoever_takes_it_has_it_and_answers_for_it(self, open_job: Ticket, technician_he: User) -> None:
        assert list(Ticket.objects.to_grab(technician_he)) == [open_job]
        actions.grab(open_job, by=technician_he)
        assert (open_job.status, open_job.assignee, open_job.dispatched_by) == (
            "dispatched",
            technician_he,
            technician_he,
        )
        assert not Ticket.objects.to_grab(technician_he)

    def test_the_second_one_is_told_that_it_is_taken(
        self, open_job: Ticket, technician_he: User, technician_chen: User
    ) -> None:
        actions.grab(open_job, by=technician_he)
        late = job_to_grab(technician_chen, open_job.number)
        assert refused(lambda: actions.grab(late, by=technician_chen)) == "taken"

    def test_other_trades_and_communities_do_not_see_it(
        self, open_job: Ticket, technician_he: User, technician_binjiang: User
    ) -> None:
        technician_he.trades = ["lift"]
        assert not Ticket.objects.to_grab(technician_he)
        assert refused(lambda: actions.grab(open_job, by=technician_he)) == "not_for_you"
        assert not Ticket.objects.to_grab(technician_binjiang)
        assert refused(lambda: actions.grab(open_job, by=technician_binjiang)) == "not_found"

    @pytest.mark.parametrize("who", ["agent_li", "guard_hu", "manager_mei", "resident_wang"])
    def test_nobody_else_can_take_it(
        self, open_job: Ticket, who: str, request: pytest.FixtureRequest
    ) -> None:
        user = request.getfixturevalue(who)
        assert not Ticket.objects.to_grab(user)
        assert refused(lambda: actions.grab(open_job, by=user)) in ("not_found", "not_permitted")
        assert refused(lambda: job_to_grab(user, open_job.number)) == "not_found"

    def test_a_rule_keeps_full_hands_and_other_buildings_from_it(
        self, ticket_in: Walk, technician_chen: User, technician_he: User
    ) -> None:
        ticket_in("dispatched")
        rule = open_rule(max_open=1)
        ticket = ticket_in("accepted")
        assert refused(lambda: actions.grab(ticket, by=technician_chen)) == "enough_jobs"
        DispatchRule.objects.filter(pk=rule.pk).update(who="of_zone")
        assert refused(lambda: actions.grab(ticket, by=technician_he)) == "not_for_you"

    def test_a_rule_that_is_out_of_force_opens_nothing(self, open_job: Ticket, technician_he: User) -> None:
        DispatchRule.objects.update(is_active=False)
        assert not Ticket.objects.to_grab(technician_he)
        assert refused(lambda: actions.grab(open_job, by=technician_he)) == "not_open"

    def test_a_job_that_was_cancelled_meanwhile_is_open_no_more(
        self, open_job: Ticket, technician_he: User, technician_binjiang: User, agent_li: User
    ) -> None:
        actions.cancel(open_job, reason="自己修好了", by=agent_li)
        assert refused(lambda: actions.grab(open_job, by=technician_he)) == "not_open"
        assert refused(lambda: actions.grab(open_job, by=technician_binjiang)) == "not_found"

    def test_the_list_holds_what_one_may_take_now(
        self, ticket_in: Walk, technician_chen: User, technician_he: User, supervisor_bo: User
    ) -> None:
        now = timezone.now()
        certify(technician_he, supervisor_bo)
        ticket_in("dispatched")
        open_rule(max_open=1)
        water, power = ticket_in("accepted"), ticket_in("accepted", trade="electrical")
        assert jobs_to_grab(technician_he, now) == [water, power]
        assert jobs_to_grab(technician_chen, now) == []
        DispatchRule.objects.update(max_open=None)
        with CaptureQueriesContext(connection) as asked:
            assert jobs_to_grab(technician_chen, now) == [water]
        assert len(asked) == 6

    def test_a_helper_may_take_it_and_go_on_helping_until_then(
        self, open_job: Ticket, technician_he: User, agent_li: User
    ) -> None:
        actions.involve(open_job, person=technician_he, part="helper", by=agent_li)
        assert {each.action for each in allowed(open_job, technician_he)} == {"grab", "note", "add_photo"}
        actions.grab(open_job, by=technician_he)
        assert participants_of(open_job) == []

    def test_a_job_that_nobody_opened_cannot_be_taken(self, ticket_in: Walk, technician_he: User) -> None:
        ticket = ticket_in("accepted")
        assert refused(lambda: actions.grab(ticket, by=technician_he)) == "not_found"


class TestSendingBack:
    def test_it_goes_back_to_the_desk_with_its_reason_and_is_counted(
        self, ticket_in: Walk, technician_chen: User, agent_li: User
    ) -> None:
        ticket = ticket_in("scheduled")
        actions.send_back(ticket, reason="要高空作业", by=technician_chen)
        assert (ticket.status, ticket.assignee, ticket.appointment_start) == ("accepted", None, None)
        assert ticket.sent_back_count == 1
        event = ticket.events().filter(action="send_back").get()
        assert (event.text, event.by) == ("要高空作业", technician_chen)
        assert Message.objects.filter(event="repair.send_back", recipient=agent_li).exists()
        assert not Ticket.objects.visible_to(technician_chen).exists()

    def test_it_is_proposed_to_others_and_never_sent_to_the_same_person_by_a_rule(
        self, ticket_in: Walk, technician_chen: User, technician_he: User
    ) -> None:
        ticket = ticket_in("dispatched")
        actions.send_back(ticket, reason="缺工具", by=technician_chen)
        make_rule(mode="automatic", who="named", named=technician_chen)
        decision = decision_for(ticket, timezone.now())
        assert decision.automatic is None
        assert [choice.worker.id for choice in decision.choices] == [technician_he.pk, technician_chen.pk]
        assert "sent_back" in decision.choices[-1].against

    def test_a_person_may_send_the_same_one_again(
        self, ticket_in: Walk, technician_chen: User, agent_li: User
    ) -> None:
        ticket = ticket_in("dispatched")
        actions.send_back(ticket, reason="缺工具", by=technician_chen)
        actions.dispatch(ticket, technician=technician_chen, by=agent_li)
        assert ticket.assignee == technician_chen

    def test_what_was_made_safe_stays_so(
        self, ticket_in: Walk, technician_chen: User, technician_he: User, supervisor_bo: User
    ) -> None:
        ticket = ticket_in("on_site", urgency="emergency")
        actions.secure(ticket, note="已关总阀", by=technician_chen)
        actions.send_back(ticket, reason="缺件", by=technician_chen)
        assert (ticket.secured_at is not None, ticket.is_dangerous) == (True, False)
        other = ticket_in("on_site", urgency="emergency")
        actions.secure(other, note="已关总阀", by=technician_chen)
        actions.reassign(other, technician=technician_he, reason="换人", by=supervisor_bo)
        assert other.secured_at is not None

    @pytest.mark.parametrize("status", ["accepted", "plan_proposed", "completed", "on_hold"])
    def test_only_before_the_work_has_changed_anything(
        self, ticket_in: Walk, technician_chen: User, status: str
    ) -> None:
        ticket = ticket_in(status)
        with pytest.raises((TransitionRefused, NotFound)):
            actions.send_back(ticket, reason="不做", by=technician_chen)

    def test_an_open_job_is_open_again(
        self, open_job: Ticket, technician_he: User, technician_chen: User
    ) -> None:
        actions.grab(open_job, by=technician_he)
        actions.send_back(open_job, reason="时间不够", by=technician_he)
        assert list(Ticket.objects.to_grab(technician_chen)) == [open_job]


class TestTakingPart:
    def test_a_helper_writes_and_adds_photos_and_does_nothing_else(
        self, ticket_in: Walk, technician_he: User, technician_chen: User
    ) -> None:
        ticket = ticket_in("on_site")
        assert not Ticket.objects.visible_to(technician_he).exists()
        actions.involve(ticket, person=technician_he, part="helper", by=technician_chen)
        assert list(Ticket.objects.visible_to(technician_he)) == [ticket]
        assert {each.action for each in allowed(ticket, technician_he)} == {"note", "add_photo"}
        assert ticket.assignee == technician_chen

    def test_an_observer_reads_and_is_told(
        self, ticket_in: Walk, technician_he: User, technician_chen: User, agent_li: User
    ) -> None:
        ticket = ticket_in("on_site")
        actions.involve(ticket, person=technician_he, part="observer", by=agent_li)
        assert list(Ticket.objects.visible_to(technician_he)) == [ticket]
        assert allowed(ticket, technician_he) == []
        actions.complete(ticket, summary="好了", by=technician_chen)
        assert Message.objects.filter(event="repair.complete", recipient=technician_he).exists()

    def test_it_ends_when_somebody_says_so(
        self, ticket_in: Walk, technician_he: User, technician_chen: User
    ) -> None:
        ticket = ticket_in("on_site")
        for part in ("observer", "helper", "none"):
            actions.involve(ticket, person=technician_he, part=part, by=technician_chen)
        assert not Participant.objects.exists()
        assert not Ticket.objects.visible_to(technician_he).exists()

    @pytest.mark.parametrize(
        ("who", "part", "field"),
        [
            ("technician_binjiang", "helper", "person"),
            ("resident_wang", "observer", "person"),
            ("technician_chen", "helper", "person"),
            ("agent_li", "helper", "part"),
            ("technician_he", "boss", "part"),
        ],
    )
    def test_a_part_that_makes_no_sense_is_refused(
        self,
        ticket_in: Walk,
        request: pytest.FixtureRequest,
        agent_zhou: User,
        who: str,
        part: str,
        field: str,
    ) -> None:
        ticket = ticket_in("on_site")
        with pytest.raises(Invalid) as refusal:
            actions.involve(ticket, person=request.getfixturevalue(who), part=part, by=agent_zhou)
        assert list(refusal.value.errors) == [field]

    def test_only_those_who_answer_for_it_may_say_so(
        self, ticket_in: Walk, technician_he: User, technician_chen: User, guard_hu: User
    ) -> None:
        ticket = ticket_in("on_site")
        actions.involve(ticket, person=technician_he, part="helper", by=technician_chen)
        assert (
            refused(lambda: actions.involve(ticket, person=guard_hu, part="helper", by=technician_he))
            == "not_permitted"
        )
