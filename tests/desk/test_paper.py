"""The paper twin: what stands on a sheet, who opens its code, and what comes back on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.audit.models import AccessLog
from servicecenter.desk.actions.paper import type_in
from servicecenter.lib.refusals import NotPermitted
from tests.api.test_photos import picture
from tests.conftest import Walk
from tests.desk.pages import text_of

SignedIn = Callable[[User], Client]


@pytest.mark.parametrize("sheet", ["print", "acceptance"])
def test_a_sheet_has_its_number_and_a_code_and_no_full_phone(
    sheet: str, signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    page = text_of(signed_in(agent_li).get(f"/desk/tickets/{ticket.number}/{sheet}/"))
    assert f'<p class="paper-number" data-number="{ticket.number}">' in page
    assert "data:image/svg+xml" in page
    assert ticket.contact_phone not in page.replace(" ", "")


def test_paper_says_dates_and_the_screen_says_today(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket, client = ticket_in(Status.DISPATCHED), signed_in(agent_li)
    assert "今天" not in text_of(client.get(f"/desk/tickets/{ticket.number}/print/"))
    assert "今天" in text_of(client.get(f"/desk/tickets/{ticket.number}/"))


def test_a_full_phone_is_printed_after_a_reason_that_the_resident_can_read(
    signed_in: SignedIn, agent_li: User, ticket_in: Walk
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    url = f"/desk/tickets/{ticket.number}/print/"
    page = text_of(signed_in(agent_li).post(url, {"reason": "appointment"}))
    assert ticket.contact_phone in page.replace(" ", "")
    assert ticket.reporter is not None
    assert AccessLog.objects.filter(person_id=ticket.reporter.pk, field="phone").count() == 1


def test_a_days_paper_holds_the_jobs_of_one_technician(
    signed_in: SignedIn, agent_li: User, technician_chen: User, technician_he: User, ticket_in: Walk
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    client = signed_in(agent_li)

    def page(technician: User) -> str:
        asked: dict[str, str | int] = {
            "technician": technician.pk,
            "day": f"{ticket.reported_at.astimezone():%Y-%m-%d}",
        }
        return text_of(client.get("/desk/paper/", asked))

    assert ticket.number in page(technician_chen)
    assert ticket.number not in page(technician_he)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("agent_li", "/desk/tickets/"),
        ("technician_chen", "/field/jobs/"),
        ("resident_wang", "/portal/tickets/"),
        ("technician_he", ""),
        ("agent_binjiang", ""),
    ],
)
def test_the_code_opens_the_case_for_whoever_may_see_it(
    name: str, place: str, signed_in: SignedIn, ticket_in: Walk, request: pytest.FixtureRequest
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    answer = signed_in(request.getfixturevalue(name)).get(f"/t/{ticket.number.lower()}")
    if place:
        assert answer.headers["Location"] == f"{place}{ticket.number}/"
    else:
        assert answer.status_code == 404


def test_a_number_typed_in_the_field_opens_ones_own_job(
    signed_in: SignedIn, technician_chen: User, technician_he: User, ticket_in: Walk
) -> None:
    number = ticket_in(Status.DISPATCHED).number
    asked = {"number": number.lower()}
    own, other = (signed_in(each).get("/field/find/", asked) for each in (technician_chen, technician_he))
    assert own.headers["Location"] == f"/field/jobs/{number}/"
    assert other.headers["Location"] == "/field/"


@pytest.mark.parametrize("status", [Status.DISPATCHED, Status.SCHEDULED, Status.ON_SITE, Status.COMPLETED])
def test_what_comes_back_on_paper_takes_the_ordinary_steps(
    status: str, ticket_in: Walk, supervisor_bo: User
) -> None:
    ticket = ticket_in(status)
    type_in(ticket, summary="换了阀芯", note="到场: 9:10", signed=True, by=supervisor_bo)
    assert (ticket.status, ticket.confirm_method) == (Status.CONFIRMED, "signature")
    assert ticket.events().filter(text="到场: 9:10").count() == 1


def test_what_the_owner_did_not_accept_goes_back_for_rework(ticket_in: Walk, supervisor_bo: User) -> None:
    ticket = ticket_in(Status.ON_SITE)
    type_in(ticket, summary="换了阀芯", note="纸质单", complaint="还在滴水", by=supervisor_bo)
    assert (ticket.status, ticket.rework_count) == (Status.REWORK, 1)


def test_an_agent_does_not_take_the_steps_of_a_technician(ticket_in: Walk, agent_li: User) -> None:
    with pytest.raises(NotPermitted):
        type_in(ticket_in(Status.DISPATCHED), summary="换了阀芯", note="纸质单", by=agent_li)


def test_a_signature_on_paper_is_shown(signed_in: SignedIn, supervisor_bo: User, ticket_in: Walk) -> None:
    ticket = ticket_in(Status.ON_SITE)
    url = f"/desk/tickets/{ticket.number}/paper/"
    sent: dict[str, Any] = {"summary": "换了阀芯", "arrived": "26日 9:10", "accepted": "signed"}
    client = signed_in(supervisor_bo)
    assert client.post(url, sent).status_code == 422
    photo = SimpleUploadedFile("sheet.png", picture(), "image/png")
    key = {"idempotency_key": str(uuid4())}
    assert client.post(url, sent | key | {"photos": [photo]}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.status == Status.CONFIRMED
