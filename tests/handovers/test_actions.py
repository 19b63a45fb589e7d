"""What the steps of a handover do, and what they refuse."""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from handovers.actions import arriving, closing, inspecting, papers, planning
from handovers.actions.checklists import set_use, write_item
from handovers.actions.inspecting import Look
from handovers.models import ChecklistItem, Finding, Handover, Slot
from handovers.queries.cases import actions_of, to_look_at_again
from handovers.workflow import Status
from owners.actions.keys import add_keys
from owners.models import Key, Occupancy, Person, Unit
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.lib.clock import database_now, end_of_day, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.notifications.models import Message
from tests.conftest import Walk, make_unit
from tests.handovers.conftest import Way, day_of, look_round, picture, tick_all


def refused(act: object) -> str:
    """The code of the refusal that `act` ends in."""
    with pytest.raises(Refusal) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


# Days and slots ------------------------------------------------------------------------------------------------


def test_a_day_is_cut_into_slots_with_places(unit_3_2_1201: Unit, supervisor_bo: User) -> None:
    day = planning.plan_day(
        unit_3_2_1201.building,
        day=local_day(database_now()),
        begins=time(9),
        ends=time(11, 20),
        length=timedelta(minutes=45),
        capacity=3,
        by=supervisor_bo,
    )
    assert [slot.capacity for slot in day.slots.all()] == [3, 3, 3]


def test_only_a_supervisor_plans_a_day(unit_3_2_1201: Unit, agent_li: User, agent_binjiang: User) -> None:
    with pytest.raises(NotPermitted):
        day_of(unit_3_2_1201, agent_li)
    with pytest.raises(NotFound):
        day_of(unit_3_2_1201, agent_binjiang)


def test_a_building_has_one_plan_a_day(unit_3_2_1201: Unit, supervisor_bo: User) -> None:
    day_of(unit_3_2_1201, supervisor_bo)
    with pytest.raises(Invalid) as caught:
        day_of(unit_3_2_1201, supervisor_bo)
    assert "day" in caught.value.errors


def test_a_day_in_the_past_is_not_planned(unit_3_2_1201: Unit, supervisor_bo: User) -> None:
    with pytest.raises(Invalid):
        day_of(unit_3_2_1201, supervisor_bo, days=-1)


def test_every_unit_with_an_owner_on_record_gets_a_handover_once(
    unit_3_2_1201: Unit, person_wang: Person, supervisor_bo: User
) -> None:
    make_unit(unit_3_2_1201.community, "3-2-1301")
    first = planning.plan_building(unit_3_2_1201.building, by=supervisor_bo)
    assert [handover.unit.code for handover in first] == ["3-2-1201"]
    assert planning.plan_building(unit_3_2_1201.building, by=supervisor_bo) == []


def test_owners_without_an_appointment_are_invited_once(
    handover_in: Way, first_slot: Slot, resident_wang: User, supervisor_bo: User
) -> None:
    handover_in()
    assert planning.invite(first_slot.day, by=supervisor_bo) == 1
    planning.invite(first_slot.day, by=supervisor_bo)
    assert Message.objects.filter(event="handover.invite", recipient=resident_wang).count() == 1


def test_a_unit_that_was_handed_over_is_not_planned_again(
    unit_3_2_1201: Unit, person_wang: Person, supervisor_bo: User
) -> None:
    unit_3_2_1201.delivered_on = local_day(database_now())
    with pytest.raises(Invalid):
        planning.plan(unit_3_2_1201, person=person_wang, by=supervisor_bo)


# Appointments ---------------------------------------------------------------------------------------------------


