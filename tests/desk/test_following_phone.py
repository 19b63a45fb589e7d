"""A corrected mobile number reaches what is open, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from owners.actions import changing
from owners.models import Person, ProfileChange
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.desk.actions.changing import verify_change
from surveys.models import FollowUp
from tests.conftest import Walk

NEW = "13900001234"


@pytest.fixture
def correction(person_wang: Person, resident_wang: User) -> ProfileChange:
    return changing.propose(person_wang, "phone", {"phone": NEW}, by=resident_wang)


def test_the_contact_number_of_an_open_repair_follows_with_a_line_in_its_history(
    correction: ProfileChange, ticket_in: Walk, agent_zhou: User
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    assert ticket.contact_phone == "13811112222"
    verify_change(correction, by=agent_zhou)
    ticket.refresh_from_db()
    assert ticket.contact_phone == NEW
    line = Event.objects.get(work="repair", case_id=ticket.pk, action="contact_phone")
    assert NEW not in f"{line.text}{line.data}"


def test_the_call_that_waits_is_made_to_the_new_number(
    correction: ProfileChange, ticket_in: Walk, agent_zhou: User
) -> None:
    ticket_in(Status.CONFIRMED)
    verify_change(correction, by=agent_zhou)
    assert FollowUp.objects.get().phone == NEW


def test_a_number_that_was_given_for_one_repair_stays(
    correction: ProfileChange, ticket_in: Walk, agent_zhou: User
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    Ticket.objects.filter(pk=ticket.pk).update(contact_phone="13866667777")
    verify_change(correction, by=agent_zhou)
    ticket.refresh_from_db()
    assert ticket.contact_phone == "13866667777"


def test_what_is_over_keeps_the_number_it_had(
    correction: ProfileChange, ticket_in: Walk, agent_zhou: User
) -> None:
    ticket = ticket_in(Status.ARCHIVED)
    verify_change(correction, by=agent_zhou)
    ticket.refresh_from_db()
    assert (ticket.contact_phone, FollowUp.objects.get().phone) == ("13811112222", "13811112222")


def test_another_correction_touches_no_repair(
    person_wang: Person, resident_wang: User, ticket_in: Walk, agent_zhou: User
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    change = changing.propose(person_wang, "workplace", {"workplace": "厦门大学"}, by=resident_wang)
    verify_change(change, by=agent_zhou)
    assert not Event.objects.filter(work="repair", case_id=ticket.pk, action="contact_phone").exists()


def test_the_page_of_the_desk_lets_it_follow(
    correction: ProfileChange,
    ticket_in: Walk,
    agent_zhou: User,
    signed_in: Callable[[User], Client],
) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    assert signed_in(agent_zhou).post(f"/desk/changes/{correction.pk}/verify/").status_code == 302
    ticket.refresh_from_db()
    assert ticket.contact_phone == NEW
