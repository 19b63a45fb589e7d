"""The grids: status × action × role. Whatever the tables do not list is refused."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from complaints.models import Complaint, Inquiry
from complaints.workflow import COMPLAINT, INQUIRY, InquiryStatus, Status
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound, NotPermitted
from servicecenter.workflow.run import TransitionRefused, applies, check
from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table
from tests.complaints.conftest import Cast

S = Standing
# Who is what to a complaint in which agent_li is in charge; technician_he has nothing to do with it.
COMPLAINT_CAST: dict[str, frozenset[str]] = {
    "agent_li": frozenset({S.AGENT, S.HANDLER}),
    "agent_zhou": frozenset({S.AGENT}),
    "supervisor_bo": frozenset({S.SUPERVISOR}),
    "manager_mei": frozenset({S.MANAGER}),
    "admin_gu": frozenset({S.COLLEAGUE}),
    "resident_wang": frozenset({S.RESIDENT}),
    "technician_he": frozenset(),
    "tenant_zhao": frozenset(),
    "stranger_sun": frozenset(),
    "agent_binjiang": frozenset(),
}
INQUIRY_CAST = COMPLAINT_CAST | {"agent_li": frozenset({S.AGENT})}


def _standing_still(case: Any) -> Any:
    """Nobody's standing changes while the grid is walked: each is asked once."""
    case.standings = cache(case.standings)
    return case


def _outcome(case: Complaint | Inquiry, action: str, user: User) -> str:
    try:
        check(case, action, user)
    except NotFound:
        return "not_found"
    except NotPermitted:
        return "not_permitted"
    except TransitionRefused:
        return "transition_refused"
    return "allowed"


def _expected(table: Table, case: Complaint | Inquiry, action: str, standings: frozenset[str]) -> str:
    if not standings:
        return "not_found"
    rows = table.rows_of(action)
    if any(applies(each, case) and each.who & standings for each in rows):
        return "allowed"
    return "transition_refused" if any(each.who & standings for each in rows) else "not_permitted"


@pytest.mark.parametrize("status", Status.values)
def test_a_complaint_lets_each_role_do_exactly_what_its_table_lists(
    status: str, cast: Cast, request: pytest.FixtureRequest
) -> None:
    complaint = _standing_still(cast.complaint(status))
    for name, standings in COMPLAINT_CAST.items():
        user: User = request.getfixturevalue(name)
        for action in COMPLAINT.actions:
            found = _outcome(complaint, action, user)
            assert found == _expected(COMPLAINT, complaint, action, standings), (status, action, name)


@pytest.mark.parametrize("status", InquiryStatus.values)
def test_an_inquiry_lets_each_role_do_exactly_what_its_table_lists(
    status: str, cast: Cast, request: pytest.FixtureRequest
) -> None:
    inquiry = _standing_still(cast.inquiry(status))
    for name, standings in INQUIRY_CAST.items():
        user: User = request.getfixturevalue(name)
        for action in INQUIRY.actions:
            found = _outcome(inquiry, action, user)
            assert found == _expected(INQUIRY, inquiry, action, standings), (status, action, name)


@pytest.mark.parametrize("table", [COMPLAINT, INQUIRY])
def test_final_statuses_lead_nowhere_but_to_thanks(table: Table) -> None:
    leaving = {each.action for each in table.rows for status in table.final if status in each.sources} - {
        "pass_on"
    }
    assert leaving == set()