def test_the_owner_books_changes_and_cancels(
    handover_in: Way, unit_3_2_1201: Unit, resident_wang: User, supervisor_bo: User
) -> None:
    handover = handover_in()
    first, second = day_of(unit_3_2_1201, supervisor_bo).slots.all()
    arriving.book(handover, slot=first, by=resident_wang)
    arriving.book(handover, slot=second, by=resident_wang)
    assert handover.slot == second
    assert Slot.objects.counted().get(pk=first.pk).taken == 0  # type: ignore[attr-defined]
    arriving.unbook(handover, by=resident_wang)
    assert handover.slot is None


def test_a_full_slot_is_refused(
    handover_in: Way, first_slot: Slot, unit_3_2_1202: Unit, tenant_zhao: User, supervisor_bo: User
) -> None:
    arriving.book(handover_in(), slot=first_slot, by=supervisor_bo)
    other = planning.plan(unit_3_2_1202, person=Person.objects.get(user=tenant_zhao), by=supervisor_bo)
    assert refused(lambda: arriving.book(other, slot=first_slot, by=tenant_zhao)) == "slot_full"


def test_a_slot_of_another_building_does_not_exist(handover_in: Way, supervisor_bo: User) -> None:
    handover = handover_in()
    elsewhere = day_of(make_unit(handover.community, "5-1-101"), supervisor_bo).slots.all()[0]
    with pytest.raises(NotFound):
        arriving.book(handover, slot=elsewhere, by=supervisor_bo)


def test_a_slot_that_is_over_cannot_be_booked(
    handover_in: Way, first_slot: Slot, supervisor_bo: User
) -> None:
    later = first_slot.ends_at + timedelta(minutes=1)
    handover = handover_in()
    assert (
        refused(lambda: arriving.book(handover, slot=first_slot, by=supervisor_bo, at=later)) == "slot_over"
    )


def test_places_cannot_fall_below_those_taken(
    handover_in: Way, first_slot: Slot, supervisor_bo: User
) -> None:
    arriving.book(handover_in(), slot=first_slot, by=supervisor_bo)
    with pytest.raises(Invalid):
        planning.change_places(first_slot, capacity=0, by=supervisor_bo)


def test_nobody_is_missed_before_the_slot_is_over(handover_in: Way, first_slot: Slot, agent_li: User) -> None:
    handover = arriving.book(handover_in(), slot=first_slot, by=agent_li)
    assert refused(lambda: arriving.miss(handover, by=agent_li)) == "not_over"


def test_whoever_did_not_come_hears_of_it_and_books_again(
    handover_in: Way, unit_3_2_1201: Unit, resident_wang: User, supervisor_bo: User
) -> None:
    handover = handover_in(Status.MISSED)
    assert Message.objects.filter(event="handover.miss", recipient=resident_wang).exists()
    slot = day_of(unit_3_2_1201, supervisor_bo, days=5).slots.all()[0]
    arriving.book(handover, slot=slot, by=resident_wang)
    assert handover.status == Status.PLANNED


def test_check_in_gives_the_day_s_next_number_and_the_checklist(
    handover_in: Way, supervisor_bo: User
) -> None:
    first = handover_in(Status.CHECKED_IN)
    unit = make_unit(first.community, "3-2-1301")
    person = Person.objects.create(community=first.community, name="郑一")
    second = planning.plan(unit, person=person, by=supervisor_bo)
    arriving.check_in(second, by=supervisor_bo)
    assert (first.ticket_no, second.ticket_no) == (1, 2)
    assert second.findings.filter(room="厨房").exists()


def test_a_later_edit_of_the_checklist_changes_no_handover_that_began(
    handover_in: Way, supervisor_bo: User
) -> None:
    handover = handover_in(Status.CHECKED_IN)
    before = handover.lines.count()
    set_use(ChecklistItem.objects.filter(part="papers")[0], active=False, by=supervisor_bo)
    assert handover.lines.count() == before


def test_a_check_in_of_the_wrong_unit_is_taken_back(handover_in: Way, agent_li: User) -> None:
    handover = handover_in(Status.CHECKED_IN)
    arriving.undo_check_in(handover, by=agent_li)
    assert handover.status == Status.PLANNED
    assert not handover.lines.exists()
    arriving.check_in(handover, by=agent_li)
    assert handover.ticket_no == 2


