"""One's own messages: read, opened, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.notifications.models import Message
from servicecenter.notifications.queries import inbox, unread_count

SignedIn = Callable[[User], Client]
TicketIn = Callable[..., Ticket]


def test_a_report_is_told_to_the_agents_and_leads_to_the_case(
    ticket_in: TicketIn, signed_in: SignedIn, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    page = signed_in(agent_li).get("/messages/")
    assert page.status_code == 200
    assert ticket.number in page.content.decode()


def test_opening_a_message_marks_it_as_read_and_goes_to_the_case(
    ticket_in: TicketIn, signed_in: SignedIn, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    message = Message.objects.get(recipient=agent_li)
    answer = signed_in(agent_li).get(f"/messages/{message.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/repairs/{ticket.number}/")
    message.refresh_from_db()
    assert message.read_at is not None


def test_a_message_of_somebody_else_does_not_exist(
    ticket_in: TicketIn, signed_in: SignedIn, agent_li: User, technician_he: User
) -> None:
    ticket_in("reported")
    message = Message.objects.get(recipient=agent_li)
    assert signed_in(technician_he).get(f"/messages/{message.pk}/").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None


@pytest.mark.parametrize("pk", [0, 2**63, 10**30])
def test_an_impossible_message_number_is_not_found(pk: int, signed_in: SignedIn, agent_li: User) -> None:
    assert signed_in(agent_li).get(f"/messages/{pk}/").status_code == 404


def test_all_messages_are_marked_as_read_at_once(
    ticket_in: TicketIn, signed_in: SignedIn, agent_li: User
) -> None:
    ticket_in("reported")
    ticket_in("reported")
    answer = signed_in(agent_li).post("/messages/read/", {"next": "https://elsewhere.example/"})
    assert answer["Location"] == "/messages/"
    assert unread_count(agent_li) == 0


def test_the_list_of_messages_takes_three_queries(
    ticket_in: TicketIn, agent_li: User, django_assert_num_queries: Callable[..., object]
) -> None:
    for _number in range(3):
        ticket_in("reported")
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        assert len(inbox(agent_li).notices) == 3


def test_a_tampered_cursor_shows_the_first_page(
    ticket_in: TicketIn, signed_in: SignedIn, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    page = signed_in(agent_li).get("/messages/", {"cursor": "o\x00%%%"})
    assert ticket.number in page.content.decode()


def test_residents_read_their_messages_in_the_portal(signed_in: SignedIn, resident_wang: User) -> None:
    assert signed_in(resident_wang).get("/messages/")["Location"] == "/portal/messages/"


def test_messages_of_a_community_that_one_left_are_gone(
    ticket_in: TicketIn, signed_in: SignedIn, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    browser = signed_in(agent_li)
    assert ticket.number in browser.get("/messages/").content.decode()
    agent_li.memberships.all().delete()
    assert ticket.number not in browser.get("/messages/").content.decode()


def test_strangers_are_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/messages/")["Location"].startswith("/login/")
