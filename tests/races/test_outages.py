"""Linking, closing and going on at the same moment: no repair falls between, none is completed twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from repairs.actions import outages
from repairs.models import LineState, Outage, OutageLine, Ticket
from repairs.outage_workflow import OutageStatus
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now
from surveys.models import FollowUp
from tests.conftest import Walk
from tests.races.test_races import codes, collide

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def restored(yangguang: Community, agent_li: User) -> Outage:
    """A power cut of the community that is over."""
    outage = outages.announce(
        community=yangguang,
        kind="power",
        sentence="配电房跳闸，正在抢修。",
        expected_end_at=database_now() + timedelta(hours=2),
        by=agent_li,
    )
    return outages.restore(outage, by=agent_li)


def test_a_link_and_the_closing_at_once_leave_no_linked_repair_without_its_turn(
    restored: Outage, ticket_in: Walk, agent_li: User, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = ticket_in(text="家里没电了")
    same = Outage.objects.get(pk=restored.pk)
    results = collide(
        lambda: outages.join(ticket, restored, by=agent_li),
        lambda: outages.close(same, summary="已修复", technician=technician_chen, by=supervisor_bo),
    )
    assert set(codes(results)) <= {"outage_over"}
    linked = Ticket.objects.get(pk=ticket.pk).outage_id is not None
    assert OutageLine.objects.filter(ticket=ticket).exists() is linked


def test_two_who_go_on_at_once_complete_each_repair_once(
    restored: Outage, ticket_in: Walk, agent_li: User, supervisor_bo: User, technician_chen: User
) -> None:
    for _number in range(4):
        outages.join(ticket_in(text="家里没电了"), restored, by=agent_li)
    outages.close(restored, summary="已修复", technician=technician_chen, by=supervisor_bo)
    one, other = (Outage.objects.get(pk=restored.pk) for _number in range(2))
    assert sum(collide(lambda: outages.work_on(one), lambda: outages.work_on(other))) == 4
    assert set(OutageLine.objects.values_list("state", "completion_no")) == {(LineState.DONE, 1)}
    assert FollowUp.objects.count() == Ticket.objects.filter(status=Status.COMPLETED).count() == 4
    assert Outage.objects.get(pk=restored.pk).status == OutageStatus.CLOSED


def test_two_supervisors_close_it_once(
    restored: Outage, ticket_in: Walk, agent_li: User, supervisor_bo: User, technician_chen: User
) -> None:
    outages.join(ticket_in(text="家里没电了"), restored, by=agent_li)
    same = Outage.objects.get(pk=restored.pk)
    results = collide(
        *(
            lambda o=o: outages.close(o, summary="已修复", technician=technician_chen, by=supervisor_bo)
            for o in (restored, same)
        )
    )
    assert codes(results) == ["transition_refused"]
    assert OutageLine.objects.count() == 1
