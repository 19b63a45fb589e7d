"""A real browser: Debian's Chromium driven by Playwright, one window per person."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from servicecenter.accounts.actions import draw_code
from servicecenter.accounts.models import PhoneCode, User
from tests.conftest import PASSWORD

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}

# A busy machine is no fault of the page.
expect.set_options(timeout=15_000)

# Playwright's loop runs in this thread; the test talks to the database only between the browser's steps.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a Chromium the journeys are skipped with a plain line; under CI that is a failure."""
    if CHROMIUM is None and os.environ.get("CI") != "true":
        skip = pytest.mark.skip(reason="no Chromium on this machine: browser journeys are skipped")
        for item in items:
            if item.get_closest_marker("journey"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    assert CHROMIUM is not None, "a Chromium is needed (CI=true): install the package chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


class Windows:
    """Signs people in, each in a window of their own, and watches for errors in the pages."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser = browser
        self.base = base
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def open(self, size: Any, language: str) -> Page:
        """A new window in a language."""
        context = self.browser.new_context(viewport=size)
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "django_language", "value": language, "url": self.base}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console",
            lambda said: self.errors.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    def staff(self, user: User, size: Any = DESK, language: str = "zh-hans") -> Page:
        """A member of staff signs in with user name and password."""
        page = self.open(size, language)
        page.goto(f"{self.base}/login/staff/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    def resident(self, user: User, language: str = "zh-hans") -> Page:
        """A resident signs in on a phone with the code that was sent."""
        page = self.open(PHONE, language)
        page.goto(f"{self.base}/login/")
        page.fill("[name=phone]", user.phone or "")
        page.click("main button[type=submit]")
        page.wait_for_url("**/login/code/")
        page.fill("[name=code]", draw_code(PhoneCode.objects.latest("id")))
        page.click("main button[type=submit]")
        page.wait_for_url("**/portal/")
        return page


@pytest.fixture
def windows(browser: Browser, live_server: Any) -> Iterator[Windows]:
    """`windows.staff(user)`, `windows.resident(user)`; afterwards no page may have had a script or CSP error."""
    opened = Windows(browser, live_server.url)
    yield opened
    for context in opened.contexts:
        context.close()
    assert opened.errors == []