def test_a_check_in_with_ticked_lines_stays(handover_in: Way, agent_li: User) -> None:
    handover = handover_in(Status.CHECKED_IN)
    papers.tick(handover, handover.lines.filter(part="papers")[0].pk, by=agent_li)
    assert refused(lambda: arriving.undo_check_in(handover, by=agent_li)) == "has_begun"


# Papers and fees ------------------------------------------------------------------------------------------------


def test_papers_are_not_complete_while_one_is_missing(handover_in: Way, agent_li: User) -> None:
    handover = handover_in(Status.CHECKED_IN)
    with picture() as signature:
        assert refused(lambda: papers.finish_papers(handover, picture=signature, by=agent_li)) == "not_ready"


def test_a_proxy_s_papers_are_asked_for_only_when_a_proxy_comes(
    handover_in: Way, unit_3_2_1202: Unit, tenant_zhao: User, agent_li: User
) -> None:
    alone = handover_in(Status.CHECKED_IN)
    assert not papers.missing(alone, "papers").filter(proxy_only=True).exists()
    other = planning.plan(unit_3_2_1202, person=Person.objects.get(user=tenant_zhao), by=agent_li)
    arriving.check_in(other, proxy_name="赵父", by=agent_li)
    assert papers.missing(other, "papers").filter(proxy_only=True).count() == 2


def test_a_fee_needs_its_amount_and_the_number_of_its_receipt(handover_in: Way, agent_li: User) -> None:
    handover = handover_in(Status.PAPERS_DONE)
    fee = handover.lines.filter(part="fees")[0]
    with pytest.raises(Invalid) as caught:
        papers.tick(handover, fee.pk, amount=None, receipt_no="", by=agent_li)
    assert set(caught.value.errors) == {"amount", "receipt_no"}
    done = papers.tick(handover, fee.pk, amount=Decimal("8600"), receipt_no="No.0012", by=agent_li)
    assert (done.amount, done.receipt_no) == (Decimal("8600"), "No.0012")


def test_a_tick_is_taken_back_and_its_event_stays(handover_in: Way, agent_li: User) -> None:
    handover = handover_in(Status.CHECKED_IN)
    line = handover.lines.filter(part="papers")[0]
    papers.tick(handover, line.pk, by=agent_li)
    papers.untick(handover, line.pk, by=agent_li)
    line.refresh_from_db()
    assert not line.is_done
    assert [event.action for event in handover.events()][-2:] == ["tick", "untick"]


def test_only_a_supervisor_lets_it_go_on_without_a_fee(
    handover_in: Way, agent_li: User, supervisor_bo: User
) -> None:
    handover = handover_in(Status.PAPERS_DONE)
    fee = handover.lines.filter(part="fees")[0]
    with pytest.raises(NotPermitted):
        papers.waive(handover, fee.pk, reason="开发商代缴", by=agent_li)
    with pytest.raises(Invalid):
        papers.waive(handover, fee.pk, reason=" ", by=supervisor_bo)
    assert papers.waive(handover, fee.pk, reason="开发商代缴", by=supervisor_bo).is_done


def test_papers_are_closed_once_they_are_signed_for(handover_in: Way, agent_li: User) -> None:
    handover = handover_in(Status.PAPERS_DONE)
    line = handover.lines.filter(part="papers")[0]
    assert refused(lambda: papers.untick(handover, line.pk, by=agent_li)) == "part_closed"
    papers.reopen_papers(handover, by=agent_li)
    assert handover.papers_signature is None
    papers.untick(handover, line.pk, by=agent_li)


