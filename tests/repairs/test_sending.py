"""Certificates, rules, grabbing, sending back, taking part: what the actions do and refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import actions
from repairs.actions.rules import write_rule
from repairs.actions.skills import add_certificate, set_skills, withdraw_certificate
from repairs.models import Certificate, DispatchRule, Participant, Ticket, Zone
from repairs.queries import job_to_grab, participants_of
from repairs.queries.crew import crew, decision_for
from repairs.queries.grabbing import jobs_to_grab
from servicecenter.accounts.models import Community, User
from servicecenter.incidents.models import DutyShift
from servicecenter.lib.clock import local_day
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.notifications.models import Message
from servicecenter.workflow.run import TransitionRefused, allowed
from tests.conftest import Walk, make_staff
from tests.repairs.rules import make_rule, open_rule

TODAY = local_day(timezone.now())
NEXT_YEAR = TODAY + timedelta(days=365)


def certify(user: User, by: User, kind: str = "electrician", **said: Any) -> Certificate:
    place = Community.objects.get(code="YG")
    given: dict[str, Any] = {"kind": kind, "number": "T3502-7", "valid_until": NEXT_YEAR, "by": by}
    return add_certificate(user, place, **(given | said))


def refused(what: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        what()
    return refusal.value.code


class TestCertificates:
    def test_electric_work_goes_only_to_holders_once_certificates_are_kept(
        self, ticket_in: Walk, technician_chen: User, technician_he: User, agent_li: User, supervisor_bo: User
    ) -> None:
        certify(technician_he, supervisor_bo)
        ticket = ticket_in("accepted", trade="electrical")
        with pytest.raises(Invalid) as refusal:
            actions.dispatch(ticket, technician=technician_chen, by=agent_li)
        assert refusal.value.code == "certificate_needed"
        assert "陈刚" in str(refusal.value.errors["technician"][0])
        actions.dispatch(ticket, technician=technician_he, by=agent_li)
        assert ticket.status == "dispatched"

    def test_until_the_first_certificate_is_entered_nothing_is_refused(self, ticket_in: Walk) -> None:
        assert ticket_in("dispatched", trade="gas").status == "dispatched"

    def test_an_expired_or_withdrawn_certificate_counts_no_more(
        self, ticket_in: Walk, technician_chen: User, technician_he: User, supervisor_bo: User
    ) -> None:
        mine = certify(technician_chen, supervisor_bo)
        ticket = ticket_in("dispatched", trade="electrical")
        late = timezone.now() + timedelta(days=366)
        certify(technician_he, supervisor_bo, valid_until=NEXT_YEAR - timedelta(days=1))
        to_he: dict[str, Any] = {"technician": technician_he, "reason": "换人", "by": supervisor_bo}
        assert refused(lambda: actions.reassign(ticket, **to_he, at=late)) == "certificate_needed"
        withdraw_certificate(mine, by=supervisor_bo)
        other = ticket_in("accepted", trade="electrical")
        assert (
            refused(lambda: actions.dispatch(other, technician=technician_chen, by=supervisor_bo))
            == "certificate_needed"
        )
        assert refused(lambda: withdraw_certificate(mine, by=supervisor_bo)) == "withdrawn"

    def test_the_trade_that_counts_is_the_present_one(
        self, ticket_in: Walk, technician_chen: User, technician_he: User, agent_li: User, supervisor_bo: User
    ) -> None:
        certify(technician_he, supervisor_bo)
        ticket = ticket_in("accepted")
        seen = Ticket.objects.get(pk=ticket.pk)
        actions.classify(ticket, trade="electrical", urgency=ticket.urgency, reason="线路", by=supervisor_bo)
        assert refused(lambda: actions.dispatch(seen, technician=technician_chen, by=agent_li)) == (
            "certificate_needed"
        )

    def test_other_trades_need_none(self, ticket_in: Walk, technician_he: User, supervisor_bo: User) -> None:
        certify(technician_he, supervisor_bo)
        assert ticket_in("dispatched", trade="plumbing").status == "dispatched"

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"kind": "diving"}, "kind"),
            ({"number": "  "}, "number"),
            ({"valid_until": TODAY - timedelta(days=1)}, "valid_until"),
            ({"valid_until": TODAY + timedelta(days=9000)}, "valid_until"),
        ],
    )
    def test_a_wrong_certificate_is_refused(
        self, technician_chen: User, supervisor_bo: User, said: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(Invalid) as refusal:
            certify(technician_chen, supervisor_bo, **said)
        assert list(refusal.value.errors) == [field]

    def test_the_same_certificate_is_entered_once(self, technician_chen: User, supervisor_bo: User) -> None:
        certify(technician_chen, supervisor_bo)
        assert refused(lambda: certify(technician_chen, supervisor_bo)) == "invalid"

    def test_whoever_leads_them_enters_them_and_nobody_else(
        self, technician_chen: User, technician_binjiang: User, agent_li: User, supervisor_bo: User
    ) -> None:
        assert refused(lambda: certify(technician_chen, agent_li)) == "not_permitted"
        assert refused(lambda: certify(technician_binjiang, supervisor_bo)) == "not_found"

    def test_trades_and_buildings_are_written_together(
        self, ticket_in: Walk, yangguang: Community, technician_chen: User, supervisor_bo: User
    ) -> None:
        building = ticket_in.unit.building
        for buildings in ([building], [building], []):
            set_skills(
                technician_chen, yangguang, trades=["lift", "gas"], buildings=buildings, by=supervisor_bo
            )
            assert list(Zone.objects.values_list("building", flat=True)) == [each.pk for each in buildings]
        technician_chen.refresh_from_db()
        assert technician_chen.trades == ["lift", "gas"]


class TestRules:
    def test_an_automatic_rule_sends_somebody_when_the_report_is_accepted(
        self, ticket_in: Walk, technician_chen: User, agent_li: User
    ) -> None:
        rule = make_rule(name="水电给最闲的", mode="automatic")
        ticket = ticket_in("reported")
        actions.accept(ticket, by=agent_li)
        event = ticket.events().last()
        assert event is not None
        assert (ticket.status, ticket.assignee, ticket.dispatched_by) == (
            "dispatched",
            technician_chen,
            agent_li,
        )
        assert (event.action, event.by, event.data["rule"], event.data["rule_name"]) == (
            "dispatch", None, rule.pk, "水电给最闲的",
        )  # fmt: skip

    @pytest.mark.parametrize(
        "said",
        [
            {"mode": "propose"},
            {"mode": "automatic", "trade": "lift"},
            {"mode": "automatic", "is_active": False},
        ],
    )
    def test_other_rules_leave_the_choice_to_the_desk(self, ticket_in: Walk, said: dict[str, Any]) -> None:
        make_rule(**said)
        assert ticket_in("accepted").assignee is None

    def test_a_rule_of_another_community_counts_for_nothing(
        self, ticket_in: Walk, binjiang: Community
    ) -> None:
        make_rule(mode="automatic", community=binjiang)
        assert ticket_in("accepted").assignee is None

    def test_the_communitys_own_rule_goes_before_the_companys(
        self, ticket_in: Walk, yangguang: Community, technician_he: User
    ) -> None:
        make_rule(mode="automatic", position=1)
        make_rule(name="自己的", community=yangguang, who="named", named=technician_he, position=9)
        ticket = ticket_in("accepted")
        decision = decision_for(ticket, timezone.now())
        assert decision.first is not None
        assert decision.rule is not None
        assert (decision.first.worker.id, decision.rule.name) == (technician_he.pk, "自己的")

    def test_nobody_is_sent_who_is_away(
        self, ticket_in: Walk, yangguang: Community, technician_chen: User, technician_he: User
    ) -> None:
        now = timezone.now()
        DutyShift.objects.create(
            community=yangguang, user=technician_chen, kind="away", starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(hours=9),
        )  # fmt: skip
        make_rule(mode="automatic")
        ticket = ticket_in("reported")
        actions.accept(ticket, by=ticket_in.agent)
        assert ticket.assignee == technician_he

    def test_whoever_has_chosen_somebody_is_not_overtaken_by_a_rule(
        self, ticket_in: Walk, technician_he: User
    ) -> None:
        make_rule(mode="automatic")
        ticket = ticket_in("reported")
        actions.accept(ticket, by=ticket_in.agent, by_rules=False)
        assert (ticket.status, ticket.assignee) == ("accepted", None)

    def test_what_the_rules_do_leaves_every_promise_of_reliability_kept(
        self, ticket_in: Walk, technician_chen: User, agent_li: User
    ) -> None:
        make_rule(mode="automatic", trade="plumbing")
        open_rule(trade="cleaning_pest")
        for trade, urgency in (
            ("plumbing", "emergency"),
            ("plumbing", "normal"),
            ("cleaning_pest", "normal"),
        ):
            actions.accept(ticket_in("reported", trade=trade, urgency=urgency), by=agent_li)
        assert [each.sentence for each in every_invariant() if broken(each)[0]] == []

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"who": "named"}, "named"),
            ({"named": "technician_binjiang", "who": "named"}, "named"),
            ({"named": "technician_chen", "who": "named", "mode": "grab"}, "mode"),
            ({"named": "technician_chen"}, "named"),
            ({"max_open": 0}, "max_open"),
        ],
    )
    def test_a_rule_that_makes_no_sense_is_refused(
        self,
        request: pytest.FixtureRequest,
        yangguang: Community,
        supervisor_bo: User,
        said: dict[str, Any],
        field: str,
    ) -> None:
        named = said.get("named")
        given = RULE | said | {"named": request.getfixturevalue(named) if named else None}
        with pytest.raises(Invalid) as refusal:
            write_rule(DispatchRule(community=yangguang), said=given, by=supervisor_bo)
        assert list(refusal.value.errors) == [field]
        assert not DispatchRule.objects.exists()

    @pytest.mark.parametrize("said", [{"who": "named"}, {"who": "boss"}, {"mode": "magic"}, {"max_open": 0}])
    def test_the_database_refuses_such_a_rule_too(self, db: None, said: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            make_rule(**said)

    def test_supervisors_write_for_their_communities_and_administrators_for_the_company(
        self,
        yangguang: Community,
        binjiang: Community,
        supervisor_bo: User,
        agent_li: User,
        manager_mei: User,
        admin_gu: User,
    ) -> None:
        for place, by in (
            (None, supervisor_bo),
            (binjiang, supervisor_bo),
            (yangguang, agent_li),
            (yangguang, manager_mei),
        ):
            with pytest.raises(NotPermitted):
                write_rule(DispatchRule(community=place), said=RULE, by=by)
        for place, by in ((None, admin_gu), (yangguang, supervisor_bo)):
            assert write_rule(DispatchRule(community=place), said=RULE, by=by).changed_by == by

    def test_the_crew_takes_five_queries_however_many_they_are(self, yangguang: Community) -> None:
        for number in range(4):
            make_staff(f"t{number}", "technician", yangguang)
        with CaptureQueriesContext(connection) as asked:
            assert len(crew([yangguang.pk], timezone.now())) == 4
        assert len(asked) == 5


RULE: dict[str, Any] = {
    "name": "水电",
    "position": 10,
    "trade": "plumbing",
    "urgency": "",
    "building": None,
    "who": "least_busy",
    "named": None,
    "max_open": None,
    "mode": "propose",
    "is_active": True,
}


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
