"""Who gets into the portal, and of which home it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from owners.models import Occupancy, Person, Unit
from repairs.models import Ticket
from servicecenter.accounts.models import Role, User

SignedIn = Callable[[User], Client]
TicketIn = Callable[..., Ticket]

PAGES = (
    "/portal/",
    "/portal/report/",
    "/portal/tickets/",
    "/portal/messages/",
    "/portal/me/",
    "/portal/me/looks/",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_resident_opens_every_page(page: str, signed_in: SignedIn, resident_wang: User) -> None:
    answer = signed_in(resident_wang).get(page)
    assert answer.status_code == 200
    assert 'id="main"' in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_sign_in(page: str, client: Client, db: None) -> None:
    assert client.get(page)["Location"].startswith("/login/")


@pytest.mark.parametrize("page", PAGES)
def test_staff_are_refused(page: str, signed_in: SignedIn, agent_li: User, technician_chen: User) -> None:
    assert signed_in(agent_li).get(page).status_code == 403
    assert signed_in(technician_chen).get(page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_resident_who_moved_out_gets_a_page_that_says_so_and_nothing_else(
    page: str, signed_in: SignedIn, resident_wang: User, ticket_in: TicketIn
) -> None:
    ticket = ticket_in("reported")
    browser = signed_in(resident_wang)
    assert ticket.number in browser.get("/portal/").content.decode()
    Occupancy.objects.filter(person__user=resident_wang).update(until=timezone.now())
    text = browser.get(page).content.decode()
    assert "data-no-home" in text
    assert ticket.number not in text


def test_a_resident_who_moved_out_loses_tickets_photos_and_messages_at_once(
    signed_in: SignedIn, resident_wang: User, ticket_in: TicketIn
) -> None:
    ticket = ticket_in("accepted")
    browser = signed_in(resident_wang)
    Occupancy.objects.filter(person__user=resident_wang).update(until=timezone.now())
    for page in (
        f"/repairs/{ticket.number}/",
        f"/repairs/{ticket.number}/why/",
        f"/repairs/{ticket.number}/note/",
    ):
        assert browser.get(page).status_code == 404
    assert "data-no-home" in browser.get(f"/portal/tickets/{ticket.number}/").content.decode()


def test_a_resident_who_moved_within_the_community_loses_the_old_home(
    signed_in: SignedIn,
    resident_wang: User,
    person_wang: Person,
    unit_3_2_1202: Unit,
    ticket_in: TicketIn,
) -> None:
    ticket = ticket_in("reported")
    Occupancy.objects.filter(person=person_wang).update(until=timezone.now())
    Occupancy.objects.create(
        community=unit_3_2_1202.community,
        unit=unit_3_2_1202,
        person=person_wang,
        role="owner",
        since=timezone.now(),
    )
    browser = signed_in(resident_wang)
    assert ticket.number not in browser.get("/portal/").content.decode()
    assert browser.get(f"/portal/tickets/{ticket.number}/").status_code == 404


@pytest.fixture
def resident_of_two(resident_wang: User, unit_binjiang: Unit) -> User:
    """resident_wang with a second home in the other community."""
    person = Person.objects.create(community=unit_binjiang.community, user=resident_wang, name="王芳")
    Occupancy.objects.create(
        community=unit_binjiang.community,
        unit=unit_binjiang,
        person=person,
        role="owner",
        since=timezone.now(),
    )
    return resident_wang


def test_with_homes_in_two_communities_the_portal_asks_which(
    signed_in: SignedIn, resident_of_two: User
) -> None:
    answer = signed_in(resident_of_two).get("/portal/report/")
    assert answer["Location"] == "/portal/homes/?next=%2Fportal%2Freport%2F"


def test_the_chosen_home_is_kept_and_can_be_changed(signed_in: SignedIn, resident_of_two: User) -> None:
    browser = signed_in(resident_of_two)
    for code, unit in (("BJ", "1-1-101"), ("YG", "3-2-1201")):
        answer = browser.post("/portal/homes/", {"community": code, "next": "/portal/"})
        assert answer["Location"] == "/portal/"
        assert f"<h1>{unit}</h1>" in browser.get("/portal/").content.decode()


@pytest.mark.parametrize("code", ["XX", "", "\x00", "BJ "])
def test_a_home_of_somebody_else_cannot_be_chosen(
    code: str, signed_in: SignedIn, resident_wang: User
) -> None:
    assert signed_in(resident_wang).post("/portal/homes/", {"community": code}).status_code == 404


def test_the_frame_shows_the_emergency_line_of_the_community(
    signed_in: SignedIn, resident_wang: User
) -> None:
    assert 'href="tel:0592-5550100" data-hotline' in signed_in(resident_wang).get("/portal/").content.decode()


def test_a_role_that_is_no_resident_has_no_homes(signed_in: SignedIn, person_wang: Person) -> None:
    user = person_wang.user
    assert user is not None
    user.role = Role.AGENT
    user.save()
    assert signed_in(user).get("/portal/").status_code == 403
