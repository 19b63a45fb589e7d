"""A supervisor changes a promise in the browser: sees what it means, saves it, and an open repair's deadline moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from servicecenter.accounts.models import User
from servicecenter.sla.models import Clock, Policy
from tests.conftest import Walk
from tests.journeys.conftest import Windows

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_supervisor_changes_the_response_and_an_open_repair_follows(
    windows: Windows, supervisor_bo: User, ticket_in: Walk
) -> None:
    ticket = ticket_in("accepted")
    clock = Clock.objects.get(work="repair", case_id=ticket.pk, stage="respond")
    page = windows.staff(supervisor_bo)
    page.goto(f"{windows.base}/desk/tickets/{ticket.number}/")
    before = clock.due_at
    assert before is not None
    expect(page.locator(f"main [data-due='{before.isoformat()}']").first).to_be_visible()

    page.goto(f"{windows.base}/desk/")
    page.locator(".rail a[href='/manage/']").click()
    page.locator("[data-card='promises']").click()
    page.locator("tr[data-stage='respond'][data-kind='normal'] [data-source='own']").click()
    page.fill("[name=amount]", "12")
    # While it is typed the page calculates; nothing is stored yet.
    moved = page.locator("#trial [data-when='now'] [data-step='due'] .instant-moved")
    expect(moved).to_contain_text("比现行提前 12 小时")
    assert not Policy.objects.exclude(community=None).exists()

    page.check("[name=apply_to_open] >> nth=0")
    page.locator("[data-action='save']").click()
    expect(page.locator("[data-present='own']")).to_contain_text("12 小时")
    clock.refresh_from_db()
    assert clock.due_at == before - timedelta(hours=12)

    page.goto(f"{windows.base}/desk/tickets/{ticket.number}/")
    expect(page.locator(f"main [data-due='{clock.due_at.isoformat()}']").first).to_be_visible()
