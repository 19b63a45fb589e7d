"""Erasing people who moved out long ago."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from owners.actions import changing, facts
from owners.actions.values import write
from owners.models import Occupancy, Person
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event, RetentionRule
from servicecenter.desk.actions.erasing import erase_moved_out
from servicecenter.lib.clock import database_now
from surveys.models import FollowUp
from tests.conftest import Walk, make_resident


@pytest.fixture
def gone(person_wang: Person) -> Person:
    """王芳, of whom everything is known, moved out four years ago."""
    facts.set_id_number(person_wang, "11010519491231002X")
    facts.set_spare_phone(person_wang, "13977776666")
    person_wang.emergency_contact, person_wang.email = "王明", "wang@example.com"
    person_wang.save()
    write(person_wang, "vehicle_add", old={"plate": ""}, new={"plate": "闽DD98765"})
    return person_wang


def move_out(person: Person, days: int) -> None:
    now = database_now()
    Occupancy.objects.filter(person=person).update(
        since=now - timedelta(days=9000), until=now - timedelta(days=days), is_primary=False
    )


def test_who_left_three_years_ago_is_erased(gone: Person) -> None:
    move_out(gone, 1100)
    login = gone.user
    assert login is not None
    assert erase_moved_out() == 1
    gone.refresh_from_db()
    login.refresh_from_db()
    assert (gone.name, gone.phone, gone.email, gone.emergency_contact) == ("已注销", "", "", "")
    assert (gone.id_number_sealed, gone.id_number_index, gone.id_number_mask, gone.user) == ("", "", "", None)
    assert not gone.vehicles.exists()
    assert (login.is_active, login.phone, login.name) == (False, f"x{login.pk}", "")
    assert Event.objects.filter(work="person", case_id=gone.pk, action="erase").count() == 1
    assert gone.occupancies.count() == 1


def test_nothing_of_them_is_left_in_the_record_repairs_and_calls(gone: Person, ticket_in: Walk) -> None:
    ticket = ticket_in(Status.ARCHIVED)
    move_out(gone, 1100)
    erase_moved_out()
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.reporter_name, ticket.contact_phone) == ("已注销", "")
    assert FollowUp.objects.get(case_id=ticket.pk).overall == 9
    with connection.cursor() as cursor:
        for table in (
            "owners_person",
            "owners_vehicle",
            "repairs_ticket",
            "surveys_followup",
            "accounts_user",
        ):
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ~ '王芳|13811112222'")
            assert cursor.fetchone()[0] == 0, table


@pytest.mark.parametrize("days", [1, 1094])
def test_who_left_lately_is_kept(gone: Person, days: int) -> None:
    move_out(gone, days)
    assert erase_moved_out() == 0


def test_who_lives_here_is_kept(gone: Person) -> None:
    assert erase_moved_out() == 0


def test_a_row_says_how_long(gone: Person) -> None:
    RetentionRule.objects.create(what="person", days=90)
    move_out(gone, 91)
    assert erase_moved_out() == 1


@pytest.mark.parametrize("status", [Status.REPORTED, Status.COMPLETED, Status.FOLLOWED_UP])
def test_who_has_something_open_is_kept(gone: Person, ticket_in: Walk, status: str) -> None:
    ticket_in(status)
    move_out(gone, 1100)
    assert erase_moved_out() == 0


def test_who_has_a_correction_waiting_is_kept(gone: Person, agent_li: User) -> None:
    changing.propose(gone, "name", {"name": "王方"}, by=agent_li)
    move_out(gone, 1100)
    assert erase_moved_out() == 0


def test_the_values_of_corrections_go_too(gone: Person, agent_li: User, resident_wang: User) -> None:
    changing.verify(changing.propose(gone, "name", {"name": "王方"}, by=resident_wang), by=agent_li)
    move_out(gone, 1100)
    erase_moved_out()
    assert set(gone.changes.values_list("old_sealed", "new_sealed")) == {("", "")}


def test_a_login_with_a_home_elsewhere_goes_on(gone: Person, unit_binjiang: object) -> None:
    user = make_resident("王芳", "13811112222", unit_binjiang)  # type: ignore[arg-type]
    move_out(gone, 1100)
    assert erase_moved_out() == 1
    user.refresh_from_db()
    assert (user.is_active, user.phone) == (True, "13811112222")


def test_a_second_run_has_nothing_to_do(gone: Person) -> None:
    move_out(gone, 1100)
    assert (erase_moved_out(), erase_moved_out()) == (1, 0)


def test_a_dry_run_lists_whom_without_their_name(gone: Person) -> None:
    move_out(gone, 1100)
    out = StringIO()
    call_command("erase_moved_out", "--dry-run", stdout=out)
    assert f"YG person {gone.pk} left" in out.getvalue()
    assert "王芳" not in out.getvalue()
    gone.refresh_from_db()
    assert gone.erased_at is None


def test_the_page_of_an_erased_correction_says_so(
    gone: Person, agent_li: User, resident_wang: User, signed_in: Callable[[User], Client]
) -> None:
    change = changing.propose(gone, "name", {"name": "王方"}, by=resident_wang)
    changing.verify(change, by=agent_li)
    move_out(gone, 1100)
    erase_moved_out()
    page = signed_in(agent_li).get(f"/desk/changes/{change.pk}/")
    assert page.status_code == 200
    assert "王方" not in page.content.decode()
