"""The pages of rules and of technicians: who writes them, what they refuse, what the preview says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from repairs.models import Certificate, DispatchRule
from servicecenter.accounts.models import Community, User
from tests.conftest import Walk
from tests.desk.pages import text_of
from tests.repairs.rules import make_rule

SignedIn = Callable[[User], Client]
RULES = "/manage/dispatch/"
NEW = f"{RULES}rules/new/?community=YG"


def typed(**said: Any) -> dict[str, Any]:
    fields = {
        "name": "水电急修",
        "trade": "plumbing",
        "who": "least_busy",
        "mode": "automatic",
        "position": "5",
        "is_active": "on",
    }
    return fields | {"idempotency_key": str(uuid4())} | said


def test_a_supervisor_writes_a_rule_once_and_changes_it(
    yangguang: Community, signed_in: SignedIn, supervisor_bo: User
) -> None:
    browser, data = signed_in(supervisor_bo), typed()
    for _tap in range(2):
        assert browser.post(NEW, data).status_code == 302
    rule = DispatchRule.objects.get()
    assert (rule.community, rule.name, rule.mode, rule.changed_by) == (
        yangguang,
        "水电急修",
        "automatic",
        supervisor_bo,
    )
    browser.post(f"{RULES}rules/{rule.pk}/", typed(mode="propose", is_active=""))
    rule.refresh_from_db()
    assert (rule.mode, rule.is_active) == ("propose", False)


@pytest.mark.parametrize(
    "said", [{"who": "named"}, {"mode": "magic"}, {"max_open": "0"}, {"name": " "}, {"position": "-1"}]
)
def test_a_rule_that_makes_no_sense_stays_on_the_form(
    signed_in: SignedIn, supervisor_bo: User, said: dict[str, Any]
) -> None:
    assert signed_in(supervisor_bo).post(NEW, typed(**said)).status_code == 422
    assert not DispatchRule.objects.exists()


def test_the_preview_names_who_would_go_and_stores_nothing(
    ticket_in: Walk, signed_in: SignedIn, supervisor_bo: User, technician_he: User
) -> None:
    ticket = ticket_in("accepted")
    data = typed(who="named", named=str(technician_he.pk), preview="yes")
    page = signed_in(supervisor_bo).post(NEW, data)
    (row,) = page.context["preview"]
    assert (row.ticket, row.goes_to, row.rule.name) == (ticket, "何勇", "水电急修")
    assert page.context["modes"] == {"automatic": 1, "propose": 0, "grab": 0, "none": 0}
    assert not DispatchRule.objects.exists()


def test_managers_read_and_write_nothing(
    signed_in: SignedIn, yangguang: Community, manager_mei: User, supervisor_bo: User
) -> None:
    rule = make_rule(community=yangguang)
    browser = signed_in(manager_mei)
    assert rule.name in text_of(browser.get(f"{RULES}?community=YG"))
    assert browser.get(NEW).status_code == 403
    assert browser.post(f"{RULES}rules/{rule.pk}/", typed()).status_code == 403
    # The company's rules are an administrator's.
    assert signed_in(supervisor_bo).post(f"{RULES}rules/new/", typed()).status_code == 403


@pytest.mark.parametrize("who", ["agent_li", "technician_chen", "resident_wang"])
def test_nobody_else_opens_these_pages(who: str, request: pytest.FixtureRequest, signed_in: SignedIn) -> None:
    browser = signed_in(request.getfixturevalue(who))
    for path in (RULES, NEW, f"{RULES}technicians/"):
        assert browser.get(path).status_code in (302, 403)


def test_rules_of_other_communities_are_not_found(
    binjiang: Community, signed_in: SignedIn, supervisor_bo: User
) -> None:
    rule = make_rule(community=binjiang)
    assert signed_in(supervisor_bo).get(f"{RULES}rules/{rule.pk}/").status_code == 404


def test_certificates_are_entered_shown_and_withdrawn(
    yangguang: Community, signed_in: SignedIn, supervisor_bo: User, technician_he: User
) -> None:
    browser = signed_in(supervisor_bo)
    page = f"{RULES}technicians/{technician_he.pk}/"
    until = (timezone.now() + timedelta(days=30)).date()
    sent = {"kind": "electrician", "number": "T3502", "valid_until": until.isoformat()}
    assert browser.post(f"{page}certificates/?community=YG", sent).status_code == 302
    assert browser.post(f"{page}certificates/?community=YG", sent).status_code == 422
    certificate = Certificate.objects.get()
    assert "T3502" in text_of(browser.get(f"{RULES}technicians/?community=YG"))
    assert browser.post(f"{RULES}certificates/{certificate.pk}/withdraw/").status_code == 302
    assert "T3502" not in text_of(browser.get(page))


def test_trades_and_buildings_are_ticked(
    ticket_in: Walk, signed_in: SignedIn, supervisor_bo: User, technician_he: User
) -> None:
    building = ticket_in.unit.building
    page = f"{RULES}technicians/{technician_he.pk}/?community=YG"
    sent = {"trades": ["electrical"], "buildings": [building.pk]}
    assert signed_in(supervisor_bo).post(page, sent).status_code == 302
    technician_he.refresh_from_db()
    assert (technician_he.trades, [zone.building for zone in technician_he.zones.all()]) == (
        ["electrical"],
        [building],
    )


def test_a_technician_of_another_community_is_not_found(
    signed_in: SignedIn, supervisor_bo: User, technician_binjiang: User
) -> None:
    page = f"{RULES}technicians/{technician_binjiang.pk}/"
    assert signed_in(supervisor_bo).get(page).status_code == 404
