"""Following one's repairs, and the resident's own steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.models import Photo
from servicecenter.audit.access import record_access
from servicecenter.portal.queries import homes_of, open_now
from tests.handovers.conftest import drawn

SignedIn = Callable[[User], Client]
TicketIn = Callable[..., Ticket]


@pytest.fixture
def wang(signed_in: SignedIn, resident_wang: User) -> Client:
    return signed_in(resident_wang)


def shown_actions(page: str) -> set[str]:
    """The action buttons of a page."""
    return {part.partition('"')[0] for part in page.split('data-action="')[1:]}


@pytest.mark.parametrize("status", list(Status))
def test_a_repair_can_be_followed_in_every_status(status: Status, wang: Client, ticket_in: TicketIn) -> None:
    ticket = ticket_in(status)
    page = wang.get(f"/portal/tickets/{ticket.number}/")
    assert page.status_code == 200
    assert f'data-status="{status}"' in page.content.decode()


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("reported", {"cancel", "urge", "note", "add-photo", "offer-windows"}),
        ("on_site", {"urge", "note", "add-photo"}),
        ("plan_proposed", {"approve-plan", "decline-plan", "urge", "note", "add-photo"}),
        ("completed", {"confirm", "rework", "note", "add-photo"}),
        ("archived", set()),
    ],
)
def test_the_page_offers_what_the_resident_may_do(
    status: str, offered: set[str], wang: Client, ticket_in: TicketIn
) -> None:
    ticket = ticket_in(status)
    assert shown_actions(wang.get(f"/portal/tickets/{ticket.number}/").content.decode()) == offered


def test_a_neighbours_repair_does_not_exist(
    signed_in: SignedIn, tenant_zhao: User, ticket_in: TicketIn
) -> None:
    ticket = ticket_in("reported")
    assert signed_in(tenant_zhao).get(f"/portal/tickets/{ticket.number}/").status_code == 404


def test_internal_notes_stay_with_the_staff(wang: Client, ticket_in: TicketIn, agent_li: User) -> None:
    ticket = ticket_in("accepted")
    actions.add_note(ticket, note="业主脾气不好", internal=True, by=agent_li)
    actions.add_note(ticket, note="师傅明天到", by=agent_li)
    page = wang.get(f"/portal/tickets/{ticket.number}/").content.decode()
    assert "业主脾气不好" not in page
    assert "师傅明天到" in page


def test_a_plan_is_approved_with_its_price_in_sight(wang: Client, ticket_in: TicketIn) -> None:
    ticket = ticket_in("plan_proposed")
    page = wang.get(f"/portal/tickets/{ticket.number}/").content.decode()
    assert "换陶瓷阀芯" in page
    assert "60.00" in page
    answer = wang.post(f"/repairs/{ticket.number}/approve-plan/?next=/portal/tickets/{ticket.number}/")
    assert answer["Location"] == f"/portal/tickets/{ticket.number}/"
    ticket.refresh_from_db()
    assert ticket.status == "plan_approved"


def test_accepting_the_work_takes_a_rating_and_a_word(
    wang: Client, ticket_in: TicketIn, signed_in: SignedIn
) -> None:
    ticket = ticket_in("completed")
    wang.post(f"/repairs/{ticket.number}/confirm/", {"method": "portal", "rating": "9", "comment": "很快"})
    event = ticket.events().get(action="confirm")
    assert event.data == {"method": "portal", "rating": 9, "comment": "很快"}


def test_accepting_the_work_needs_no_rating(wang: Client, ticket_in: TicketIn) -> None:
    ticket = ticket_in("completed")
    wang.post(f"/repairs/{ticket.number}/confirm/", {"method": "portal"})
    ticket.refresh_from_db()
    assert (ticket.status, ticket.confirm_method) == ("confirmed", "portal")


def test_a_resident_cannot_bring_another_proof(wang: Client, ticket_in: TicketIn) -> None:
    ticket = ticket_in("completed")
    answer = wang.post(f"/repairs/{ticket.number}/confirm/", {"method": "signature"})
    assert answer.status_code == 422
    ticket.refresh_from_db()
    assert ticket.status == "completed"


def test_what_waits_for_the_resident_comes_first(ticket_in: TicketIn, resident_wang: User) -> None:
    waiting = ticket_in("completed")
    ticket_in("reported")
    ticket_in("archived")
    (home,) = homes_of(resident_wang)
    rows = open_now(resident_wang, home)
    assert [row.your_turn for row in rows] == [True, False]
    assert rows[0].ticket == waiting


def test_the_list_tells_open_and_done_apart(wang: Client, ticket_in: TicketIn) -> None:
    open_one, done = ticket_in("scheduled"), ticket_in("archived")
    page = wang.get("/portal/tickets/").content.decode()
    assert open_one.number in page
    assert done.number not in page
    page = wang.get("/portal/tickets/?show=done").content.decode()
    assert open_one.number not in page
    assert done.number in page


def test_a_late_promise_is_owned_up_to(ticket_in: TicketIn, resident_wang: User) -> None:
    ticket = ticket_in("reported")
    Ticket.objects.filter(pk=ticket.pk).update(respond_due_at=ticket.reported_at)
    (home,) = homes_of(resident_wang)
    (row,) = open_now(resident_wang, home)
    assert row.next.when is None
    assert row.next.icon == "clock-exclamation"


def test_the_resident_reads_who_looked_at_their_data(
    wang: Client, resident_wang: User, agent_li: User
) -> None:
    person = resident_wang.people.get()
    record_access(
        by=agent_li, community_id=person.community_id, person_id=person.pk, field="phone", reason="回电核实"
    )
    for page in ("/portal/me/", "/portal/me/looks/"):
        text = wang.get(page).content.decode()
        assert "回电核实" in text
        assert "李敏" in text


def test_looks_at_other_people_are_not_shown(wang: Client, tenant_zhao: User, agent_li: User) -> None:
    person = tenant_zhao.people.get()
    record_access(
        by=agent_li, community_id=person.community_id, person_id=person.pk, field="phone", reason="核对租约"
    )
    assert "核对租约" not in wang.get("/portal/me/looks/").content.decode()


def test_the_own_record_is_masked(wang: Client) -> None:
    text = wang.get("/portal/me/").content.decode()
    assert "138 **** 2222" in text
    assert "13811112222" not in text


def test_messages_of_another_community_are_left_out_after_moving_away(
    wang: Client, ticket_in: TicketIn
) -> None:
    ticket = ticket_in("accepted")
    assert ticket.number in wang.get("/portal/messages/").content.decode()


def test_a_page_outside_the_portal_still_shows_the_emergency_line(wang: Client, yangguang: Community) -> None:
    Community.objects.filter(pk=yangguang.pk).update(hotline="0592-5550110")
    wang.get("/portal/")
    assert 'href="tel:0592-5550110"' in wang.get("/messages/wishes/").content.decode()


def test_the_home_page_costs_the_same_however_many_repairs_are_open(
    wang: Client, ticket_in: TicketIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _number in range(4):
        ticket_in("scheduled")
    wang.get("/portal/")  # the first visit of a session also keeps its emergency line
    # What is open, what comes, what everybody is told, and what the home is asked.
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        wang.get("/portal/")


def test_a_resident_may_sign_the_acceptance(ticket_in: TicketIn, wang: Client) -> None:
    ticket = ticket_in(Status.COMPLETED)
    sent = {"method": "portal", "signature": drawn(), "version": ticket.version}
    wang.post(f"/repairs/{ticket.number}/confirm/", sent)
    ticket.refresh_from_db()
    assert (ticket.confirm_method, Photo.objects.get().kind) == ("portal", "signature")


def test_an_open_page_hears_of_new_messages(ticket_in: TicketIn, wang: Client) -> None:
    before = wang.get("/portal/messages/unread/").json()["unread"]
    ticket_in(Status.SCHEDULED)
    assert wang.get("/portal/messages/unread/").json()["unread"] > before
