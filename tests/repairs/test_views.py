"""The page of an action, the explanation of a deadline, and the way from a number to one's own face."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from owners.models import Occupancy
from repairs.models import Ticket
from repairs.queries import buttons
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import LOCAL

SignedIn = Callable[[User], Client]
TicketIn = Callable[..., Ticket]
FRAGMENT = {"HX-Request": "true"}


def address(ticket: Ticket, action: str) -> str:
    return f"/repairs/{ticket.number}/{action}/"


@pytest.mark.parametrize("status", list(Status))
def test_every_offered_button_opens_a_page_or_takes_its_step(
    status: Status, ticket_in: TicketIn, signed_in: SignedIn, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = ticket_in(status)
    for user in (supervisor_bo, technician_chen):
        client = signed_in(user)
        for button in buttons(ticket, user):
            page = client.get(button.url)
            assert page.status_code == 200, (status, button)
            assert f'data-act="{button.code}"' in page.content.decode()


def test_a_step_is_taken_and_the_page_goes_back_to_where_it_was_pressed(
    ticket_in: TicketIn, signed_in: SignedIn, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    answer = signed_in(agent_li).post(address(ticket, "accept"), {"next": "/desk/?q=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/?q=1")
    ticket.refresh_from_db()
    assert ticket.status == "accepted"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(
    target: str, ticket_in: TicketIn, signed_in: SignedIn, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    answer = signed_in(agent_li).post(address(ticket, "accept"), {"next": target})
    assert answer["Location"] == f"/repairs/{ticket.number}/"


def test_htmx_gets_a_fragment_and_is_sent_on_by_a_header(
    ticket_in: TicketIn, signed_in: SignedIn, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    browser = signed_in(agent_li)
    fragment = browser.get(address(ticket, "cancel"), headers=FRAGMENT).content.decode()
    assert "<html" not in fragment
    assert 'data-act="cancel"' in fragment
    answer = browser.post(address(ticket, "cancel"), {"reason": "重复了"}, headers=FRAGMENT)
    assert answer["HX-Redirect"] == f"/repairs/{ticket.number}/"


def test_an_error_keeps_what_was_typed_on_the_form(
    ticket_in: TicketIn, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in("on_site")
    answer = signed_in(technician_chen).post(
        address(ticket, "propose-plan"), {"plan": "更换角阀", "price": "-3"}, headers=FRAGMENT
    )
    assert answer.status_code == 422
    assert "更换角阀" in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.status == "on_site"


def test_a_refusal_of_the_action_stands_at_its_field(
    ticket_in: TicketIn, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in("contacted")
    sent = {"start": "2020-01-01T10:00", "end": "2020-01-01T11:00"}
    answer = signed_in(technician_chen).post(address(ticket, "schedule"), sent)
    assert answer.status_code == 422
    assert "start" in answer.context["form"].errors


def test_a_second_urge_within_half_an_hour_says_so(
    ticket_in: TicketIn, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("accepted")
    browser = signed_in(resident_wang)
    assert browser.post(address(ticket, "urge")).status_code == 302
    page = browser.post(address(ticket, "urge"), {"next": f"/portal/tickets/{ticket.number}/"}, follow=True)
    assert 'data-message="warning"' in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.urge_count == 1


def test_a_step_out_of_order_is_a_conflict(ticket_in: TicketIn, signed_in: SignedIn, agent_li: User) -> None:
    ticket = ticket_in("reported")
    browser = signed_in(agent_li)
    assert browser.post(address(ticket, "archive")).status_code == 409
    answer = browser.post(address(ticket, "archive"), headers=FRAGMENT)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#messages")


def test_a_stale_page_is_a_conflict(ticket_in: TicketIn, signed_in: SignedIn, agent_li: User) -> None:
    ticket = ticket_in("reported")
    answer = signed_in(agent_li).post(address(ticket, "cancel"), {"reason": "x", "version": "99"})
    assert answer.status_code == 409


def test_a_role_that_never_may_is_forbidden(
    ticket_in: TicketIn, signed_in: SignedIn, manager_mei: User
) -> None:
    ticket = ticket_in("reported")
    assert signed_in(manager_mei).post(address(ticket, "accept")).status_code == 403


@pytest.mark.parametrize("action", ["accept", "why", "note", "nonsense", "__class__"])
def test_strangers_find_nothing(
    action: str,
    ticket_in: TicketIn,
    signed_in: SignedIn,
    stranger_sun: User,
    tenant_zhao: User,
    agent_binjiang: User,
    technician_he: User,
) -> None:
    ticket = ticket_in("dispatched")
    for user in (stranger_sun, tenant_zhao, agent_binjiang, technician_he):
        assert signed_in(user).get(address(ticket, action)).status_code == 404
        if action != "why":
            assert signed_in(user).post(address(ticket, action)).status_code == 404


def test_an_unknown_action_is_not_found(ticket_in: TicketIn, signed_in: SignedIn, agent_li: User) -> None:
    ticket = ticket_in("confirmed")
    for action in ("nonsense", "follow-up", "report"):
        assert signed_in(agent_li).post(address(ticket, action)).status_code == 404


def test_visitors_are_sent_to_sign_in(ticket_in: TicketIn, client: Client) -> None:
    ticket = ticket_in("reported")
    for action in ("accept", "why"):
        assert client.get(address(ticket, action))["Location"].startswith("/login/")


@pytest.mark.parametrize("number", ["R000000-0001", "x", "%00", "R261122-0042%27--", "%F0%9F%92%A7"])
def test_a_number_that_does_not_exist_is_not_found(number: str, signed_in: SignedIn, agent_li: User) -> None:
    assert signed_in(agent_li).get(f"/repairs/{number}/").status_code == 404


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("resident_wang", "/portal/tickets/{}/"),
        ("technician_chen", "/field/jobs/{}/"),
        ("agent_li", "/desk/tickets/{}/"),
    ],
)
def test_everybody_comes_to_the_page_of_their_own_face(
    who: str, page: str, ticket_in: TicketIn, signed_in: SignedIn, request: pytest.FixtureRequest
) -> None:
    ticket = ticket_in("dispatched")
    answer = signed_in(request.getfixturevalue(who)).get(f"/repairs/{ticket.number}/")
    assert answer["Location"] == page.format(ticket.number)


def test_why_explains_each_deadline_on_a_page_and_in_a_dialog(
    ticket_in: TicketIn, signed_in: SignedIn, resident_wang: User, agent_li: User
) -> None:
    ticket = ticket_in("on_hold")
    for user in (resident_wang, agent_li):
        browser = signed_in(user)
        for headers in ({}, FRAGMENT):
            text = browser.get(address(ticket, "why"), headers=headers).content.decode()
            assert 'data-clock="complete"' in text
            assert ("<html" in text) == (not headers)


def test_a_hold_offers_to_undo_it(ticket_in: TicketIn, signed_in: SignedIn, agent_li: User) -> None:
    ticket = ticket_in("accepted")
    until = (timezone.now() + timedelta(days=1)).astimezone(LOCAL)
    sent = {"reason": "parts", "resume_at": f"{until:%Y-%m-%dT%H:%M}", "next": "/messages/"}
    browser = signed_in(agent_li)
    page = browser.post(address(ticket, "hold"), sent, follow=True).content.decode()
    assert f'action="{address(ticket, "resume")}"' in page
    browser.post(address(ticket, "resume"))
    ticket.refresh_from_db()
    assert ticket.status == "accepted"


def test_a_moved_out_resident_can_do_nothing_any_more(
    ticket_in: TicketIn, signed_in: SignedIn, resident_wang: User
) -> None:
    ticket = ticket_in("completed")
    Occupancy.objects.filter(person__user=resident_wang).update(until=timezone.now())
    assert signed_in(resident_wang).post(address(ticket, "confirm"), {"method": "portal"}).status_code == 404
