"""What a phone keeps for places without signal, and the rooms behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.lib.shell import PARTS, SHELL
from tests.conftest import Walk

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def test_a_saved_job_has_a_form_for_every_step_up_to_the_signature(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in(Status.SCHEDULED)
    page = signed_in(technician_chen).get(f"/field/jobs/{ticket.number}/ahead/")
    codes = [form.code for form in page.context["ahead"].forms]
    assert {"arrive", "propose-plan", "complete", "confirm", "hold", "note", "add-photo"} <= set(codes)
    assert {"contact", "secure", "dispatch", "cancel"}.isdisjoint(codes)


def test_a_saved_emergency_can_be_made_safe_first(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket = ticket_in(Status.SCHEDULED, text="水管爆了，水喷出来了", urgency="emergency")
    plan = signed_in(technician_chen).get(f"/field/jobs/{ticket.number}/ahead/").context["ahead"].plan
    assert plan["natural"]["on_site"][0] == "secure"


def test_no_phone_number_is_saved(ticket_in: Walk, signed_in: SignedIn, technician_chen: User) -> None:
    ticket = ticket_in(Status.SCHEDULED)
    page = signed_in(technician_chen).get(f"/field/jobs/{ticket.number}/ahead/").content.decode()
    assert ticket.contact_phone not in page


def test_the_shell_has_every_file_that_a_saved_page_links(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket, client = ticket_in(Status.SCHEDULED), signed_in(technician_chen)
    pages = ("/field/", f"/field/jobs/{ticket.number}/ahead/", "/field/waiting/")
    linked = {
        name
        for page in pages
        for name in re.findall(r'(?:src|href)="/static/([^"#]+)', client.get(page).content.decode())
    }
    assert linked - set(SHELL) == set()


def test_the_worker_begins_with_its_kit(client: Client) -> None:
    text = client.get("/sw.js").content.decode()
    assert text.startswith("const KIT = ")
    assert all(part in text for part in PARTS)


def test_the_page_of_what_waits_is_open_without_a_job(signed_in: SignedIn, technician_chen: User) -> None:
    assert signed_in(technician_chen).get("/field/waiting/").status_code == 200


def test_a_step_that_was_given_up_is_written_down_once_for_colleagues(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User
) -> None:
    ticket, client = ticket_in(Status.SCHEDULED), signed_in(technician_chen)
    sent = {"what": "到场 10:05", "reason": "走错了", "idempotency_key": str(uuid4())}
    for _time in range(2):
        assert client.post(f"/field/jobs/{ticket.number}/drop/", sent).status_code == 200
    event = ticket.events().get(action="dropped_later")
    assert (event.text, event.internal) == ("到场 10:05\n走错了", True)


def test_giving_up_needs_a_reason(ticket_in: Walk, signed_in: SignedIn, technician_chen: User) -> None:
    ticket = ticket_in(Status.SCHEDULED)
    address = f"/field/jobs/{ticket.number}/drop/"
    answer = signed_in(technician_chen).post(
        address, {"what": "到场"}, headers={"Accept": "application/json"}
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["reason"])