def test_a_line_of_another_handover_does_not_exist(
    handover_in: Way, unit_3_2_1202: Unit, tenant_zhao: User, agent_li: User
) -> None:
    handover = handover_in(Status.CHECKED_IN)
    other = planning.plan(unit_3_2_1202, person=Person.objects.get(user=tenant_zhao), by=agent_li)
    arriving.check_in(other, by=agent_li)
    with pytest.raises(NotFound):
        papers.tick(handover, other.lines.all()[0].pk, by=agent_li)


# Inspection -----------------------------------------------------------------------------------------------------


def test_an_inspection_is_not_finished_while_an_item_or_a_meter_is_open(
    handover_in: Way, technician_chen: User
) -> None:
    handover = handover_in(Status.INSPECTING)
    assert refused(lambda: inspecting.finish_inspection(handover, by=technician_chen)) == "not_ready"
    look_round(handover, 0, by=technician_chen)
    assert refused(lambda: inspecting.finish_inspection(handover, by=technician_chen)) == "not_ready"
    tick_all(handover, "meters", by=technician_chen)
    inspecting.finish_inspection(handover, by=technician_chen)


def test_every_defect_becomes_a_repair_that_is_due_on_its_day(handover_in: Way) -> None:
    handover = handover_in(Status.INSPECTED, defects=2)
    defects = list(handover.findings.defects().select_related("ticket"))
    assert len(defects) == Ticket.objects.filter(channel="handover", unit=handover.unit).count() == 2
    for defect in defects:
        assert defect.ticket is not None
        assert defect.due_on == local_day(database_now()) + timedelta(days=defect.mend_days)
        assert defect.ticket.complete_due_at == end_of_day(defect.due_on)
        assert defect.ticket.trade == defect.trade


def test_the_photos_of_a_defect_go_with_its_repair(handover_in: Way, technician_chen: User) -> None:
    handover = handover_in(Status.INSPECTING)
    item = handover.findings.all()[0]
    with picture("red") as photo:
        look = Look(item.pk, "defect", "门扇变形", pictures=[photo])
        inspecting.look_at_room(handover, item.room, [look], by=technician_chen)
    rest = [Look(each.pk, "ok") for each in handover.findings.exclude(pk=item.pk)]
    for room in dict.fromkeys(handover.findings.values_list("room", flat=True)):
        mine = set(handover.findings.filter(room=room).values_list("pk", flat=True))
        inspecting.look_at_room(
            handover, room, [look for look in rest if look.finding_id in mine], by=technician_chen
        )
    tick_all(handover, "meters", by=technician_chen)
    inspecting.finish_inspection(handover, by=technician_chen)
    item.refresh_from_db()
    assert item.ticket_id is not None
    found, shown = Photo.objects.get(work="finding"), Photo.objects.get(work="repair", case_id=item.ticket_id)
    assert found.path != shown.path
    assert found.sha256 == shown.sha256


def test_a_defect_needs_words(handover_in: Way, technician_chen: User) -> None:
    handover = handover_in(Status.INSPECTING)
    item = handover.findings.all()[0]
    with pytest.raises(Invalid):
        inspecting.look_at_room(handover, item.room, [Look(item.pk, "defect", " ")], by=technician_chen)


def test_what_was_found_is_taken_back_while_the_inspection_goes_on(
    handover_in: Way, technician_chen: User
) -> None:
    handover = handover_in(Status.INSPECTING)
    item = handover.findings.all()[0]
    for look in (Look(item.pk, "defect", "划痕"), Look(item.pk, "")):
        inspecting.look_at_room(handover, item.room, [look], by=technician_chen)
    item.refresh_from_db()
    assert (item.result, item.words, item.due_on, item.looked_at) == ("", "", None, None)


def test_something_that_is_on_no_list_is_a_defect_too(handover_in: Way, technician_chen: User) -> None:
    handover = handover_in(Status.INSPECTING)
    look = Look(None, "defect", "吊灯少一个灯罩", text="灯具")
    inspecting.look_at_room(handover, "客厅", [look], by=technician_chen)
    assert Finding.objects.get(text="灯具").due_on is not None


