"""What the database refuses, whatever the code does; and what is never changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from owners.models import Occupancy, Person, Unit
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.sla.models import Timer
from tests.conftest import Walk


@pytest.mark.parametrize(
    ("status", "change"),
    [
        (Status.REPORTED, {"status": "dispatched"}),
        (Status.DISPATCHED, {"assignee": None}),
        (Status.DISPATCHED, {"status": "contacted"}),
        (Status.ON_SITE, {"status": "completed"}),
        (Status.COMPLETED, {"completed_at": None}),
        (Status.COMPLETED, {"status": "confirmed"}),
        (Status.ON_HOLD, {"hold_reason": ""}),
        (Status.REPORTED, {"status": "cancelled"}),
        (Status.CANCELLED, {"closed_at": None}),
        (Status.REPORTED, {"status": "nonsense"}),
        (Status.REPORTED, {"unit": None}),
        (Status.SCHEDULED, {"appointment_end": None}),
        (Status.PLAN_PROPOSED, {"price": -1}),
    ],
)
def test_a_row_that_cannot_be_true_is_refused(status: str, change: dict[str, Any], ticket_in: Walk) -> None:
    ticket = ticket_in(status)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(**change)


def test_a_ticket_cannot_point_into_another_community(ticket_in: Walk, unit_binjiang: Unit) -> None:
    ticket = ticket_in()
    Ticket.objects.filter(pk=ticket.pk).update(unit=unit_binjiang)
    with pytest.raises(IntegrityError):
        _constraints_now()


def test_nobody_lives_across_communities(person_wang: Person, unit_binjiang: Unit) -> None:
    Occupancy.objects.create(
        community=unit_binjiang.community,
        unit=unit_binjiang,
        person=person_wang,
        role="owner",
        since=timezone.now(),
    )
    with pytest.raises(IntegrityError):
        _constraints_now()


def test_a_unit_has_one_primary_contact(person_wang: Person, unit_3_2_1201: Unit) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Occupancy.objects.create(
            community=unit_3_2_1201.community,
            unit=unit_3_2_1201,
            person=person_wang,
            role="tenant",
            since=timezone.now(),
            is_primary=True,
        )


def test_a_number_is_never_given_twice(ticket_in: Walk) -> None:
    one, two = ticket_in(), ticket_in()
    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.filter(pk=two.pk).update(number=one.number)


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET text = 'x'", "DELETE FROM audit_event"])
def test_events_are_neither_changed_nor_deleted(statement: str, ticket_in: Walk) -> None:
    ticket_in()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.exists()


def test_a_timer_cannot_fire_early(ticket_in: Walk) -> None:
    ticket = ticket_in()
    timer = Timer.objects.filter(case_id=ticket.pk).latest("due_at")
    event = ticket.events().latest("id")
    with pytest.raises(IntegrityError), transaction.atomic():
        Timer.objects.filter(pk=timer.pk).update(
            state="fired", event=event, fired_at=timer.due_at - timedelta(seconds=1)
        )


def test_the_snapshot_survives_a_correction_of_the_record(ticket_in: Walk, person_wang: Person) -> None:
    ticket = ticket_in()
    Person.objects.filter(pk=person_wang.pk).update(name="王芳芳", phone="13900000000")
    ticket.refresh_from_db()
    assert (ticket.reporter_name, ticket.contact_phone) == ("王芳", "13811112222")


def test_a_colleagues_name_in_the_history_survives_their_marriage(ticket_in: Walk, agent_li: User) -> None:
    ticket = ticket_in(Status.ACCEPTED)
    User.objects.filter(pk=agent_li.pk).update(name="李敏敏")
    assert ticket.events().get(action="accept").by_name == "李敏"


def _constraints_now() -> None:
    """Deferred constraints are checked at commit; a test looks before."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
