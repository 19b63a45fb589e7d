"""The whole loop in the four faces: every step by the person whose step it is, in a real browser."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from surveys.models import FollowUp
from tests.journeys.conftest import PHONE, Windows

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TEXT = "厨房水槽下面的软管在漏水，地上一滩水"


def photo() -> Any:
    """A picture as a phone takes it."""
    file = io.BytesIO()
    Image.new("RGB", (1200, 900), (120, 140, 160)).save(file, "JPEG")
    return {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def press(page: Page, action: str) -> None:
    """Presses the button of an action, wherever the face has it."""
    button = page.locator(f"[data-action='{action}']").first
    if not button.is_visible():
        # The less usual steps of a phone lie under a fold.
        page.locator("details", has=page.locator(f"[data-action='{action}']")).locator(
            "summary"
        ).first.click()
    button.click()


def send(page: Page) -> None:
    """Sends the form that an action opened."""
    page.locator("form[data-act] button[type=submit]").last.click()


def agree(page: Page) -> None:
    """Says yes in the question that a weighty action asks first."""
    page.locator("#confirm button[value=yes]").click()


def ticket() -> Ticket:
    return Ticket.objects.get()


def until_status(page: Page, status: str) -> None:
    """The page shows the status, and the database agrees."""
    expect(page.locator(f"main [data-status='{status}']").first).to_be_visible()
    assert ticket().status == status


def test_a_repair_goes_from_the_residents_phone_to_the_archive(
    windows: Windows,
    resident_wang: User,
    agent_li: User,
    agent_zhou: User,
    technician_chen: User,
    manager_mei: User,
) -> None:
    """Each in the language of their own."""
    resident = windows.resident(resident_wang, "en")
    _report(resident)

    desk = windows.staff(agent_li)
    desk.goto(f"{windows.base}/desk/tickets/{ticket().number}/")
    press(desk, "accept")
    until_status(desk, Status.ACCEPTED)
    press(desk, "dispatch")
    _choose_technician(desk, technician_chen)
    until_status(desk, Status.DISPATCHED)

    field = windows.staff(technician_chen, PHONE, "zh-hant")
    _visit(field, windows.base)

    resident.goto(f"{windows.base}/portal/tickets/{ticket().number}/")
    press(resident, "approve-plan")
    agree(resident)
    until_status(resident, Status.PLAN_APPROVED)

    field.reload()
    press(field, "complete")
    field.fill("[name=summary]", "更换软管和角阀，试水半小时不漏")
    send(field)
    until_status(field, Status.COMPLETED)

    resident.goto(f"{windows.base}/portal/tickets/{ticket().number}/")
    press(resident, "confirm")
    send(resident)
    until_status(resident, Status.CONFIRMED)

    _call(windows.staff(agent_zhou, language="en"), windows.base)

    desk.goto(f"{windows.base}/desk/tickets/{ticket().number}/")
    until_status(desk, Status.FOLLOWED_UP)
    press(desk, "archive")
    agree(desk)
    until_status(desk, Status.ARCHIVED)

    board = windows.staff(manager_mei)
    expect(board.locator("main")).to_be_visible()
    assert FollowUp.objects.get().overall == 9


def _report(page: Page) -> None:
    page.goto(page.url.replace("/portal/", "/portal/report/"))
    page.set_input_files("input[type=file]", [photo()])
    page.fill("[name=text]", TEXT)
    page.locator("main form#report button[type=submit]").last.click()
    page.wait_for_url("**/report/done/**")
    expect(page.locator("[data-number]").first).to_contain_text(ticket().number)
    assert Photo.objects.filter(work="repair", case_id=ticket().pk).count() == 1


def _choose_technician(page: Page, technician: User) -> None:
    page.locator(f"[name=technician][value='{technician.pk}']").check(force=True)
    page.locator("form button[data-action='dispatch']").click()


def _visit(page: Page, base: str) -> None:
    expect(page.locator("main")).to_contain_text(TEXT[:10])
    page.goto(f"{base}/field/jobs/{ticket().number}/")
    press(page, "contact")
    page.fill("[name=note]", "电话里教住户先关了角阀")
    send(page)
    until_status(page, Status.CONTACTED)
    press(page, "arrive")
    until_status(page, Status.ON_SITE)
    press(page, "propose-plan")
    page.fill("[name=plan]", "更换软管和角阀")
    page.fill("[name=price]", "80")
    send(page)
    until_status(page, Status.PLAN_PROPOSED)


def _call(page: Page, base: str) -> None:
    page.goto(f"{base}/desk/calls/")
    page.locator("[data-action='claim']").first.click()
    page.wait_for_selector("[name=claim_no]", state="attached")
    page.locator("[name=overall][value='9']").check(force=True)
    page.locator("[name=solved]").first.check(force=True)
    page.fill("[name=comment]", "师傅很准时")
    page.locator("[data-action='reached']").click()
    page.wait_for_load_state()
    assert ticket().status == Status.FOLLOWED_UP