def test_a_defect_that_is_a_repair_already_is_not_rewritten(handover_in: Way, technician_chen: User) -> None:
    handover = handover_in(Status.INSPECTED, defects=1)
    inspecting.reopen_inspection(handover, by=technician_chen)
    item = handover.findings.get(result="defect")
    act = lambda: inspecting.look_at_room(  # noqa: E731
        handover, item.room, [Look(item.pk, "ok")], by=technician_chen
    )
    assert refused(act) == "already_repair"


def test_a_colleague_takes_an_inspection_over(
    handover_in: Way, technician_chen: User, technician_he: User
) -> None:
    handover = handover_in(Status.INSPECTING)
    inspecting.leave(handover, by=technician_chen)
    inspecting.start(handover, by=technician_he)
    assert handover.inspector == technician_he


# Re-inspection --------------------------------------------------------------------------------------------------


def _mended(ticket_in: Walk, finding: Finding) -> Ticket:
    assert finding.ticket is not None
    ticket_in.walk(finding.ticket, "completed")
    return finding.ticket


def test_a_defect_is_looked_at_again_only_when_it_is_mended(handover_in: Way, technician_chen: User) -> None:
    finding = handover_in(Status.INSPECTED, defects=1).findings.get(result="defect")
    assert refused(lambda: inspecting.reinspect(finding, result="ok", by=technician_chen)) == "not_mended"


def test_a_mended_defect_is_in_order(handover_in: Way, ticket_in: Walk, technician_chen: User) -> None:
    finding = handover_in(Status.INSPECTED, defects=1).findings.get(result="defect")
    _mended(ticket_in, finding)
    inspecting.reinspect(finding, result="ok", by=technician_chen)
    finding.refresh_from_db()
    assert finding.mended_by == technician_chen
    assert refused(lambda: inspecting.reinspect(finding, result="ok", by=technician_chen)) == "mended_already"


def test_a_defect_that_is_still_there_sends_its_repair_back(
    handover_in: Way, ticket_in: Walk, technician_chen: User
) -> None:
    finding = handover_in(Status.INSPECTED, defects=1).findings.get(result="defect")
    ticket = _mended(ticket_in, finding)
    inspecting.reinspect(finding, result="defect", words="还在漏", by=technician_chen)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.rework_count) == ("rework", 1)
    assert finding.looks.get().words == "还在漏"


def test_the_desk_chooses_another_technician_who_looks_again_and_hears_of_it(
    handover_in: Way, ticket_in: Walk, technician_he: User, agent_li: User
) -> None:
    handover = handover_in(Status.INSPECTED, defects=1)
    finding = handover.findings.get(result="defect")
    _mended(ticket_in, finding)
    assert refused(lambda: inspecting.reinspect(finding, result="ok", by=technician_he)) == "not_found"
    inspecting.appoint(handover, technician=technician_he, by=agent_li)
    assert Message.objects.filter(event="handover.appoint", recipient=technician_he).exists()
    assert to_look_at_again(technician_he) == [finding]
    inspecting.reinspect(finding, result="ok", by=technician_he)
    finding.refresh_from_db()
    assert finding.mended_by == technician_he


def test_whoever_looks_again_may_do_nothing_else(
    handover_in: Way, technician_he: User, agent_li: User
) -> None:
    handover = handover_in(Status.INSPECTED, defects=1)
    inspecting.appoint(handover, technician=technician_he, by=agent_li)
    assert actions_of(handover, technician_he) == {"reinspect"}


@pytest.mark.parametrize("name", ["agent_li", "technician_binjiang", "resident_wang"])
def test_only_a_technician_of_the_community_can_be_chosen_to_look_again(
    name: str, handover_in: Way, agent_li: User, request: pytest.FixtureRequest
) -> None:
    handover = handover_in(Status.INSPECTED, defects=1)
    chosen: User = request.getfixturevalue(name)
    assert refused(lambda: inspecting.appoint(handover, technician=chosen, by=agent_li)) == "invalid"


