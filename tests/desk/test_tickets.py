"""The page of a repair at the desk: buttons, panel, dispatch, slip."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from repairs import actions
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.workflow.run import allowed
from tests.conftest import Walk
from tests.desk.pages import fragment, text_of

SignedIn = Callable[[User], Client]


@pytest.mark.parametrize("status", Status.values)
def test_the_buttons_are_exactly_what_is_allowed(
    status: str, signed_in: SignedIn, supervisor_bo: User, ticket_in: Walk
) -> None:
    ticket = ticket_in(status)
    page = text_of(signed_in(supervisor_bo).get(f"/desk/tickets/{ticket.number}/"))
    shown = {code for code in ticket.TABLE.actions if f'data-action="{code.replace("_", "-")}"' in page}
    # Of a visit the day after tomorrow nobody says yet that somebody is on the way, or came in vain.
    early = {"on_way", "nobody_home", "nobody_came"} if status == "scheduled" else set()
    assert shown == {row.action for row in allowed(ticket, supervisor_bo)} - {"follow_up"} - early
    assert f'data-status="{status}"' in page


def test_the_panel_of_a_repair_equals_what_the_queue_draws(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("dispatched")
    panel = text_of(fragment(signed_in(agent_li), f"/desk/tickets/{ticket.number}/", "panel"))
    assert "<html" not in panel
    assert ticket.number in panel
    assert "data-deadline" in panel


def test_dispatching_lists_technicians_and_sends_the_chosen_one(
    signed_in: SignedIn, agent_li: User, technician_he: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("accepted")
    client = signed_in(agent_li)
    url = f"/desk/tickets/{ticket.number}/dispatch/"
    assert f'value="{technician_he.pk}"' in text_of(client.get(url))
    answer = client.post(url, {"technician": technician_he.pk, "next": "/desk/tickets/?queue=dispatch"})
    assert answer.headers["Location"] == "/desk/tickets/?queue=dispatch"
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.dispatched_by) == ("dispatched", technician_he, agent_li)


def test_in_the_dialog_the_answer_redirects_by_htmx(
    signed_in: SignedIn, agent_li: User, technician_he: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("accepted")
    url = f"/desk/tickets/{ticket.number}/dispatch/"
    answer = signed_in(agent_li).post(
        url, {"technician": technician_he.pk}, headers={"HX-Request": "true", "HX-Target": "dialog-body"}
    )
    assert answer.headers["HX-Redirect"] == f"/desk/tickets/{ticket.number}/"


def test_without_a_technician_the_choice_comes_back(
    signed_in: SignedIn, agent_li: User, technician_chen: User, technician_binjiang: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("accepted")
    client = signed_in(agent_li)
    url = f"/desk/tickets/{ticket.number}/dispatch/"
    for wrong in ("", technician_binjiang.pk, agent_li.pk, "x"):
        assert client.post(url, {"technician": wrong}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.status == "accepted"


def test_a_page_that_is_out_of_date_dispatches_nothing(
    signed_in: SignedIn, agent_li: User, supervisor_bo: User, technician_he: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("accepted")
    seen = ticket.version
    actions.add_note(ticket, note="业主催了", by=agent_li)
    actions.classify(ticket, trade="electrical", urgency="normal", by=supervisor_bo)
    url = f"/desk/tickets/{ticket.number}/dispatch/"
    answer = signed_in(agent_li).post(url, {"technician": technician_he.pk, "version": seen})
    assert answer.status_code == 409
    assert "data-meanwhile" in text_of(answer)
    assert answer.context["chosen"] == str(technician_he.pk)
    ticket.refresh_from_db()
    assert ticket.status == "accepted"


def test_a_note_that_came_meanwhile_does_not_stop_a_dispatch(
    signed_in: SignedIn, agent_li: User, technician_he: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("accepted")
    seen = ticket.version
    actions.add_note(ticket, note="业主催了", by=agent_li)
    url = f"/desk/tickets/{ticket.number}/dispatch/"
    assert signed_in(agent_li).post(url, {"technician": technician_he.pk, "version": seen}).status_code == 302


def test_a_double_tap_dispatches_once(
    signed_in: SignedIn, agent_li: User, technician_he: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("accepted")
    client, url = signed_in(agent_li), f"/desk/tickets/{ticket.number}/dispatch/"
    form = client.get(url).context["form"]
    names = ("version", "idempotency_key")
    sent = {name: form[name].value() for name in names} | {
        "technician": technician_he.pk,
        "action": "dispatch",
    }
    assert {client.post(url, sent).status_code for _tap in range(2)} == {302}
    assert ticket.events().filter(action="dispatch").count() == 1


def test_a_supervisor_reassigns_with_a_reason(
    signed_in: SignedIn, supervisor_bo: User, technician_he: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("dispatched")
    client = signed_in(supervisor_bo)
    url = f"/desk/tickets/{ticket.number}/dispatch/"
    assert client.post(url, {"technician": technician_he.pk}).status_code == 422
    client.post(url, {"technician": technician_he.pk, "reason": "陈刚请假"})
    ticket.refresh_from_db()
    assert ticket.assignee == technician_he


def test_an_agent_cannot_reassign(
    signed_in: SignedIn, agent_li: User, technician_he: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("dispatched")
    url = f"/desk/tickets/{ticket.number}/dispatch/"
    assert signed_in(agent_li).post(url, {"technician": technician_he.pk, "reason": "x"}).status_code == 403


def test_the_outcome_of_the_call_is_on_the_page(signed_in: SignedIn, agent_li: User, ticket_in: Walk) -> None:
    page = text_of(signed_in(agent_li).get(f"/desk/tickets/{ticket_in('archived').number}/"))
    assert 'class="call-outcome"' in page


def test_a_manager_reads_the_case_without_buttons_or_numbers(
    signed_in: SignedIn, manager_mei: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("reported")
    client = signed_in(manager_mei)
    page = text_of(client.get(f"/desk/tickets/{ticket.number}/"))
    assert f'data-number="{ticket.number}"' in page
    assert "data-action=" not in page.split('<main id="main"')[1].split("</main>")[0].replace(
        'data-action="print"', ""
    )
    assert client.get(f"/desk/tickets/{ticket.number}/number/").status_code == 403


def test_the_slip_has_a_code_and_no_full_number(signed_in: SignedIn, agent_li: User, ticket_in: Walk) -> None:
    ticket = ticket_in("dispatched")
    page = text_of(signed_in(agent_li).get(f"/desk/tickets/{ticket.number}/print/"))
    assert 'src="data:image/svg+xml' in page
    assert ticket.number in page
    assert ticket.contact_phone not in page.replace(" ", "")


def test_the_number_of_queries_does_not_grow_with_the_history(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("dispatched")
    client = signed_in(agent_li)
    url = f"/desk/tickets/{ticket.number}/"
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(5):
        actions.add_note(ticket, note=f"第{number}次来电", by=agent_li)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few) <= 22


@pytest.mark.parametrize("number", ["R260101-9999", "R260101-99999999999999999999", "x", "R"])
def test_a_number_that_does_not_exist_is_not_found(number: str, signed_in: SignedIn, agent_li: User) -> None:
    client = signed_in(agent_li)
    for rest in ("", "dispatch/", "print/", "number/"):
        assert client.get(f"/desk/tickets/{number}/{rest}").status_code == 404


def test_a_repair_of_the_other_community_is_not_found(
    signed_in: SignedIn, agent_binjiang: User, ticket_in: Walk
) -> None:
    client, number = signed_in(agent_binjiang), ticket_in("accepted").number
    for rest in ("", "dispatch/", "print/", "number/"):
        assert client.get(f"/desk/tickets/{number}/{rest}").status_code == 404
