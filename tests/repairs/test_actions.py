"""What a step leaves behind on the ticket, and what only its events remember."""

from __future__ import annotations

from datetime import timedelta

import pytest

from owners.models import WarrantyPart
from repairs import actions
from repairs.models import Ticket
from repairs.queries.story import timeline
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import filed
from servicecenter.incidents.actions import add_shifts
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import files_of
from servicecenter.lib.refusals import Stale
from servicecenter.notifications.models import Message
from tests.conftest import Walk
from tests.portal.test_report import picture

pytestmark = pytest.mark.django_db


def plan_of(ticket: Ticket) -> tuple[object, ...]:
    ticket.refresh_from_db()
    return ticket.plan, ticket.price, ticket.plan_approved_at


@pytest.mark.parametrize("status", ["plan_proposed", "plan_approved"])
def test_another_engineer_begins_without_the_plan_of_the_first(
    status: str, ticket_in: Walk, technician_he: User, supervisor_bo: User
) -> None:
    ticket = ticket_in(status)
    actions.reassign(ticket, technician=technician_he, reason="陈刚请假", by=supervisor_bo)
    assert plan_of(ticket) == ("", None, None)
    assert ticket.events().get(action="propose_plan").text == "换陶瓷阀芯"


def test_a_declined_plan_is_off_the_table_and_stays_in_the_story(
    ticket_in: Walk, resident_wang: User
) -> None:
    ticket = ticket_in("plan_proposed")
    actions.decline_plan(ticket, reason="太贵", by=resident_wang)
    assert plan_of(ticket) == ("", None, None)
    proposed = ticket.events().get(action="propose_plan")
    assert (proposed.text, proposed.data["price"]) == ("换陶瓷阀芯", "60")


def test_what_is_said_aside_makes_no_page_stale(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("on_site")
    seen = ticket.version
    actions.add_note(ticket, note="带梯子", by=resident_wang)
    actions.urge(ticket, by=resident_wang)
    with filed(files_of([picture()])) as (photo,):
        actions.add_photo(ticket, picture=photo, kind="report", by=resident_wang)
    actions.complete(ticket, summary="已修好", version=seen, by=technician_chen)
    assert ticket.status == "completed"


def test_a_step_makes_the_pages_before_it_stale(
    ticket_in: Walk, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = ticket_in("on_site")
    seen = ticket.version
    actions.classify(ticket, trade="electrical", urgency="normal", by=supervisor_bo)
    with pytest.raises(Stale):
        actions.complete(ticket, summary="已修好", version=seen, by=technician_chen)


def test_a_corrected_part_is_kept_by_later_corrections_that_do_not_name_it(
    ticket_in: Walk, supervisor_bo: User
) -> None:
    ticket, pipes = ticket_in("accepted"), WarrantyPart.objects.get(code="plumbing")
    actions.classify(ticket, trade="plumbing", urgency="normal", part=pipes, by=supervisor_bo)
    actions.classify(ticket, trade="plumbing", urgency="emergency", by=supervisor_bo)
    ticket.refresh_from_db()
    assert ticket.part == pipes
    assert any("按工种判断 → 给排水管道" in line.text for line in timeline(ticket, supervisor_bo))


def told(ticket: Ticket, event: str) -> set[str]:
    return set(
        Message.objects.filter(case_id=ticket.pk, event=event).values_list("recipient__username", flat=True)
    )


def test_an_urge_goes_to_whoever_has_the_job(
    ticket_in: Walk, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("dispatched")
    actions.urge(ticket, by=resident_wang)
    assert told(ticket, "repair.urge") == {technician_chen.username}


def test_an_urge_about_the_job_of_somebody_who_left_goes_to_the_duty_and_to_who_may_dispatch(
    ticket_in: Walk, resident_wang: User, technician_chen: User, technician_he: User, supervisor_bo: User
) -> None:
    ticket = ticket_in("dispatched")
    now = database_now()
    add_shifts(
        community=ticket.community,
        user=technician_he,
        kind="engineering",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=7),
        by=supervisor_bo,
    )
    User.objects.filter(pk=technician_chen.pk).update(is_active=False)
    actions.urge(ticket, by=resident_wang)
    assert told(ticket, "repair.urge") == {technician_he.username, "li", "zhou"}
