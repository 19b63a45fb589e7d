"""The grid: status × action × role. Whatever the table does not list is refused."""

from __future__ import annotations

from functools import cache

import pytest

from decoration.actions import CALLS
from decoration.models import Permit
from decoration.workflow import TABLE, Status
from servicecenter.accounts.models import User
from servicecenter.lib.refusals import NotFound, NotPermitted
from servicecenter.workflow.run import allowed, rows_for
from servicecenter.workflow.standings import Standing
from tests.decoration.conftest import Site

S = Standing
CAST: dict[str, frozenset[str]] = {
    "resident_wang": frozenset({S.APPLICANT, S.OWNER}),
    "agent_li": frozenset({S.AGENT}),
    "supervisor_bo": frozenset({S.SUPERVISOR}),
    "manager_mei": frozenset({S.MANAGER}),
    "technician_chen": frozenset({S.ENGINEER}),
    "guard_hu": frozenset({S.GUARD}),
    "admin_gu": frozenset({S.COLLEAGUE}),
    "tenant_zhao": frozenset(),
    "stranger_sun": frozenset(),
    "agent_binjiang": frozenset(),
}
# Outdoors nobody sees what is still being written, or was taken back.
HIDDEN = frozenset({"draft", "returned", "withdrawn"})


def _refusal(permit: Permit, action: str, user: User) -> str:
    try:
        rows_for(permit, action, user)
    except NotFound:
        return "not_found"
    except NotPermitted:
        return "not_permitted"
    return "transition_refused"


def _expected(status: str, facts: dict[str, bool], action: str, standings: frozenset[str]) -> str:
    if not standings:
        return "not_found"
    mine = [each for each in TABLE.rows_of(action) if each.who & standings]
    if any(status in each.sources and facts[each.when] for each in mine):
        return "allowed"
    return "transition_refused" if mine else "not_permitted"


@pytest.mark.parametrize("status", Status.values)
def test_a_permit_lets_each_role_do_exactly_what_its_table_lists(
    status: str, site: Site, request: pytest.FixtureRequest
) -> None:
    permit = site.permit(status)
    # What it is to whom, and what is true of it, does not change while the grid is walked.
    permit.standings = cache(permit.standings)  # type: ignore[method-assign]
    facts = {"": True} | {each.when: bool(getattr(permit, each.when)) for each in TABLE.rows if each.when}
    for name, standings in CAST.items():
        if status in HIDDEN and name in ("technician_chen", "guard_hu"):
            standings = frozenset()
        user: User = request.getfixturevalue(name)
        may = {each.action for each in allowed(permit, user)}
        for action in TABLE.actions:
            found = "allowed" if action in may else _refusal(permit, action, user)
            assert found == _expected(status, facts, action, standings), (status, action, name)


def test_every_action_of_the_table_can_be_called() -> None:
    assert set(TABLE.actions) - set(CALLS) == {"add_photo"}


def test_a_permit_that_is_over_leads_nowhere_but_to_a_second_look() -> None:
    leaving = {each.action for each in TABLE.rows for status in TABLE.final if status in each.sources}
    assert leaving == {"look_again"}
