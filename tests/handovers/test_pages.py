"""The pages of move-in: the desk's board, the tablet, the portal, the paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from handovers.actions import arriving, planning
from handovers.models import ChecklistItem, Handover, HandoverDay, Slot
from handovers.workflow import Status
from owners.models import Key, Occupancy, Person, Unit
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.lib.clock import database_now, local_day
from tests.handovers.conftest import Way, day_of, drawn, look_round, png, tick_all

SignedIn = Callable[[User], Client]
KEY = "7d6c1b1e-0f3f-4b58-9d1b-5a6d2b4f0001"


def page(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


# The desk ---------------------------------------------------------------------------------------------------------


def test_a_supervisor_plans_a_day_and_every_owner_of_the_building_is_expected(
    signed_in: SignedIn, supervisor_bo: User, unit_3_2_1201: Unit, person_wang: Person
) -> None:
    form = {
        "building": unit_3_2_1201.building_id,
        "day": (local_day(database_now()) + timedelta(days=3)).isoformat(),
        "begins": "09:00",
        "ends": "12:00",
        "length": "60",
        "capacity": "4",
        "idempotency_key": KEY,
    }
    client = signed_in(supervisor_bo)
    for _twice in range(2):
        assert client.post("/desk/handovers/new/", form).status_code == 302
    day = HandoverDay.objects.get()
    assert day.slots.count() == 3
    assert "3-2-1201" in page(client.get(f"/desk/handovers/days/{day.pk}/"))


def test_an_agent_plans_no_day(signed_in: SignedIn, agent_li: User) -> None:
    assert signed_in(agent_li).get("/desk/handovers/new/").status_code == 403


def test_the_board_says_who_is_at_which_step(
    handover_in: Way, first_slot: Slot, signed_in: SignedIn, agent_li: User
) -> None:
    handover = handover_in()
    arriving.book(handover, slot=first_slot, by=agent_li)
    arriving.check_in(handover, by=agent_li, at=first_slot.starts_at)
    board = signed_in(agent_li).get(f"/desk/handovers/days/{first_slot.day_id}/").context["board"]
    here = {lane.status: [card.handover for card in lane.cards] for lane in board.lanes}
    assert here[Status.CHECKED_IN] == [handover]
    assert board.here == 1


def test_a_day_of_another_community_does_not_exist(
    first_slot: Slot, signed_in: SignedIn, agent_binjiang: User
) -> None:
    client = signed_in(agent_binjiang)
    for path in ("", "print/"):
        assert client.get(f"/desk/handovers/days/{first_slot.day_id}/{path}").status_code == 404


def test_a_check_in_is_one_button_and_offers_to_be_taken_back(
    handover_in: Way, signed_in: SignedIn, agent_li: User
) -> None:
    handover = handover_in()
    url = f"/desk/handovers/{handover.number}/"
    shown = signed_in(agent_li).post(f"{url}check_in/", {"version": 0}, follow=True)
    handover.refresh_from_db()
    assert handover.ticket_no == 1
    assert f"{url}undo_check_in/" in page(shown)


def test_the_checklist_is_written_in_one_form(handover_in: Way, signed_in: SignedIn, agent_li: User) -> None:
    handover = handover_in(Status.CHECKED_IN)
    lines = handover.lines.filter(part__in=["papers", "documents"], proxy_only=False)
    form: dict[str, Any] = {f"done_{line.pk}": "on" for line in lines}
    url = f"/desk/handovers/{handover.number}/"
    assert signed_in(agent_li).post(f"{url}papers/", form).status_code == 302
    assert not lines.filter(done_at=None).exists()
    signed = {"signature": drawn(), "version": handover.version}
    assert signed_in(agent_li).post(f"{url}finish_papers/", signed).status_code == 302
    handover.refresh_from_db()
    assert handover.status == Status.PAPERS_DONE


def test_a_fee_without_its_receipt_is_shown_again_with_what_was_typed(
    handover_in: Way, signed_in: SignedIn, agent_li: User
) -> None:
    handover = handover_in(Status.PAPERS_DONE)
    fee = handover.lines.filter(part="fees")[0]
    form = {f"amount_{fee.pk}": "8600"}
    answer = signed_in(agent_li).post(f"/desk/handovers/{handover.number}/fees/", form)
    assert answer.status_code == 422
    assert 'value="8600"' in page(answer)


def test_papers_without_a_signature_are_not_finished(
    handover_in: Way, signed_in: SignedIn, agent_li: User
) -> None:
    handover = handover_in(Status.CHECKED_IN)
    tick_all(handover, "papers", "documents", by=agent_li)
    answer = signed_in(agent_li).post(f"/desk/handovers/{handover.number}/finish_papers/", {})
    assert answer.status_code == 422


def test_the_keys_are_handed_out_on_the_page(
    handover_in: Way, signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    handover = handover_in(Status.SIGNED_OFF)
    url = f"/desk/handovers/{handover.number}/hand_out/"
    assert signed_in(agent_li).post(url, {"new_door": "2"}).status_code == 302
    assert Key.objects.filter(holding__receipt__person=person_wang).count() == 2


def test_the_protocol_tells_signature_defects_and_receipts(
    handover_in: Way, signed_in: SignedIn, agent_li: User
) -> None:
    handover = handover_in(Status.DELIVERED, defects=1)
    paper = page(signed_in(agent_li).get(f"/desk/handovers/{handover.number}/print/"))
    fee = handover.lines.filter(part="fees")[0]
    assert handover.key_receipt is not None
    for word in ("门框有划痕", fee.receipt_no, handover.key_receipt.number, "13811112222"):
        assert (word in paper) is (word != "13811112222")


def test_a_unit_is_planned_for_somebody_who_lives_nowhere_yet(
    signed_in: SignedIn, agent_li: User, unit_3_2_1202: Unit
) -> None:
    form = {"phone": "13911110000", "name": "郑一"}
    client = signed_in(agent_li)
    assert client.post(f"/desk/units/{unit_3_2_1202.pk}/handover/", form).status_code == 302
    handover = Handover.objects.get(unit=unit_3_2_1202)
    assert handover.person.name == "郑一"
    assert not Occupancy.objects.filter(person=handover.person).exists()


# The tablet -------------------------------------------------------------------------------------------------------


def test_a_technician_sees_units_that_wait_and_takes_one(
    handover_in: Way, signed_in: SignedIn, technician_chen: User, technician_he: User
) -> None:
    handover = handover_in(Status.FEES_DONE)
    url = f"/field/handovers/{handover.number}/"
    assert handover.unit.code in page(signed_in(technician_chen).get("/field/handovers/"))
    assert signed_in(technician_chen).post(f"{url}start_inspection/").status_code == 302
    assert signed_in(technician_chen).get(url).status_code == 200
    assert signed_in(technician_he).get(url).status_code == 404


def test_a_room_sent_twice_is_written_down_once(
    handover_in: Way, signed_in: SignedIn, technician_chen: User
) -> None:
    handover = handover_in(Status.INSPECTING)
    items = list(handover.findings.filter(room="入户门"))
    form: dict[str, Any] = {f"result_{item.pk}": "ok" for item in items} | {"idempotency_key": KEY}
    form |= {f"result_{items[0].pk}": "defect", f"words_{items[0].pk}": "门框有划痕"}
    client = signed_in(technician_chen)
    for _twice in range(2):
        photo = SimpleUploadedFile("a.png", png(), "image/png")
        sent = form | {f"photos_{items[0].pk}": photo}
        answer = client.post(f"/field/handovers/{handover.number}/rooms/1/", sent)
        assert answer.status_code == 302
    assert Photo.objects.filter(work="finding", case_id=items[0].pk).count() == 1
    assert handover.events().filter(action="look").count() == 1


def test_a_defect_without_words_comes_back_with_the_field_marked(
    handover_in: Way, signed_in: SignedIn, technician_chen: User
) -> None:
    handover = handover_in(Status.INSPECTING)
    item = handover.findings.filter(room="入户门")[0]
    answer = signed_in(technician_chen).post(
        f"/field/handovers/{handover.number}/rooms/1/", {f"result_{item.pk}": "defect"}
    )
    assert answer.status_code == 422
    assert f"words_{item.pk}" in answer.context["form"].errors


def test_the_owner_signs_on_the_tablet(handover_in: Way, signed_in: SignedIn, technician_chen: User) -> None:
    handover = handover_in(Status.INSPECTED, defects=1)
    form = {"signer": "王芳", "signature": drawn()}
    answer = signed_in(technician_chen).post(f"/field/handovers/{handover.number}/sign/", form)
    assert answer.status_code == 302
    handover.refresh_from_db()
    assert handover.signature is not None


def test_an_inspection_with_gaps_says_what_is_missing(
    handover_in: Way, signed_in: SignedIn, technician_chen: User
) -> None:
    handover = handover_in(Status.INSPECTING)
    look_round(handover, 0, by=technician_chen)
    url = f"/field/handovers/{handover.number}/"
    shown = signed_in(technician_chen).post(f"{url}finish_inspection/", follow=True)
    assert "水表" in page(shown)


def test_a_guard_has_no_inspections(signed_in: SignedIn, guard_hu: User) -> None:
    assert signed_in(guard_hu).get("/field/handovers/").status_code == 403


# The portal -------------------------------------------------------------------------------------------------------


def test_the_owner_books_in_the_portal_and_gives_the_place_back(
    handover_in: Way, first_slot: Slot, signed_in: SignedIn, resident_wang: User
) -> None:
    handover = handover_in()
    client = signed_in(resident_wang)
    url = f"/portal/handovers/{handover.number}/"
    assert handover.number in page(client.get("/portal/"))
    assert client.post(url, {"slot": first_slot.pk}).status_code == 302
    handover.refresh_from_db()
    assert handover.slot == first_slot
    client.post(f"{url}unbook/", {"version": handover.version})
    handover.refresh_from_db()
    assert handover.slot is None


def test_a_buyer_without_a_home_finds_the_handover_and_nothing_else(
    unit_3_2_1202: Unit, signed_in: SignedIn, agent_li: User, supervisor_bo: User, person_wang: Person
) -> None:
    Occupancy.objects.filter(person=person_wang).delete()
    handover = planning.plan(unit_3_2_1202, person=person_wang, by=agent_li)
    slot = day_of(unit_3_2_1202, supervisor_bo).slots.all()[0]
    assert person_wang.user is not None
    client = signed_in(person_wang.user)
    assert handover.number in page(client.get("/portal/"))
    assert client.post(f"/portal/handovers/{handover.number}/", {"slot": slot.pk}).status_code == 302
    assert "data-no-home" in page(client.get("/portal/tickets/"))


@pytest.mark.parametrize("stranger", ["tenant_zhao", "stranger_sun"])
def test_the_handover_of_somebody_else_does_not_exist(
    stranger: str,
    handover_in: Way,
    first_slot: Slot,
    signed_in: SignedIn,
    request: pytest.FixtureRequest,
) -> None:
    handover = handover_in()
    client = signed_in(request.getfixturevalue(stranger))
    url = f"/portal/handovers/{handover.number}/"
    assert client.get(url).status_code == 404
    assert client.post(url, {"slot": first_slot.pk}).status_code == 404
    assert client.post(f"{url}unbook/").status_code == 404


def test_whoever_lost_the_unit_sees_its_handover_no_more(
    handover_in: Way, signed_in: SignedIn, resident_wang: User, person_wang: Person
) -> None:
    handover = handover_in(Status.DELIVERED)
    url = f"/portal/handovers/{handover.number}/"
    assert signed_in(resident_wang).get(url).status_code == 200
    Occupancy.objects.filter(person=person_wang).update(until=database_now())
    assert signed_in(resident_wang).get(url).status_code == 404


def test_the_copy_of_one_s_data_holds_the_handover(
    handover_in: Way, signed_in: SignedIn, resident_wang: User
) -> None:
    handover = handover_in(Status.SIGNED)
    copy = signed_in(resident_wang).post("/portal/me/data/", {"format": "json"})
    assert handover.number in page(copy)


# The checklist ----------------------------------------------------------------------------------------------------


def test_a_line_is_added_changed_taken_off_and_put_back(signed_in: SignedIn, supervisor_bo: User) -> None:
    client = signed_in(supervisor_bo)
    assert client.get("/manage/handovers/").status_code == 200
    form = {"part": "rooms", "room": "地下室", "text": "防潮", "trade": "waterproofing", "mend_days": "20"}
    assert client.post("/manage/handovers/new/", form).status_code == 302
    item = ChecklistItem.objects.get(room="地下室")
    client.post(f"/manage/handovers/{item.pk}/", form | {"mend_days": "30"})
    for active in (False, True):
        client.post(f"/manage/handovers/{item.pk}/use/")
        item.refresh_from_db()
        assert (item.is_active, item.mend_days) == (active, 30)


def test_an_agent_edits_no_checklist(signed_in: SignedIn, agent_li: User) -> None:
    assert signed_in(agent_li).get("/manage/handovers/").status_code == 403
