"""The page of an action, the explanation of a deadline, and the way from a number to one's own face."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from repairs.models import Ticket
from repairs.queries import buttons
from repairs.workflow import Status
from servicecenter.accounts.models import User

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
