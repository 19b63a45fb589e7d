"""Certificates and rules of dispatch: what the actions do and refuse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from repairs import actions
from repairs.actions.rules import write_rule
from repairs.actions.skills import set_skills, withdraw_certificate
from repairs.models import DispatchRule, Ticket, Zone
from repairs.queries.crew import crew, decision_for
from servicecenter.accounts.models import Community, User
from servicecenter.incidents.models import DutyShift
from servicecenter.lib.clock import local_day
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import Invalid, NotPermitted
from tests.conftest import Walk, make_staff
from tests.repairs.rules import certify, make_rule, open_rule, refused

TODAY = local_day(timezone.now())
NEXT_YEAR = TODAY + timedelta(days=365)


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