# Signing --------------------------------------------------------------------------------------------------------


def test_the_sign_off_makes_the_delivery_date_and_the_owner(
    unit_3_2_1202: Unit, agent_li: User, supervisor_bo: User, technician_chen: User
) -> None:
    buyer = Person.objects.create(community=unit_3_2_1202.community, name="郑一")
    way = Way(unit_3_2_1202, buyer, agent_li, supervisor_bo, technician_chen)
    handover = way(Status.SIGNED_OFF)
    unit_3_2_1202.refresh_from_db()
    assert handover.signed_at is not None
    assert unit_3_2_1202.delivered_on == local_day(handover.signed_at)
    stay = Occupancy.objects.get(unit=unit_3_2_1202, person=buyer)
    assert (stay.role, stay.since) == ("owner", handover.signed_at)


def test_an_owner_on_record_keeps_their_stay(handover_in: Way, person_wang: Person) -> None:
    handover_in(Status.SIGNED_OFF)
    assert Occupancy.objects.filter(person=person_wang).count() == 1


def test_open_defects_stay_open_when_the_owner_accepts(handover_in: Way) -> None:
    handover = handover_in(Status.DELIVERED, defects=2)
    signed = handover.events().get(action="sign")
    assert signed.data["open_defects"] == 2


def test_a_review_that_finds_something_voids_the_signature(handover_in: Way, supervisor_bo: User) -> None:
    handover = handover_in(Status.SIGNED)
    closing.send_back(handover, reason="水表读数缺一位", by=supervisor_bo)
    assert (handover.status, handover.signature, handover.signer) == (Status.INSPECTED, None, "")


def test_the_supervisor_hears_of_a_signature(handover_in: Way, supervisor_bo: User) -> None:
    handover_in(Status.SIGNED)
    assert Message.objects.filter(event="handover.sign", recipient=supervisor_bo).exists()


def test_keys_go_out_against_a_receipt_of_the_register(
    handover_in: Way, person_wang: Person, agent_li: User
) -> None:
    handover = handover_in(Status.SIGNED_OFF)
    with pytest.raises(Invalid):
        closing.hand_out(handover, by=agent_li)
    kept = add_keys(handover.community, kind="card", unit=handover.unit, count=1, by=agent_li)
    closing.hand_out(handover, keys=kept, new={"door": 2}, by=agent_li)
    assert handover.key_receipt is not None
    assert Key.objects.held_by(person_wang).count() == 3


def test_a_defect_stands_under_the_part_of_the_warranty_that_its_line_names(handover_in: Way) -> None:
    finding = handover_in(Status.INSPECTED, defects=1).findings.get(result="defect")
    assert finding.ticket is not None
    assert finding.ticket.part is not None
    assert finding.ticket.part.code == "decoration"


def test_a_cancelled_handover_makes_room_for_another_one(
    handover_in: Way, person_wang: Person, supervisor_bo: User
) -> None:
    cancelled = handover_in(Status.CANCELLED)
    again = planning.plan(cancelled.unit, person=person_wang, by=supervisor_bo)
    assert Handover.objects.open().get() == again


# The checklist --------------------------------------------------------------------------------------------------


def test_a_supervisor_adds_a_line_and_an_agent_does_not(
    handover_in: Way, supervisor_bo: User, agent_li: User
) -> None:
    community = handover_in().community
    said: dict[str, Any] = {"part": "rooms", "room": "地下室", "text": "防潮", "trade": "waterproofing"}
    with pytest.raises(NotPermitted):
        write_item(community, by=agent_li, **said)
    assert write_item(community, by=supervisor_bo, **said).mend_days == 15
    with pytest.raises(Invalid):
        write_item(community, by=supervisor_bo, **said)
