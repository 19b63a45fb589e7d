"""Answering on a phone, and calling at the desk, in a real browser: how much it takes of a thumb and of ten fingers.

How long it takes is measured by `tests.bench.hands`; a test that watches a clock fails on a busy machine.
"""

from __future__ import annotations

from datetime import time

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from surveys.actions.entering import draw_link
from surveys.models import FollowUp, Response
from tests.conftest import Walk
from tests.journeys.conftest import PHONE, Windows
from tests.surveys.conftest import GOOD, Town, town, waiting

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
__all__ = ["town"]

# Fourteen marks and six buttons; nothing is typed, nothing is scrolled sideways.
MOST_TAPS = 20
# n, six marks, solved, saved.
CALL_KEYS = ("n", "9", "9", "0", "8", "8", "9", "y", "s")


def answer_all(page: Page, said: dict[str, int]) -> int:
    """Taps the marks of each screen and goes on, until thanks are said; how many taps that took."""
    taps = 0
    while page.locator("form[data-survey]").count():
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for code, mark in said.items():
            choice = page.locator(f"label:has([name='{code}'][value='{mark}'])")
            if choice.count():
                choice.click()
                taps += 1
        page.locator("form[data-survey] button[type=submit]").click()
        taps += 1
    return taps


def test_the_yearly_questionnaire_takes_twenty_taps_on_a_phone(town: Town, windows: Windows) -> None:
    asked = waiting(town.running())[0]
    page = windows.open(PHONE, "zh-hans")
    page.goto(windows.base + reverse("survey", args=[draw_link(asked, "link")]))
    assert answer_all(page, GOOD) <= MOST_TAPS
    expect(page.locator("main")).to_contain_text("谢谢")
    assert Response.objects.get().answers == GOOD


def test_an_agent_calls_with_nine_keys(windows: Windows, agent_zhou: User, ticket_in: Walk) -> None:
    ticket_in(Status.COMPLETED)
    Community.objects.update(calls_from=time(0), calls_until=time(23, 59, 59))
    page = windows.staff(agent_zhou)
    page.goto(f"{windows.base}/desk/calls/")
    opened: list[str] = []
    page.on("request", lambda sent: opened.append(sent.url) if sent.is_navigation_request() else None)
    for key in CALL_KEYS:
        page.keyboard.press(key)
        if key == "n":
            page.wait_for_selector("form[data-ratings]")
    page.wait_for_selector("[data-action=claim]")
    # y answers a question here; elsewhere at the desk it opens the register of keys.
    assert [url for url in opened if "/desk/calls/" not in url] == []
    done = FollowUp.objects.get()
    assert (done.status, done.outcome, done.overall, done.solved) == ("done", "satisfied", 9, True)
