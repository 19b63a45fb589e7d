"""What an inspection finds becomes repairs under warranty, with the visit or not at all."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from owners.actions import inspections
from owners.models import InspectionFinding, InspectionVisit, Unit, WarrantyPart
from owners.workflow import VisitStatus
from repairs import actions as repairs
from repairs.models import Channel, Ticket
from repairs.queries import warranty_of
from servicecenter.accounts.models import User
from servicecenter.desk.actions import Finding, record_findings
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from tests.owners.test_inspections import check_at_once, slot_at


@pytest.fixture
def visit(
    unit_3_2_1201: Unit, resident_wang: User, supervisor_bo: User, technician_chen: User
) -> InspectionVisit:
    """Wang's home, delivered today, in a campaign that is under way."""
    unit_3_2_1201.delivered_on = local_day(database_now())
    unit_3_2_1201.save()
    campaign = inspections.plan(community=unit_3_2_1201.community, title="检修", by=supervisor_bo)
    slot_at(campaign, technician_chen, supervisor_bo)
    inspections.open_campaign(campaign, by=supervisor_bo)
    return campaign.visits.get()


def test_each_defect_is_a_repair_under_warranty(visit: InspectionVisit, technician_chen: User) -> None:
    roof = WarrantyPart.objects.get(code="wet_room_waterproofing")
    made = record_findings(visit, [Finding("卫生间地面渗水", roof), Finding("插座没电")], by=technician_chen)
    assert visit.status == VisitStatus.FINDINGS
    assert [each.channel for each in made] == [Channel.WARRANTY] * 2
    assert [each.trade for each in made] == ["waterproofing", "electrical"]
    assert [warranty_of(each).state for each in made] == ["in", "in"]
    assert made[0].reporter_name == "王芳"


def test_a_finding_keeps_the_number_of_its_repair(visit: InspectionVisit, technician_chen: User) -> None:
    ticket = record_findings(visit, [Finding("插座没电")], by=technician_chen)[0]
    found = InspectionFinding.objects.get()
    assert (found.ticket_id, found.ticket_number, found.visit) == (ticket.pk, ticket.number, visit)


def test_a_second_look_finds_more(visit: InspectionVisit, technician_chen: User) -> None:
    record_findings(visit, [Finding("插座没电")], by=technician_chen)
    record_findings(visit, [Finding("窗户关不严")], by=technician_chen)
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("findings", [[], [Finding(" ")], [Finding("漏水")] * 21])
def test_findings_that_say_nothing_store_nothing(
    visit: InspectionVisit, technician_chen: User, findings: list[Finding]
) -> None:
    with pytest.raises(Invalid):
        record_findings(visit, findings, by=technician_chen)
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        ("resident_wang", NotPermitted),
        ("manager_mei", NotPermitted),
        ("technician_he", NotFound),
        ("agent_binjiang", NotFound),
    ],
)
def test_only_who_inspects_and_the_desk_say_what_was_found(
    request: pytest.FixtureRequest, visit: InspectionVisit, who: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        record_findings(visit, [Finding("漏水")], by=request.getfixturevalue(who))
    assert not Ticket.objects.exists()


def test_a_finding_cannot_name_another_communitys_repair(
    visit: InspectionVisit, unit_binjiang: Unit, agent_binjiang: User
) -> None:
    foreign = repairs.report(
        by=agent_binjiang, community=unit_binjiang.community, unit=unit_binjiang, text="漏水"
    )
    check_at_once()
    with pytest.raises(IntegrityError), transaction.atomic():
        InspectionFinding.objects.create(
            community=visit.community,
            visit=visit,
            text="漏水",
            ticket_id=foreign.pk,
            ticket_number=foreign.number,
            at=database_now(),
        )
