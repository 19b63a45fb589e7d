"""The caller card, and the logged way to a full number."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from owners.models import Occupancy, Person, Unit
from repairs import actions
from servicecenter.accounts.models import User
from servicecenter.audit.models import AccessLog
from servicecenter.desk.queries.callers import person_card, unit_card
from servicecenter.lib.refusals import NotFound
from tests.conftest import Walk
from tests.desk.pages import post_fragment, text_of

SignedIn = Callable[[User], Client]
FULL = "13811112222"
SPOKEN = "138 1111 2222"


def test_a_card_has_the_homes_the_open_repairs_and_the_last_contacts(
    agent_li: User, person_wang: Person, unit_3_2_1201: Unit, ticket_in: Walk
) -> None:
    closed, still_open = ticket_in("archived"), ticket_in("dispatched")
    card = person_card(agent_li, person_wang.pk)
    assert [home.unit for home in card.homes] == [unit_3_2_1201]
    assert card.open == [still_open]
    assert card.closed_count == 1
    assert {contact.number for contact in card.contacts} == {closed.number, still_open.number}


def test_what_a_resident_did_is_told_by_their_name_and_not_by_their_number(
    agent_li: User, person_wang: Person, ticket_in: Walk
) -> None:
    actions.add_note(ticket_in("contacted"), note="家里有老人", by=ticket_in.resident)
    card = person_card(agent_li, person_wang.pk)
    assert {contact.who for contact in card.contacts} == {"王芳", "陈刚"}


def test_a_repair_that_somebody_else_reported_for_the_home_is_on_the_card(
    agent_li: User, person_wang: Person, unit_3_2_1201: Unit
) -> None:
    ticket = actions.report(
        by=agent_li,
        community=unit_3_2_1201.community,
        text="灯坏了",
        unit=unit_3_2_1201,
        reporter_name="邻居",
    )
    assert person_card(agent_li, person_wang.pk).open == [ticket]


def test_a_past_home_is_not_on_the_card(agent_li: User, person_wang: Person) -> None:
    Occupancy.objects.filter(person=person_wang).update(until=timezone.now())
    assert person_card(agent_li, person_wang.pk).homes == []


def test_a_unit_card_lists_who_lives_there(agent_li: User, person_wang: Person, unit_3_2_1201: Unit) -> None:
    card = unit_card(agent_li, unit_3_2_1201.pk)
    assert [home.person for home in card.residents] == [person_wang]


def test_cards_of_the_other_community_do_not_exist(
    agent_binjiang: User, person_wang: Person, unit_3_2_1201: Unit
) -> None:
    with pytest.raises(NotFound):
        person_card(agent_binjiang, person_wang.pk)
    with pytest.raises(NotFound):
        unit_card(agent_binjiang, unit_3_2_1201.pk)


def test_the_card_shows_needs_and_masks_the_number(
    signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    Person.objects.filter(pk=person_wang.pk).update(
        special_needs="听力不好", call_hours="18:00 以后", language="粤语"
    )
    page = text_of(signed_in(agent_li).get(f"/desk/people/{person_wang.pk}/"))
    for said in ("听力不好", "18:00 以后", "粤语", "138 **** 2222"):
        assert said in page
    assert FULL not in page
    assert SPOKEN not in page


def test_the_new_repair_button_carries_the_caller(
    signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    client = signed_in(agent_li)
    assert f"/desk/register/?person={person_wang.pk}" in text_of(
        client.get(f"/desk/people/{person_wang.pk}/")
    )
    form = text_of(client.get(f"/desk/register/?person={person_wang.pk}"))
    assert 'value="3-2-1201"' in form
    assert f'name="reporter" value="{person_wang.pk}" checked' in form
    assert FULL not in form


def test_revealing_writes_the_access_log_and_shows_the_number_in_the_dialog(
    signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    url = f"/desk/people/{person_wang.pk}/number/"
    answer = post_fragment(signed_in(agent_li), url, "dialog-body", {"reason": "appointment"})
    assert SPOKEN in text_of(answer)
    line = AccessLog.objects.get()
    assert (line.by, line.person_id, line.field) == (agent_li, person_wang.pk, "phone")


def test_without_scripts_the_number_is_shown_once_on_the_card(
    signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    client = signed_in(agent_li)
    card = f"/desk/people/{person_wang.pk}/"
    answer = client.post(f"{card}number/", {"reason": "other", "other": "业主来电核对"})
    assert answer.headers["Location"] == card
    assert SPOKEN in text_of(client.get(card))
    assert SPOKEN not in text_of(client.get(card))
    assert AccessLog.objects.get().reason == "业主来电核对"


@pytest.mark.parametrize(
    "data", [{}, {"reason": "other"}, {"reason": "other", "other": " \u200b"}, {"reason": "curious"}]
)
def test_no_number_without_a_reason(
    data: dict[str, str], signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    answer = signed_in(agent_li).post(f"/desk/people/{person_wang.pk}/number/", data)
    assert answer.status_code == 422
    assert SPOKEN not in text_of(answer)
    assert not AccessLog.objects.exists()


def test_after_sixty_numbers_in_an_hour_no_further_one_is_shown(
    signed_in: SignedIn, agent_li: User, person_wang: Person
) -> None:
    client = signed_in(agent_li)
    url = f"/desk/people/{person_wang.pk}/number/"
    for _time in range(60):
        client.post(url, {"reason": "appointment"})
    answer = post_fragment(client, url, "dialog-body", {"reason": "appointment"})
    assert answer.status_code == 429
    assert SPOKEN not in text_of(answer)
    assert AccessLog.objects.count() == 60


def test_the_number_of_a_repair_is_revealed_in_the_same_way(
    signed_in: SignedIn, agent_li: User, person_wang: Person, ticket_in: Walk
) -> None:
    ticket = ticket_in("reported")
    client = signed_in(agent_li)
    page = f"/desk/tickets/{ticket.number}/"
    assert SPOKEN not in text_of(client.get(page))
    client.post(f"{page}number/", {"reason": "call_back"})
    assert SPOKEN in text_of(client.get(page))
    assert SPOKEN not in text_of(client.get(page))
    assert AccessLog.objects.get().person_id == person_wang.pk
