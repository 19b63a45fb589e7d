"""The grid: status × action × role. Whatever the table does not list is refused."""

from __future__ import annotations

import pytest

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import TABLE, Status
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound, NotPermitted
from servicecenter.workflow.run import TransitionRefused, allowed, applies, check
from servicecenter.workflow.standings import Standing
from tests.conftest import Walk

CAST = (
    "agent_li",
    "supervisor_bo",
    "technician_chen",
    "technician_he",
    "guard_hu",
    "manager_mei",
    "admin_gu",
    "resident_wang",
    "tenant_zhao",
    "stranger_sun",
    "agent_binjiang",
    "technician_binjiang",
)
STANDINGS: dict[str, str] = {
    "agent_li": Standing.AGENT,
    "supervisor_bo": Standing.SUPERVISOR,
    "technician_chen": Standing.ASSIGNEE,
    "resident_wang": Standing.RESIDENT,
    "manager_mei": Standing.COLLEAGUE,
    "admin_gu": Standing.COLLEAGUE,
}


@pytest.mark.parametrize("status", Status.values)
def test_in_every_status_each_role_may_do_exactly_what_the_table_lists(
    status: str, ticket_in: Walk, request: pytest.FixtureRequest
) -> None:
    ticket = ticket_in(status)
    for name in CAST:
        user: User = request.getfixturevalue(name)
        standing = STANDINGS.get(name, "")
        if standing == Standing.ASSIGNEE and ticket.assignee_id != user.pk:
            standing = ""
        for action in TABLE.actions:
            listed = any(
                applies(each, ticket) and standing in each.who for each in TABLE.rows if each.action == action
            )
            assert _outcome(ticket, action, user) == _expected(listed, action, standing), (
                status,
                action,
                name,
            )


def _outcome(ticket: Ticket, action: str, user: User) -> str:
    try:
        check(ticket, action, user)
    except NotFound:
        return "not_found"
    except NotPermitted:
        return "not_permitted"
    except TransitionRefused:
        return "transition_refused"
    return "allowed"


def _expected(listed: bool, action: str, standing: str) -> str:
    if not standing:
        return "not_found"
    if listed:
        return "allowed"
    mine = any(standing in each.who for each in TABLE.rows_of(action))
    return "transition_refused" if mine else "not_permitted"


@pytest.mark.parametrize("status", [Status.ON_SITE, Status.PLAN_PROPOSED, Status.PLAN_APPROVED])
def test_only_what_is_dangerous_can_be_made_safe_and_only_once(
    status: str, ticket_in: Walk, technician_chen: User
) -> None:
    assert _outcome(ticket_in(status), "secure", technician_chen) == "transition_refused"
    ticket = ticket_in(status, urgency="emergency")
    assert _outcome(ticket, "secure", technician_chen) == "allowed"
    actions.secure(ticket, note="已关总阀", by=technician_chen)
    assert (ticket.status, _outcome(ticket, "secure", technician_chen)) == (status, "transition_refused")


def test_a_refused_step_names_what_is_possible_instead(ticket_in: Walk, technician_chen: User) -> None:
    ticket = ticket_in(Status.DISPATCHED)
    with pytest.raises(TransitionRefused) as refusal:
        check(ticket, "complete", technician_chen)
    assert refusal.value.code == "transition_refused"
    assert set(refusal.value.extra["allowed"]) == {each.action for each in allowed(ticket, technician_chen)}


def test_every_row_of_the_table_has_somebody_who_may_take_it() -> None:
    assert [each.action for each in TABLE.rows if not each.who] == []


def test_final_statuses_lead_nowhere_but_to_notes() -> None:
    leaving = {
        (each.action, status)
        for each in TABLE.rows
        for status in TABLE.final
        if status in each.sources and each.action != "note"
    }
    assert leaving == set()
