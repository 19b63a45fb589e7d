"""What was seen on a site without signal: sent once, at the time when it was seen, and refused with how it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from decoration.models import Permit
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now
from tests.decoration.conftest import DO, Site, site, today

__all__ = ["site"]
HOUR = timedelta(hours=1)


@pytest.fixture
def permit(site: Site) -> Permit:
    """Issued yesterday."""
    permit = site.permit("permit_active")
    Permit.objects.filter(pk=permit.pk).update(issued_at=database_now() - 24 * HOUR)
    permit.refresh_from_db()
    return permit


@pytest.fixture
def phone(site: Site, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(site.guard)


def seen(site: Site, broken: str = "", **more: str) -> dict[str, Any]:
    """A patrol as the phone kept it."""
    sent: dict[str, Any] = {"idempotency_key": "0a1b2c3d-0000-4000-8000-000000000001", "note": ""}
    for rule in site.conduct():
        bad = bool(broken) and rule.text.startswith(broken)
        sent[f"rule_{rule.pk}"] = "broken" if bad else "fine"
        if bad:
            sent[f"words_{rule.pk}"] = "垃圾堆在走廊"
    return sent | more


def test_a_patrol_counts_from_when_it_was_made_and_is_sent_once(
    site: Site, permit: Permit, phone: Client
) -> None:
    told = database_now() - 3 * HOUR
    sent = seen(site, "装修垃圾", happened_at=told.isoformat())
    address = f"/field/sites/{permit.number}/later/patrol/"
    assert phone.post(address, sent).json() == {"version": None, "again": False}
    assert phone.post(address, sent).json() == {"version": None, "again": True}
    patrol = permit.patrols.get()
    assert patrol.at == told
    # What is to be put right has its whole time from when we heard of it.
    assert permit.violations.get().due_at > database_now() + 12 * HOUR
    permit.refresh_from_db()
    assert permit.patrol_due_on == today() + timedelta(days=1)


def test_a_patrol_that_is_told_later_does_not_undo_the_plan_of_one_after_it(
    site: Site, permit: Permit, phone: Client
) -> None:
    site.patrol(permit)
    permit.refresh_from_db()
    planned = permit.patrol_due_on
    told = database_now() - 11 * HOUR
    sent = seen(site, happened_at=told.isoformat())
    assert phone.post(f"/field/sites/{permit.number}/later/patrol/", sent).status_code == 200
    permit.refresh_from_db()
    assert permit.patrol_due_on == planned


@pytest.mark.parametrize(("hours", "code"), [(-2, "phone_time_refused"), (13, "phone_time_refused")])
def test_a_time_that_cannot_be_is_refused_and_can_be_sent_with_the_present_one(
    site: Site, permit: Permit, phone: Client, hours: int, code: str
) -> None:
    address = f"/field/sites/{permit.number}/later/patrol/"
    told = (database_now() - hours * HOUR).isoformat()
    answer = phone.post(address, seen(site, happened_at=told))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert phone.post(address, seen(site)).status_code == 200


def test_a_conflict_comes_with_how_the_site_stands_now(site: Site, permit: Permit, phone: Client) -> None:
    DO["ask_acceptance"](permit, by=site.owner)
    answer = phone.post(f"/field/sites/{permit.number}/later/patrol/", seen(site))
    assert answer.status_code == 409
    assert answer.json()["present"]["status"] == "acceptance_asked"


def test_what_is_left_out_is_said_at_its_line(site: Site, permit: Permit, phone: Client) -> None:
    rule = site.conduct()[0]
    sent = {name: value for name, value in seen(site).items() if name != f"rule_{rule.pk}"}
    answer = phone.post(f"/field/sites/{permit.number}/later/patrol/", sent)
    assert answer.status_code == 422
    assert f"rule_{rule.pk}" in answer.json()["errors"]


def test_a_violation_is_looked_at_again_without_signal(site: Site, permit: Permit, phone: Client) -> None:
    site.patrol(permit, broken="装修垃圾")
    violation = permit.violations.get()
    sent = {
        "idempotency_key": "0a1b2c3d-0000-4000-8000-000000000002",
        "violation": violation.pk,
        "result": "yes",
        "note": "",
    }
    assert phone.post(f"/field/sites/{permit.number}/later/recheck/", sent).status_code == 200
    violation.refresh_from_db()
    assert violation.mended_at is not None


def test_whoever_looks_again_after_a_colleague_did_reads_so(
    site: Site, permit: Permit, phone: Client
) -> None:
    for rule in site.conduct()[:2]:
        site.patrol(permit, broken=rule.text)
    first = permit.violations.order_by("id")[0]
    DO["recheck"](permit, violation=first, mended=True, by=site.guard)
    sent = {
        "idempotency_key": "0a1b2c3d-0000-4000-8000-000000000004",
        "violation": first.pk,
        "result": "yes",
        "note": "",
    }
    answer = phone.post(f"/field/sites/{permit.number}/later/recheck/", sent)
    assert answer.status_code == 422
    assert "此前已整改" in str(answer.json()["errors"])


def test_what_is_given_up_is_written_down_and_other_steps_have_no_such_door(
    permit: Permit, phone: Client
) -> None:
    sent = {
        "idempotency_key": "0a1b2c3d-0000-4000-8000-000000000003",
        "what": "巡查 10:00",
        "reason": "同事已巡查",
    }
    for _again in range(2):
        assert phone.post(f"/field/sites/{permit.number}/drop/", sent).status_code == 200
    event = permit.events().get(action="dropped_later")
    assert event.internal
    assert phone.post(f"/field/sites/{permit.number}/later/stop-work/", sent).status_code == 404


def test_the_phone_keeps_the_list_and_a_page_with_the_checklist(
    site: Site, permit: Permit, phone: Client
) -> None:
    assert f"/field/sites/{permit.number}/ahead/?v=" in phone.get("/field/sites/").content.decode()
    page = phone.get(f"/field/sites/{permit.number}/ahead/")
    assert [form.code for form in page.context["ahead"].forms] == ["patrol", "report-violation"]
    there = phone.get(f"/field/sites/{permit.number}/")
    assert there.headers["Location"] == f"/permits/{permit.number}/"
    waiting = phone.get("/field/waiting/").context["words"]
    rule = site.conduct()[0]
    assert waiting["fields"]["patrol"][f"rule_{rule.pk}"] == rule.text
    assert waiting["values"]["rule"]["broken"]
