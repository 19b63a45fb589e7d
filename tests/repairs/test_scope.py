"""Which repairs of a unit a resident reads and steers: those of their own time there, wherever they look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from owners.models import Occupancy, Unit
from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.lib.refusals import NotFound
from servicecenter.notifications.models import Message
from tests.conftest import Walk, make_resident
from tests.portal.test_report import picture

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
Api = Callable[[User | None], APIClient]


@pytest.fixture
def earlier(ticket_in: Walk, signed_in: SignedIn, resident_wang: User) -> Ticket:
    """A repair that waits for the owner, reported by resident_wang, who sold the unit afterwards."""
    ticket = ticket_in("plan_proposed")
    signed_in(resident_wang).post(
        f"/repairs/{ticket.number}/add-photo/", {"photos": picture(), "kind": "report"}
    )
    Occupancy.objects.filter(person__user=resident_wang).update(until=timezone.now())
    return ticket


@pytest.fixture
def buyer(earlier: Ticket, unit_3_2_1201: Unit) -> User:
    """Whoever bought the unit and lives there now."""
    return make_resident("郑刚", "13811119999", unit_3_2_1201, since=timezone.now())


def test_a_new_owner_reads_nothing_of_the_past_owners_repairs(
    earlier: Ticket, buyer: User, signed_in: SignedIn, api: Api
) -> None:
    browser, client = signed_in(buyer), api(buyer)
    photo = Photo.objects.get(case_id=earlier.pk)
    for page in ("/portal/", "/portal/tickets/"):
        assert earlier.number not in browser.get(page).content.decode()
    closed = [
        f"/portal/tickets/{earlier.number}/",
        f"/portal/report/done/{earlier.number}/",
        f"/repairs/{earlier.number}/",
        f"/repairs/{earlier.number}/why/",
        f"/files/{photo.token}/full/",
        f"/files/{photo.token}/thumb/",
    ]
    assert {browser.get(page).status_code for page in closed} == {404}
    own = f"/api/v1/repairs/{earlier.number}/"
    closed = [own, f"{own}timeline/", f"{own}photos/", f"/api/v1/sla/explain/?ticket={earlier.number}"]
    assert {client.get(url).status_code for url in closed} == {404}
    for search in ("", f"?search={earlier.number}", "?search=水龙头", "?status=plan_proposed"):
        assert client.get(f"/api/v1/repairs/{search}").json()["results"] == []
    alike = client.post("/api/v1/repairs/triage/", {"text": earlier.text}, format="json").json()
    assert alike["similar"] == []


def test_a_new_owner_steers_nothing_of_the_past_owners_repairs(
    earlier: Ticket, buyer: User, signed_in: SignedIn, api: Api
) -> None:
    for action in ("approve-plan", "note", "urge", "cancel", "add-photo"):
        sent = {"reason": "x", "note": "x"}
        assert signed_in(buyer).post(f"/repairs/{earlier.number}/{action}/", sent).status_code == 404
        if action != "add-photo":
            url = f"/api/v1/repairs/{earlier.number}/{action}/"
            assert api(buyer).post(url, sent, format="json").status_code == 404
    with pytest.raises(NotFound):
        actions.approve_plan(earlier, by=buyer)


def test_the_new_owner_sees_what_is_reported_from_now_on_and_the_past_owner_does_not(
    buyer: User, ticket_in: Walk, resident_wang: User, agent_li: User
) -> None:
    later = ticket_in("reported", by=agent_li, reporter=buyer.people.get())
    assert list(Ticket.objects.visible_to(buyer)) == [later]
    assert not Ticket.objects.visible_to(resident_wang).exists()


def test_a_past_owner_with_another_home_in_the_community_is_told_no_more_of_the_old_one(
    earlier: Ticket,
    resident_wang: User,
    unit_3_2_1202: Unit,
    supervisor_bo: User,
    signed_in: SignedIn,
    api: Api,
) -> None:
    person = resident_wang.people.get()
    Occupancy.objects.create(
        community=unit_3_2_1202.community,
        unit=unit_3_2_1202,
        person=person,
        role="owner",
        since=timezone.now() - timedelta(days=30),
    )
    told = Message.objects.filter(recipient=resident_wang)
    before = told.count()
    assert before
    actions.approve_plan(earlier, by=supervisor_bo)
    actions.add_note(earlier, note="新业主已确认", by=supervisor_bo)
    assert told.count() == before
    assert earlier.number not in signed_in(resident_wang).get("/portal/messages/").content.decode()
    assert api(resident_wang).get("/api/v1/notifications/").json()["results"] == []
    number = told.latest("id").pk
    assert signed_in(resident_wang).get(f"/notifications/{number}/").status_code == 404


@pytest.mark.parametrize("role", ["family", "co_owner", "tenant"])
def test_who_moves_in_later_sees_what_is_reported_afterwards_only(
    role: str, ticket_in: Walk, unit_3_2_1201: Unit
) -> None:
    before = ticket_in("accepted")
    joined = make_resident("李小明", "13811118888", unit_3_2_1201, role, since=timezone.now())
    after = ticket_in("accepted")
    assert list(Ticket.objects.visible_to(joined)) == [after]
    assert before != after


def test_the_owner_who_lets_the_unit_sees_what_the_tenant_reports(
    ticket_in: Walk, unit_3_2_1201: Unit, resident_wang: User
) -> None:
    tenant = make_resident("何丽", "13811117777", unit_3_2_1201, "tenant")
    ticket = ticket_in("reported", by=tenant, reporter=tenant.people.get())
    assert ticket in Ticket.objects.visible_to(resident_wang)


def test_a_renewed_stay_is_one_stay(ticket_in: Walk, resident_wang: User) -> None:
    ticket = ticket_in("reported")
    stay = Occupancy.objects.get(person__user=resident_wang)
    now = timezone.now()
    Occupancy.objects.filter(pk=stay.pk).update(until=now, is_primary=False)
    Occupancy.objects.create(
        community=stay.community, unit=stay.unit, person=stay.person, role="co_owner", since=now
    )
    assert ticket in Ticket.objects.visible_to(resident_wang)


def test_an_own_report_stays_in_sight_though_the_roll_says_a_later_day(
    ticket_in: Walk, resident_wang: User
) -> None:
    ticket = ticket_in("reported")
    Occupancy.objects.filter(person__user=resident_wang).update(since=timezone.now())
    assert ticket in Ticket.objects.visible_to(resident_wang)
