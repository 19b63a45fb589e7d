"""A repair told by phone: defaults, places in any spelling, callers who are not in the roll, once per key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from owners.models import Person, Unit, WarrantyPart
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now, local_day
from tests.conftest import Walk
from tests.desk.pages import post_fragment, text_of

SignedIn = Callable[[User], Client]
URL = "/desk/register/"


@pytest.fixture
def told(yangguang: Community) -> Callable[..., dict[str, Any]]:
    """What a browser sends when only the place and the text are filled in."""

    def make(**fields: Any) -> dict[str, Any]:
        sent = {
            "community": yangguang.pk,
            "unit": "3栋2单元1201",
            "text": "厨房水龙头滴水",
            "channel": "hotline",
            "urgency": "",
            "trade": "",
            "idempotency_key": str(uuid4()),
        }
        return sent | fields

    return make


Told = Callable[..., dict[str, Any]]


def test_place_and_text_are_enough(
    signed_in: SignedIn, agent_li: User, person_wang: Person, unit_3_2_1201: Unit, told: Told
) -> None:
    answer = signed_in(agent_li).post(URL, told())
    ticket = Ticket.objects.get()
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.number}/"
    assert (ticket.status, ticket.agent, ticket.registered_by) == (Status.ACCEPTED, agent_li, agent_li)
    assert (ticket.unit, ticket.reporter, ticket.contact_phone) == (
        unit_3_2_1201,
        person_wang,
        person_wang.phone,
    )
    assert ticket.channel == "hotline"
    assert ticket.trade == ticket.proposed_trade == "plumbing"


def test_registered_accepted_and_dispatched_with_one_request(
    signed_in: SignedIn, agent_li: User, person_wang: Person, technician_chen: User, told: Told
) -> None:
    signed_in(agent_li).post(URL, told(technician=technician_chen.pk))
    ticket = Ticket.objects.get()
    assert (ticket.status, ticket.assignee) == (Status.DISPATCHED, technician_chen)
    assert list(ticket.events().exclude(action__startswith="clock.").values_list("action", flat=True)) == [
        "report",
        "accept",
        "dispatch",
    ]


def test_a_technician_of_the_other_community_registers_nothing(
    signed_in: SignedIn, agent_li: User, person_wang: Person, technician_binjiang: User, told: Told
) -> None:
    answer = signed_in(agent_li).post(URL, told(technician=technician_binjiang.pk))
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_the_same_form_sent_twice_makes_one_repair(
    signed_in: SignedIn, agent_li: User, person_wang: Person, told: Told
) -> None:
    client, sent = signed_in(agent_li), told()
    first, second = client.post(URL, sent), client.post(URL, sent)
    assert first.headers["Location"] == second.headers["Location"]
    assert Ticket.objects.count() == 1


def test_a_used_key_with_another_text_is_refused_and_keeps_what_was_typed(
    signed_in: SignedIn, agent_li: User, person_wang: Person, told: Told
) -> None:
    client, sent = signed_in(agent_li), told()
    client.post(URL, sent)
    answer = client.post(URL, sent | {"text": "客厅没有电"})
    assert answer.status_code == 422
    assert "客厅没有电" in text_of(answer)
    assert Ticket.objects.count() == 1


def test_a_person_overrules_the_proposal_and_both_are_kept(
    signed_in: SignedIn, agent_li: User, person_wang: Person, told: Told
) -> None:
    signed_in(agent_li).post(URL, told(trade="electrical", urgency="emergency"))
    ticket = Ticket.objects.get()
    assert (ticket.trade, ticket.proposed_trade) == ("electrical", "plumbing")
    assert (ticket.urgency, ticket.proposed_urgency) == ("emergency", "normal")


def test_the_part_with_a_warranty_is_chosen_where_the_trade_leaves_it_open(
    signed_in: SignedIn, agent_li: User, person_wang: Person, unit_3_2_1201: Unit, told: Told
) -> None:
    Unit.objects.filter(pk=unit_3_2_1201.pk).update(delivered_on=local_day(database_now()))
    roof, client = WarrantyPart.objects.get(code="roof_waterproofing"), signed_in(agent_li)
    form = told(text="天花板渗水", trade="waterproofing", part=roof.pk)
    said = text_of(client.post("/desk/register/propose/", form))
    assert "屋面防水" in said
    assert "厨卫防水" not in said
    client.post(URL, form)
    assert Ticket.objects.get().part == roof


def test_a_public_area_has_no_part_with_a_warranty(
    signed_in: SignedIn, agent_li: User, person_wang: Person, told: Told
) -> None:
    part = WarrantyPart.objects.get(code="roof_waterproofing")
    caller = {"reporter_name": "王女士", "contact_phone": "13900000000"}
    form = told(unit="", public_area="北门", part=part.pk, **caller)
    answer = signed_in(agent_li).post(URL, form)
    assert answer.status_code == 422
    assert "part" in answer.context["form"].errors
    assert not Ticket.objects.exists()


def test_a_caller_who_is_not_in_the_roll(
    signed_in: SignedIn, agent_li: User, person_wang: Person, unit_3_2_1201: Unit, told: Told
) -> None:
    sent = told(reporter="", reporter_name="王芳的妹妹", contact_phone="139-0000-0001")
    signed_in(agent_li).post(URL, sent)
    ticket = Ticket.objects.get()
    assert ticket.reporter is None
    assert (ticket.reporter_name, ticket.contact_phone) == ("王芳的妹妹", "13900000001")
    assert ticket.unit == unit_3_2_1201


def test_somebody_else_is_never_taken_for_the_primary_contact(
    signed_in: SignedIn, agent_li: User, person_wang: Person, told: Told
) -> None:
    answer = signed_in(agent_li).post(URL, told(reporter=""))
    assert answer.status_code == 422
    page = text_of(answer)
    assert 'id="id_reporter_name_error"' in page
    assert 'name="reporter" value="" data-another checked' in page
    assert not Ticket.objects.exists()


def test_a_known_number_names_the_reporter(
    signed_in: SignedIn, agent_li: User, person_wang: Person, unit_3_2_1202: Unit, told: Told
) -> None:
    signed_in(agent_li).post(URL, told(unit="3-2-1202", contact_phone="138 1111 2222"))
    ticket = Ticket.objects.get()
    assert ticket.reporter == person_wang
    assert ticket.unit == unit_3_2_1202


def test_an_empty_unit_asks_who_called(
    signed_in: SignedIn, agent_li: User, unit_3_2_1201: Unit, told: Told
) -> None:
    answer = signed_in(agent_li).post(URL, told())
    assert answer.status_code == 422
    assert 'id="id_reporter_name_error"' in text_of(answer)
    assert 'id="id_contact_phone_error"' in text_of(answer)
    assert not Ticket.objects.exists()


def test_a_public_area_with_its_building(
    signed_in: SignedIn, agent_li: User, person_wang: Person, unit_3_2_1201: Unit, told: Told
) -> None:
    sent = told(unit="", public_area="2单元电梯", building=unit_3_2_1201.building.pk, reporter=person_wang.pk)
    signed_in(agent_li).post(URL, sent)
    ticket = Ticket.objects.get()
    assert (ticket.place, ticket.building, ticket.public_area) == (
        "public",
        unit_3_2_1201.building,
        "2单元电梯",
    )


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("unit", {"unit": ""}),
        ("unit", {"unit": "99-9-9901"}),
        ("unit", {"unit": "3-2-12"}),
        ("text", {"text": " \u200b\u3000"}),
        ("text", {"text": "漏水\x00"}),
        ("contact_phone", {"contact_phone": "1381111222"}),
        ("trade", {"trade": "magic"}),
        ("channel", {"channel": "api"}),
    ],
)
def test_what_makes_no_sense_is_marked_where_it_was_typed(
    field: str,
    fields: dict[str, str],
    signed_in: SignedIn,
    agent_li: User,
    resident_wang: User,
    tenant_zhao: User,
    told: Told,
) -> None:
    answer = signed_in(agent_li).post(URL, told(**fields))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in text_of(answer)
    assert not Ticket.objects.exists()


def test_a_spelling_that_fits_several_units_says_which(
    signed_in: SignedIn, agent_li: User, resident_wang: User, tenant_zhao: User, told: Told
) -> None:
    answer = signed_in(agent_li).post(URL, told(unit="3-2-12"))
    assert "3-2-1201, 3-2-1202" in text_of(answer)


def test_units_and_people_of_the_other_community_cannot_be_chosen(
    signed_in: SignedIn, agent_li: User, person_wang: Person, stranger_sun: User, told: Told
) -> None:
    client = signed_in(agent_li)
    assert client.post(URL, told(unit="1-1-101")).status_code == 422
    sun = Person.objects.get(name="孙丽")
    assert client.post(URL, told(reporter=sun.pk)).status_code == 422
    assert client.post(URL, told(community=sun.community_id)).status_code == 422
    assert client.get(f"{URL}?person={sun.pk}").status_code == 404
    assert not Ticket.objects.exists()


def test_the_picker_answers_in_any_spelling_without_numbers_of_people(
    signed_in: SignedIn, agent_li: User, person_wang: Person, stranger_sun: User
) -> None:
    client = signed_in(agent_li)
    options = text_of(client.get("/desk/units/", {"unit": "3栋2单元12"}))
    assert '<option value="3-2-1201">' in options
    assert person_wang.phone not in options
    assert text_of(client.get("/desk/units/", {"unit": "1-1-101"})) == ""


def test_typing_shows_the_proposal_duplicates_and_repeats_and_stores_nothing(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, told: Told
) -> None:
    still_open, mended = ticket_in("dispatched"), ticket_in("archived")
    answer = text_of(
        post_fragment(signed_in(agent_li), f"{URL}propose/", "suggestion", told(text="水龙头又滴水了"))
    )
    assert 'data-urgency="normal"' in answer
    assert still_open.number in answer
    assert mended.number in answer
    assert Ticket.objects.count() == 2


def test_typing_something_dangerous_proposes_an_emergency(
    signed_in: SignedIn, agent_li: User, person_wang: Person, told: Told
) -> None:
    answer = post_fragment(
        signed_in(agent_li), f"{URL}propose/", "suggestion", told(text="家里一股煤气味，头晕")
    )
    assert 'data-urgency="emergency"' in text_of(answer)


def test_the_suggestion_applied_equals_a_fresh_page(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, told: Told
) -> None:
    ticket_in("dispatched")
    client, sent = signed_in(agent_li), told(contact_phone="123")
    fresh = text_of(client.post(URL, sent))
    assert text_of(post_fragment(client, f"{URL}propose/", "suggestion", sent)) in fresh
    assert text_of(post_fragment(client, f"{URL}place/", "place", sent)) in fresh


def test_who_lives_there_can_be_chosen_with_masked_numbers(
    signed_in: SignedIn, agent_li: User, person_wang: Person, told: Told
) -> None:
    answer = text_of(post_fragment(signed_in(agent_li), f"{URL}place/", "place", told()))
    assert f'name="reporter" value="{person_wang.pk}" checked' in answer
    assert "138 **** 2222" in answer
    assert person_wang.phone not in answer
