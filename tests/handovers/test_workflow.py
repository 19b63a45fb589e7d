"""The grid: status × action × role. Whatever the table does not list is refused."""

from __future__ import annotations

import pytest

from handovers.models import Handover
from handovers.workflow import TABLE, Status
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import Refusal
from servicecenter.workflow.run import check
from servicecenter.workflow.standings import Standing
from tests.handovers.conftest import Way

CAST: dict[str, str] = {
    "agent_li": Standing.AGENT,
    "supervisor_bo": Standing.SUPERVISOR,
    "technician_chen": Standing.ASSIGNEE,
    "technician_he": "",
    "guard_hu": "",
    "manager_mei": Standing.COLLEAGUE,
    "admin_gu": Standing.COLLEAGUE,
    "resident_wang": Standing.RESIDENT,
    "tenant_zhao": "",
    "stranger_sun": "",
    "agent_binjiang": "",
    "technician_binjiang": "",
}


def _standing(handover: Handover, name: str, user: User) -> str:
    """A technician is an inspector of units that wait for one, and of their own."""
    if name in ("technician_chen", "technician_he"):
        waits = handover.status == Status.FEES_DONE and handover.inspector_id is None
        return Standing.ASSIGNEE if waits or handover.inspector_id == user.pk else ""
    if name == "resident_wang" and handover.status == Status.CANCELLED:
        return Standing.RESIDENT  # still lives there
    return CAST[name]


@pytest.mark.parametrize("status", Status.values)
def test_in_every_status_each_role_may_do_exactly_what_the_table_lists(
    status: str, handover_in: Way, request: pytest.FixtureRequest
) -> None:
    handover = handover_in(status)
    assert handover.status == status
    for name in CAST:
        user: User = request.getfixturevalue(name)
        standing = _standing(handover, name, user)
        for action in TABLE.actions:
            rows = [each for each in TABLE.rows_of(action) if standing in each.who]
            listed = any(status in each.sources for each in rows)
            expected = "" if listed else "transition_refused" if rows else "not_permitted"
            expected = expected if standing else "not_found"
            assert _outcome(handover, action, user) == expected, (status, action, name)


def _outcome(handover: Handover, action: str, user: User) -> str:
    try:
        check(handover, action, user)
    except Refusal as refusal:
        return refusal.code
    return ""


def test_every_step_is_an_event_and_leads_where_the_handover_stands(handover_in: Way) -> None:
    handover = handover_in(Status.DELIVERED)
    steps = list(handover.events().exclude(to_status="").values_list("to_status", flat=True))
    walked = list(dict.fromkeys(steps))
    assert walked == [
        "planned", "checked_in", "papers_done", "fees_done", "inspecting", "inspected", "signed", "signed_off",
        "delivered",
    ]  # fmt: skip


def test_each_new_step_begins_a_new_wait(handover_in: Way) -> None:
    handover = handover_in(Status.CHECKED_IN)
    assert handover.since == handover.checked_in_at
