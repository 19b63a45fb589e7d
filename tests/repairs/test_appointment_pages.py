"""Appointments on the four pages that show them: one tap chooses, one tap sets out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import User
from tests.conftest import Walk
from tests.repairs.test_appointments import AFTERNOON, MORNING, agreed, at, offered

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def tap(client: Client, ticket: Ticket, action: str, **sent: str) -> int:
    return client.post(f"/repairs/{ticket.number}/{action}/", sent).status_code


def test_a_technician_chooses_an_hour_of_the_resident_with_one_tap(
    ticket_in: Walk, resident_wang: User, technician_chen: User, signed_in: SignedIn
) -> None:
    ticket = ticket_in("dispatched")
    actions.offer_windows(ticket, windows=[MORNING], by=resident_wang)
    client = signed_in(technician_chen)
    page = client.get(f"/field/jobs/{ticket.number}/").content.decode()
    value = f"{offered(ticket).pk}:{at(10):%Y-%m-%dT%H:%M}/{at(11):%Y-%m-%dT%H:%M}"
    assert value in page
    assert tap(client, ticket, "choose-window", window=value, version=str(ticket.version)) == 302
    ticket.refresh_from_db()
    assert (ticket.status, ticket.appointment_start) == ("scheduled", at(10))


def test_a_resident_chooses_one_of_our_times_in_the_portal(
    ticket_in: Walk, resident_wang: User, technician_chen: User, signed_in: SignedIn
) -> None:
    ticket = ticket_in("contacted")
    actions.offer_windows(ticket, windows=[MORNING, AFTERNOON], by=technician_chen)
    client = signed_in(resident_wang)
    page = client.get(f"/portal/tickets/{ticket.number}/").content.decode()
    assert page.count('data-action="accept-window"') >= 2
    assert tap(client, ticket, "accept-window", window=str(offered(ticket).pk)) == 302
    ticket.refresh_from_db()
    assert ticket.appointment_start == MORNING[0]


def test_a_resident_offers_times_later(ticket_in: Walk, resident_wang: User, signed_in: SignedIn) -> None:
    ticket, client = ticket_in("accepted"), signed_in(resident_wang)
    form = client.get(f"/repairs/{ticket.number}/offer-windows/").context["form"]
    values = [value for value, _label in form.fields["windows"].choices]
    assert "side" not in form.fields
    sent = client.post(f"/repairs/{ticket.number}/offer-windows/", {"windows": values[-2:]})
    assert sent.status_code == 302
    assert ticket.appointments.offered().count() == 2
    many = client.post(f"/repairs/{ticket.number}/offer-windows/", {"windows": values[-4:]})
    assert many.status_code == 422


def test_a_time_that_the_technician_has_given_away_is_refused_on_the_form(
    ticket_in: Walk, technician_chen: User, signed_in: SignedIn
) -> None:
    agreed(ticket_in)
    ticket = ticket_in("contacted")
    sent = {"start": f"{at(10):%Y-%m-%dT%H:%M}", "end": f"{at(11):%Y-%m-%dT%H:%M}"}
    answer = signed_in(technician_chen).post(f"/repairs/{ticket.number}/schedule/", sent)
    assert answer.status_code == 422
    assert "start" in answer.context["form"].errors


def test_the_portal_shows_who_is_on_the_way(
    ticket_in: Walk, resident_wang: User, technician_chen: User, signed_in: SignedIn
) -> None:
    soon = timezone.now() + timedelta(hours=1)
    ticket = agreed(ticket_in, soon, soon + timedelta(hours=1))
    assert tap(signed_in(technician_chen), ticket, "on-way", minutes="20") == 302
    page = signed_in(resident_wang).get(f"/portal/tickets/{ticket.number}/").content.decode()
    assert "data-on-way" in page
    assert "陈刚" in page


@pytest.mark.parametrize("show", ["day", "waiting", "missed", "figures"])
def test_the_desk_lists_appointments_of_its_own_communities(
    show: str,
    ticket_in: Walk,
    resident_wang: User,
    agent_li: User,
    agent_binjiang: User,
    technician_chen: User,
    signed_in: SignedIn,
) -> None:
    ended = timezone.now() - timedelta(hours=1)
    ticket = agreed(ticket_in)
    ticket.appointments.update(starts_at=ended - timedelta(hours=1), ends_at=ended)
    actions.offer_windows(ticket, windows=[AFTERNOON], by=resident_wang)
    path = f"/desk/appointments/?show={show}&day={ended.astimezone(at(0).tzinfo):%Y-%m-%d}"
    mark = "陈刚" if show == "figures" else ticket.number
    assert mark in signed_in(agent_li).get(path).content.decode()
    assert mark not in signed_in(agent_binjiang).get(path).content.decode()


def test_a_day_that_no_calendar_has_is_today(agent_li: User, signed_in: SignedIn) -> None:
    client = signed_in(agent_li)
    for day in ("2026-02-30", "9999-12-31", "x", "0001-01-01"):
        assert client.get(f"/desk/appointments/?day={day}").status_code == 200
