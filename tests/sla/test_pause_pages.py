"""Leaders decide on a page for which reasons a clock may pause."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.sla.models import PauseRule
from servicecenter.sla.queries import pause_rules

SignIn = Callable[[User], Client]
ADDRESS = "/manage/pauses/?community=YG"


@pytest.fixture(autouse=True)
def _rules(yangguang: Community) -> None:
    """The company's rule, also after a test that emptied the tables."""
    PauseRule.objects.get_or_create(
        work="repair",
        reason="parts",
        community=None,
        defaults={"longest_days": 14, "consent_after_days": 14},
    )


def typed(**more: str) -> dict[str, str]:
    fields = {
        "longest_days": "5",
        "consent_after_days": "7",
        "active": "on",
        "work": "repair",
        "reason": "parts",
    }
    plain = {f"repair-parts-{name}": value for name, value in (fields | {"seen": ""}).items()}
    return plain | {"prefix": "repair-parts"} | more


def test_a_supervisor_makes_a_rule_of_the_community(
    signed_in: SignIn, supervisor_bo: User, yangguang: Community
) -> None:
    assert signed_in(supervisor_bo).post(ADDRESS, typed()).status_code == 302
    rule = pause_rules(work="repair", community_id=yangguang.pk)["parts"]
    assert (rule.longest_days, rule.consent_after_days) == (5, 7)
    assert Event.objects.get(work="pause_rule").by == supervisor_bo


def test_the_community_goes_back_to_the_company(
    signed_in: SignIn, supervisor_bo: User, yangguang: Community
) -> None:
    client = signed_in(supervisor_bo)
    client.post(ADDRESS, typed())
    answer = client.post(ADDRESS, typed(company="yes") | {"repair-parts-seen": "5/7/yes"})
    assert answer.status_code == 302
    assert pause_rules(work="repair", community_id=yangguang.pk)["parts"].community is None


def test_a_forbidden_reason_is_offered_no_more(
    signed_in: SignIn, supervisor_bo: User, yangguang: Community
) -> None:
    without = {name: value for name, value in typed().items() if name != "repair-parts-active"}
    signed_in(supervisor_bo).post(ADDRESS, without)
    assert "parts" not in pause_rules(work="repair", community_id=yangguang.pk)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    signed_in: SignIn, supervisor_bo: User
) -> None:
    client = signed_in(supervisor_bo)
    client.post(ADDRESS, typed())
    stale = client.post(ADDRESS, typed() | {"repair-parts-longest_days": "9"})
    assert stale.status_code == 422
    assert 'value="9"' in stale.content.decode()
    assert PauseRule.objects.get(community__code="YG").longest_days == 5


@pytest.mark.parametrize("days", ["0", "366", "-1", "1e3", "9" * 400, "", "abc", "\0"])
def test_days_outside_a_year_are_refused(signed_in: SignIn, supervisor_bo: User, days: str) -> None:
    answer = signed_in(supervisor_bo).post(ADDRESS, typed() | {"repair-parts-longest_days": days})
    assert answer.status_code in (400, 422)
    assert not PauseRule.objects.filter(community__code="YG").exists()


@pytest.mark.parametrize("reason", ["", "lunch", "\0"])
def test_a_reason_that_nobody_listed_does_not_exist(
    signed_in: SignIn, supervisor_bo: User, reason: str
) -> None:
    answer = signed_in(supervisor_bo).post(ADDRESS, typed() | {"repair-parts-reason": reason})
    assert answer.status_code in (400, 404, 422)


def test_the_company_is_decided_by_administrators_only(
    signed_in: SignIn, supervisor_bo: User, admin_gu: User
) -> None:
    company = typed() | {"repair-parts-seen": "14/14/yes"}
    assert signed_in(supervisor_bo).post("/manage/pauses/", company).status_code == 403
    assert signed_in(admin_gu).post("/manage/pauses/", company).status_code == 302


def test_a_manager_reads_and_an_agent_does_not(signed_in: SignIn, manager_mei: User, agent_li: User) -> None:
    assert signed_in(manager_mei).get(ADDRESS).status_code == 200
    assert signed_in(manager_mei).post(ADDRESS, typed()).status_code == 403
    assert signed_in(agent_li).get(ADDRESS).status_code == 403


def test_another_community_does_not_exist(
    signed_in: SignIn, supervisor_bo: User, binjiang: Community
) -> None:
    assert signed_in(supervisor_bo).post("/manage/pauses/?community=BJ", typed()).status_code == 404
