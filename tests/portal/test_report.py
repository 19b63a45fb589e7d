"""Reporting a repair from a phone."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from owners.models import Unit
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from tests.conftest import make_resident

SignedIn = Callable[[User], Client]
TicketIn = Callable[..., Ticket]


def picture(colour: str = "red", name: str = "leak.jpg") -> SimpleUploadedFile:
    """A small real photo."""
    data = BytesIO()
    Image.new("RGB", (64, 48), colour).save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), "image/jpeg")


@pytest.fixture
def typed(unit_3_2_1201: Unit) -> dict[str, Any]:
    """What resident_wang fills in."""
    return {"text": "厨房水龙头滴水", "unit": unit_3_2_1201.pk, "idempotency_key": str(uuid4())}


@pytest.fixture
def wang(signed_in: SignedIn, resident_wang: User) -> Client:
    return signed_in(resident_wang)


def test_a_report_gets_a_number_a_promise_and_the_hotline(wang: Client, typed: dict[str, Any]) -> None:
    answer = wang.post("/portal/report/", typed, follow=True)
    ticket = Ticket.objects.get()
    text = answer.content.decode()
    assert answer.redirect_chain == [(f"/portal/report/done/{ticket.number}/", 302)]
    assert f'data-number="{ticket.number}"' in text
    assert 'data-draft-clear="report-YG"' in text
    assert "0592-5550100" in text


def test_the_report_is_made_in_the_residents_name(
    wang: Client, typed: dict[str, Any], resident_wang: User
) -> None:
    wang.post("/portal/report/", typed)
    ticket = Ticket.objects.get()
    assert (ticket.reporter_name, ticket.contact_phone) == ("王芳", "13811112222")
    assert (ticket.channel, ticket.address, ticket.registered_by) == ("portal", "3-2-1201", resident_wang)


def test_a_double_tap_makes_one_ticket(wang: Client, typed: dict[str, Any]) -> None:
    answers = [wang.post("/portal/report/", typed) for _tap in range(3)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Ticket.objects.count() == 1


def test_another_text_under_a_used_key_is_asked_about_and_then_sent(
    wang: Client, typed: dict[str, Any]
) -> None:
    wang.post("/portal/report/", typed)
    answer = wang.post("/portal/report/", typed | {"text": "卧室灯不亮"})
    assert answer.status_code == 422
    assert "卧室灯不亮" in answer.content.decode()
    renewed = answer.context["form"]["idempotency_key"].value()
    assert renewed != typed["idempotency_key"]
    assert (
        wang.post("/portal/report/", typed | {"text": "卧室灯不亮", "idempotency_key": renewed}).status_code
        == 302
    )
    assert Ticket.objects.count() == 2


def test_photos_come_with_the_report(wang: Client, typed: dict[str, Any]) -> None:
    wang.post("/portal/report/", typed | {"photos": [picture("red"), picture("blue")]})
    assert Photo.objects.filter(case_id=Ticket.objects.get().pk, kind="report").count() == 2


def test_a_photo_alone_is_enough(wang: Client, typed: dict[str, Any]) -> None:
    wang.post("/portal/report/", typed | {"text": "", "photos": [picture()]})
    assert Ticket.objects.get().text


def test_a_file_that_is_no_photo_stores_nothing_and_is_named(wang: Client, typed: dict[str, Any]) -> None:
    bad = SimpleUploadedFile("evil.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    answer = wang.post("/portal/report/", typed | {"photos": [picture(), bad]})
    assert answer.status_code == 422
    assert "evil.jpg" in answer.content.decode()
    assert not Ticket.objects.exists()
    assert not Photo.objects.exists()


def test_ten_photos_are_one_too_many(wang: Client, typed: dict[str, Any]) -> None:
    answer = wang.post("/portal/report/", typed | {"photos": [picture(name=f"{n}.jpg") for n in range(10)]})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u3000"])
def test_a_report_that_says_and_shows_nothing_is_refused(
    text: str, wang: Client, typed: dict[str, Any]
) -> None:
    assert wang.post("/portal/report/", typed | {"text": text}).status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("text", ["a\x00b", "\u202egnp.exe", "字" * 2001, "字" * 100_000])
def test_text_that_may_not_be_stored_is_refused_and_kept_in_the_form(
    text: str, wang: Client, typed: dict[str, Any]
) -> None:
    answer = wang.post("/portal/report/", typed | {"text": text})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7*7 }}", "龘靐齉爩", "漏水👨‍👩‍👧💧"])
def test_text_is_kept_exactly_and_never_runs(text: str, wang: Client, typed: dict[str, Any]) -> None:
    wang.post("/portal/report/", typed | {"text": text})
    ticket = Ticket.objects.get()
    assert ticket.text == text
    page = wang.get(f"/portal/tickets/{ticket.number}/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize("unit", ["-1", str(2**63), "1e3", "abc", "\x00"])
def test_a_unit_that_does_not_exist_is_refused(unit: str, wang: Client, typed: dict[str, Any]) -> None:
    assert wang.post("/portal/report/", typed | {"unit": unit}).status_code == 422


def test_the_neighbours_unit_is_refused(wang: Client, typed: dict[str, Any], unit_3_2_1202: Unit) -> None:
    assert wang.post("/portal/report/", typed | {"unit": unit_3_2_1202.pk}).status_code == 422
    assert not Ticket.objects.exists()


def test_a_public_area_can_be_reported(wang: Client, typed: dict[str, Any], unit_3_2_1201: Unit) -> None:
    building = unit_3_2_1201.building_id
    wang.post("/portal/report/", typed | {"unit": "", "public_area": "2单元电梯", "building": building})
    ticket = Ticket.objects.get()
    assert (ticket.place, ticket.unit, ticket.address) == ("public", None, "3栋 2单元电梯")


def test_a_public_area_needs_a_name(wang: Client, typed: dict[str, Any]) -> None:
    answer = wang.post("/portal/report/", typed | {"unit": "", "public_area": ""})
    assert answer.status_code == 422
    assert (
        answer.context["form"].errors.keys() == {"public_area", "unit"}
        or "public_area" in answer.context["form"].errors
    )


def test_a_building_of_another_community_is_refused(
    wang: Client, typed: dict[str, Any], unit_binjiang: Unit
) -> None:
    fields = {"unit": "", "public_area": "大堂", "building": unit_binjiang.building_id}
    assert wang.post("/portal/report/", typed | fields).status_code == 422


def test_the_chosen_home_wins_over_a_forgotten_public_area(wang: Client, typed: dict[str, Any]) -> None:
    wang.post("/portal/report/", typed | {"public_area": "大堂"})
    assert Ticket.objects.get().address == "3-2-1201"


def test_convenient_times_are_kept(wang: Client, typed: dict[str, Any]) -> None:
    form = wang.get("/portal/report/").context["form"]
    slot = form.fields["preferred_windows"].choices[-1][0]
    wang.post("/portal/report/", typed | {"preferred_windows": [slot]})
    (window,) = Ticket.objects.get().preferred_windows
    assert window["start"].startswith(slot.partition("/")[0])


@pytest.mark.parametrize(
    "slot", ["tomorrow", "2026-02-30T09:00/12:00", "0001-01-01T09:00/12:00", "9999-12-31T09:00/12:00"]
)
def test_a_time_that_was_never_offered_is_refused(slot: str, wang: Client, typed: dict[str, Any]) -> None:
    assert wang.post("/portal/report/", typed | {"preferred_windows": [slot]}).status_code == 422


def test_another_phone_is_normalised(wang: Client, typed: dict[str, Any]) -> None:
    wang.post("/portal/report/", typed | {"contact_phone": "+86 １３８ 0000 ０００９"})
    assert Ticket.objects.get().contact_phone == "13800000009"


@pytest.mark.parametrize("phone", ["1381111222", "138111122223", "hello", "\x00"])
def test_a_malformed_phone_is_refused(phone: str, wang: Client, typed: dict[str, Any]) -> None:
    assert wang.post("/portal/report/", typed | {"contact_phone": phone}).status_code == 422


def test_client_sent_facts_change_nothing(wang: Client, typed: dict[str, Any]) -> None:
    wang.post("/portal/report/", typed | {"status": "archived", "channel": "patrol", "community": "2"})
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.channel) == ("reported", "portal")


def test_a_resident_cannot_lower_what_is_dangerous(wang: Client, typed: dict[str, Any]) -> None:
    wang.post("/portal/report/", typed | {"text": "厨房有很浓的煤气味", "urgency": "normal"})
    assert Ticket.objects.get().urgency == "emergency"


def test_while_typing_the_program_says_what_it_makes_of_it(wang: Client, typed: dict[str, Any]) -> None:
    answer = wang.post("/portal/report/proposal/", typed)
    assert 'data-proposal="normal"' in answer.content.decode()
    assert not Ticket.objects.exists()


def test_while_typing_danger_brings_the_hotline_to_the_front(wang: Client, typed: dict[str, Any]) -> None:
    text = wang.post("/portal/report/proposal/", typed | {"text": "厨房有很浓的煤气味"}).content.decode()
    assert 'data-proposal="emergency"' in text
    assert "tel:0592-5550100" in text


@pytest.mark.parametrize("text", ["", " ", "水", "\x00\x00\x00", "字" * 100_000])
def test_the_proposal_takes_whatever_is_typed(text: str, wang: Client, typed: dict[str, Any]) -> None:
    assert wang.post("/portal/report/proposal/", typed | {"text": text}).status_code == 200


def test_while_typing_an_open_repair_of_the_same_kind_is_offered(
    wang: Client, typed: dict[str, Any], ticket_in: TicketIn
) -> None:
    ticket = ticket_in("accepted")
    assert ticket.number in wang.post("/portal/report/proposal/", typed).content.decode()


def test_the_success_page_of_somebody_elses_ticket_does_not_exist(
    signed_in: SignedIn, tenant_zhao: User, ticket_in: TicketIn
) -> None:
    ticket = ticket_in("reported")
    assert signed_in(tenant_zhao).get(f"/portal/report/done/{ticket.number}/").status_code == 404


@pytest.fixture
def two_homes(resident_wang: User, unit_binjiang: Unit) -> User:
    """resident_wang with a second home, in the other community."""
    return make_resident("王芳", "13811112222", unit_binjiang)


def test_the_form_says_which_community_it_is_for_not_the_session(
    two_homes: User, signed_in: SignedIn, typed: dict[str, Any], unit_binjiang: Unit
) -> None:
    browser = signed_in(two_homes)
    browser.post("/portal/homes/", {"community": "YG"})
    assert 'name="community" value="YG"' in browser.get("/portal/report/").content.decode()
    browser.post("/portal/homes/", {"community": "BJ"})
    browser.post("/portal/report/", typed | {"community": "YG"})
    area = {"unit": "", "public_area": "2单元电梯", "community": "YG", "idempotency_key": str(uuid4())}
    browser.post("/portal/report/", typed | area)
    assert [ticket.community.code for ticket in Ticket.objects.order_by("id")] == ["YG", "YG"]
    browser.post("/portal/homes/", {"community": "YG"})
    browser.post("/portal/report/", typed | {"unit": unit_binjiang.pk, "idempotency_key": str(uuid4())})
    assert Ticket.objects.latest("id").community.code == "BJ"


def test_a_report_survives_a_session_that_forgot_the_chosen_home(
    two_homes: User, signed_in: SignedIn, typed: dict[str, Any]
) -> None:
    answer = signed_in(two_homes).post("/portal/report/", typed)
    assert answer["Location"] == f"/portal/report/done/{Ticket.objects.get().number}/"


@pytest.mark.parametrize("community", ["XX", "\x00", "-1", "字" * 1000])
def test_a_community_that_is_not_ones_own_is_nobodys_choice(
    community: str, wang: Client, typed: dict[str, Any]
) -> None:
    wang.post("/portal/report/", typed | {"community": community})
    assert Ticket.objects.get().community.code == "YG"


def test_photos_that_came_with_the_second_sending_are_kept_and_it_says_so(
    wang: Client, typed: dict[str, Any]
) -> None:
    wang.post("/portal/report/", typed | {"photos": [picture("red")]})
    answer = wang.post("/portal/report/", typed | {"photos": [picture("red"), picture("blue")]}, follow=True)
    ticket = Ticket.objects.get()
    assert Photo.objects.filter(case_id=ticket.pk).count() == 2
    assert answer.content.decode().count("data-message=") >= 2
    assert ticket.events().filter(action="add_photo").count() == 2
