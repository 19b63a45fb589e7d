"""Two who agree a time at the same moment: one repair has one appointment, one technician is in one place."""

from __future__ import annotations

import pytest

from repairs import actions
from repairs.models import Appointment, Ticket
from servicecenter.accounts.models import User
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Timer
from servicecenter.sla.sweep import sweep
from tests.conftest import Walk
from tests.races.test_races import codes, collide
from tests.repairs.test_appointments import AFTERNOON, MORNING, agreed, at

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def again(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_of_two_residents_who_get_the_same_hour_one_gets_it(
    ticket_in: Walk, agent_li: User, technician_chen: User
) -> None:
    one, two = ticket_in("contacted"), ticket_in("contacted")
    results = collide(
        lambda: actions.schedule(one, start=at(9), end=at(11), by=technician_chen),
        lambda: actions.schedule(two, start=at(10), end=at(12), by=agent_li),
    )
    assert codes(results) == ["invalid"]
    assert Appointment.objects.agreed().count() == 1


def test_of_two_offered_times_that_are_chosen_at_once_one_is_the_appointment(
    ticket_in: Walk, resident_wang: User, agent_li: User, technician_chen: User
) -> None:
    ticket = ticket_in("contacted")
    first, second = actions.offer_windows(ticket, windows=[MORNING, AFTERNOON], by=resident_wang)
    one, two = again(ticket), again(ticket)
    results = collide(
        lambda: actions.choose_window(one, window=first.pk, by=technician_chen),
        lambda: actions.choose_window(two, window=second.pk, by=agent_li),
    )
    assert codes(results) == ["transition_refused"]
    (row,) = ticket.appointments.agreed()
    ticket.refresh_from_db()
    assert (ticket.appointment_start, ticket.appointment_end) == (row.starts_at, row.ends_at)


def test_reminders_are_told_once_however_many_workers_there_are(
    ticket_in: Walk, technician_chen: User
) -> None:
    ticket = agreed(ticket_in)
    results = collide(*(lambda: sweep(at=at(8)) for _worker in range(3)))
    assert codes(results) == []
    assert Message.objects.filter(event="repair.hour", recipient=technician_chen).count() == 1
    assert Timer.objects.filter(case_id=ticket.pk, stage="visit", state="fired").count() == 2
