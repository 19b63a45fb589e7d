"""The search box finds people, units and repairs however they are spelled, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from owners.models import Person, Unit, Vehicle
from owners.queries.patterns import unit_patterns
from repairs.models import Ticket
from servicecenter.accounts.models import Community, User
from servicecenter.audit import vault
from servicecenter.desk.queries.search import GROUP_SIZE, search
from tests.conftest import Walk, make_resident, make_unit
from tests.desk.pages import post_fragment, text_of

SignedIn = Callable[[User], Client]
URL = "/desk/search/"


@pytest.mark.parametrize(
    "spelling",
    [
        "3-2-1201",
        "3栋2单元1201",
        "3号楼2单元1201室",
        "３－２－１２０１",
        "3#1201",
        "3 2 1201",
        "2单元1201",
        "1201",
        "第三栋二单元1201",
    ],
)
def test_a_unit_is_found_in_any_spelling(
    spelling: str, agent_li: User, unit_3_2_1201: Unit, tenant_zhao: User
) -> None:
    assert search(agent_li, spelling).units == [unit_3_2_1201]


def test_a_building_alone_gives_its_units(
    agent_li: User, unit_3_2_1201: Unit, unit_3_2_1202: Unit, yangguang: Community
) -> None:
    make_unit(yangguang, "13-2-1201")
    assert search(agent_li, "3栋").units == [unit_3_2_1201, unit_3_2_1202]


def test_wildcards_that_are_typed_mean_themselves(
    agent_li: User, unit_3_2_1201: Unit, person_wang: Person
) -> None:
    assert search(agent_li, "%").total == 0
    assert search(agent_li, "王_").people == []


@pytest.mark.parametrize("typed", ["13811112222", "138 1111 2222", "+86 138-1111-2222", "2222", "1381111"])
def test_a_person_is_found_by_phone_or_its_last_four_digits(
    typed: str, agent_li: User, person_wang: Person
) -> None:
    assert search(agent_li, typed).people == [person_wang]


@pytest.mark.parametrize("typed", ["王", "王芳"])
def test_a_person_is_found_by_part_of_the_name(typed: str, agent_li: User, person_wang: Person) -> None:
    assert search(agent_li, typed).people == [person_wang]


def test_a_person_is_found_by_the_spare_number(agent_li: User, person_wang: Person) -> None:
    person_wang.spare_phone_index = vault.blind_index("spare_phone", "13900000009")
    person_wang.save()
    assert search(agent_li, "139 0000 0009").people == [person_wang]


@pytest.mark.parametrize("typed", ["闽D12345", "闽d·12345", "閩D 12345"])
def test_a_vehicle_leads_to_its_owner(typed: str, agent_li: User, person_wang: Person) -> None:
    Vehicle.objects.create(
        community=person_wang.community,
        person=person_wang,
        plate_sealed="-",
        plate_index=vault.blind_index("plate", "闽D12345"),
        plate_mask="闽D·**345",
    )
    assert search(agent_li, typed).people == [person_wang]


def test_a_repair_is_found_by_its_number_text_name_and_place(agent_li: User, ticket_in: Walk) -> None:
    ticket = ticket_in("reported", text="卫生间地漏返臭")
    for typed in (
        ticket.number,
        ticket.number.lower(),
        ticket.number[-4:],
        "地漏返臭",
        "地漏",
        "王芳",
        "3栋1201",
    ):
        assert search(agent_li, typed).tickets == [ticket], typed


def test_groups_hold_eight_at_most(agent_li: User, yangguang: Community) -> None:
    for floor in range(1, 12):
        make_resident("陈明", f"1390000{floor:04d}", make_unit(yangguang, f"9-1-{floor}01"))
    found = search(agent_li, "陈明")
    assert len(found.people) == GROUP_SIZE
    assert len(search(agent_li, "9栋").units) == GROUP_SIZE


def test_the_number_of_queries_does_not_grow_with_what_is_found(
    agent_li: User, yangguang: Community, ticket_in: Walk
) -> None:
    ticket_in("reported", text="灯坏了")
    assert agent_li.community_ids
    with CaptureQueriesContext(connection) as few:
        search(agent_li, "王")
    for floor in range(1, 12):
        make_resident("王明", f"1390000{floor:04d}", make_unit(yangguang, f"9-1-{floor}01"))
        ticket_in("reported", text="灯又坏了")
    with CaptureQueriesContext(connection) as many:
        search(agent_li, "王")
    assert len(many) == len(few) <= 6


@pytest.mark.parametrize("typed", ["13811114444", "4444", "孙丽", "1-1-101"])
def test_the_other_community_is_not_found(typed: str, agent_li: User, stranger_sun: User) -> None:
    assert search(agent_li, typed).total == 0


def test_repairs_of_the_other_community_are_not_found(agent_binjiang: User, ticket_in: Walk) -> None:
    ticket = ticket_in("reported")
    assert search(agent_binjiang, ticket.number).total == 0
    assert search(agent_binjiang, "水龙头").total == 0


def test_an_exact_number_opens_the_repair(signed_in: SignedIn, agent_li: User, ticket_in: Walk) -> None:
    ticket = ticket_in("reported")
    answer = signed_in(agent_li).post(URL, {"q": f" {ticket.number.lower()} "})
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.number}/"


def test_a_whole_phone_number_opens_the_card_although_repairs_have_it_too(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk, person_wang: Person
) -> None:
    ticket_in("reported")
    answer = signed_in(agent_li).post(URL, {"q": "13811112222"})
    assert answer.headers["Location"] == f"/desk/people/{person_wang.pk}/"


def test_several_results_become_a_page_whose_address_does_not_tell_what_was_typed(
    signed_in: SignedIn, agent_li: User, resident_wang: User, tenant_zhao: User
) -> None:
    client = signed_in(agent_li)
    answer = client.post(URL, {"q": "138"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == URL
    answer = client.post(URL, {"q": "3-2-12"}, follow=True)
    assert "3-2-1201" in text_of(answer)
    assert "3-2-1202" in text_of(answer)


def test_results_mask_phone_numbers(signed_in: SignedIn, agent_li: User, person_wang: Person) -> None:
    answer = post_fragment(signed_in(agent_li), URL, "search-results", {"q": "王芳"})
    assert "13811112222" not in text_of(answer)
    assert "138 **** 2222" in text_of(answer)


def test_what_is_typed_so_far_is_answered_with_a_fragment(
    signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    client = signed_in(agent_li)
    fragment = text_of(post_fragment(client, URL, "search-results", {"q": "王"}))
    assert "<html" not in fragment
    assert f"/desk/people/{person_wang.pk}/" in fragment


@pytest.mark.parametrize(
    "bad", ["\x00", "a\ud800b".encode("utf-8", "surrogatepass").decode("utf-8", "replace") * 60, "‮abc"]
)
def test_text_that_cannot_be_is_refused_in_a_sentence(signed_in: SignedIn, agent_li: User, bad: str) -> None:
    answer = post_fragment(signed_in(agent_li), URL, "search-results", {"q": bad})
    assert answer.status_code == 422
    assert 'class="search-note"' in text_of(answer)


@pytest.mark.parametrize("nothing", ["", " ", "\u3000", "\u200b"])
def test_nothing_finds_nothing(
    nothing: str, signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    answer = post_fragment(signed_in(agent_li), URL, "search-results", {"q": nothing})
    assert answer.status_code == 200
    assert "data-hit" not in text_of(answer)


@pytest.mark.parametrize(
    ("typed", "patterns"),
    [
        ("3-2-1201", ["3-2-1201%"]),
        ("3栋1201", ["3-1201%", "3-%-1201%"]),
        ("3栋", ["3-%"]),
        ("3栋2单元", ["3-2-%"]),
        ("1201", ["%-1201%"]),
        ("水龙头漏水", []),
        ("", []),
    ],
)
def test_spellings_become_patterns_of_unit_codes(typed: str, patterns: list[str]) -> None:
    assert list(unit_patterns(typed)) == patterns


def test_markup_in_a_repair_is_shown_as_text(signed_in: SignedIn, agent_li: User, ticket_in: Walk) -> None:
    ticket_in("reported", text="<script>alert(1)</script> {{ 7|add:1 }} 漏水")
    answer: Any = post_fragment(signed_in(agent_li), URL, "search-results", {"q": "alert"})
    assert "<script>alert" not in text_of(answer)
    assert "{{ 7|add:1" in text_of(answer)
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("typed", ["1381", "13811", "138111", "12222", "112222", "1112222"])
def test_no_hidden_digit_of_a_number_is_found_out_by_trying(
    typed: str, signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    """With four digits at the end, or seven at the beginning, all hidden ones must be known at once."""
    ticket = ticket_in("reported")
    text = text_of(signed_in(agent_li).get(URL, {"q": typed}))
    assert "王芳" not in text
    assert ticket.number not in text
