"""A whole job in a basement: no signal, the browser closed and opened again, and everything sent once afterwards."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from tests.conftest import PASSWORD, Walk
from tests.journeys.conftest import CHROMIUM, PHONE
from tests.journeys.test_repair import photo

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


class Line(socketserver.ThreadingTCPServer):
    """What lies between phone and server, and can be cut: for the service worker too, which the browser's own switch
    does not reach once it was started again."""

    daemon_threads = True

    def __init__(self, server: tuple[str, int]) -> None:
        self.server, self.cut, self.open = server, False, set[socket.socket]()
        super().__init__(("127.0.0.1", 0), Talk)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def switch(self, *, on: bool) -> None:
        """Off: nothing new is let through, and what is open breaks."""
        self.cut = not on
        for each in [] if on else list(self.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


class Talk(socketserver.BaseRequestHandler):
    """One connection, both ways."""

    server: Line

    def handle(self) -> None:
        if self.server.cut:
            return
        with socket.create_connection(self.server.server) as far:
            self.server.open |= {self.request, far}
            threading.Thread(target=self.pass_on, args=(far, self.request), daemon=True).start()
            self.pass_on(self.request, far)
            self.server.open -= {self.request, far}

    def pass_on(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(live_server: Any) -> Iterator[Line]:
    address = urlsplit(live_server.url)
    between = Line((address.hostname or "", address.port or 0))
    yield between
    # The server's threads end with what they listen to.
    between.switch(on=False)
    between.shutdown()
    between.server_close()


@pytest.fixture
def phone(browser: Any, line: Line, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """`phone(offline=…)`: one phone, switched on again with everything that its browser had kept."""
    opened: list[BrowserContext] = []

    def on(*, offline: bool = False) -> Page:
        for context in opened:
            context.close()
        opened[:] = [
            browser.browser_type.launch_persistent_context(
                str(tmp_path / "phone"),
                executable_path=CHROMIUM,
                args=["--no-sandbox"],
                viewport=PHONE,
                base_url=f"http://localhost:{line.server_address[1]}",
                offline=offline,
            )
        ]
        opened[0].set_default_timeout(15_000)
        return opened[0].pages[0]

    yield on
    for context in opened:
        context.close()


def sign_in(page: Page, user: User) -> None:
    page.goto("/login/staff/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/field/")


def until_saved(page: Page, ticket: Ticket) -> None:
    """The worker has the page of the job ready for a place without signal."""
    page.evaluate(
        """async (path) => {
            while (!(await (await caches.open("pages")).match(path))) await new Promise((go) => setTimeout(go, 50));
        }""",
        f"/field/jobs/{ticket.number}/",
    )


def step(page: Page, code: str) -> Any:
    """The form of a step that may follow, unfolded."""
    expect(page.locator("[data-steps-ahead][data-drawn]")).to_be_visible()
    section = page.locator(f"[data-step='{code}']")
    if section.get_attribute("open") is None:
        section.locator("summary").click()
    return section


def waiting(page: Page, count: int) -> None:
    expect(page.locator("[data-offline-waiting] [data-count]")).to_have_text(str(count))


def sign(page: Page) -> None:
    box = page.locator("[data-signature] canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
    page.mouse.up()


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_a_job_is_done_without_signal_and_sent_once(
    phone: Callable[..., Page],
    line: Line,
    ticket_in: Walk,
    technician_chen: User,
    technician_he: User,
    supervisor_bo: User,
) -> None:
    ticket, other = ticket_in(Status.SCHEDULED), ticket_in(Status.CONTACTED, text="客厅插座没电")
    page = phone()
    sign_in(page, technician_chen)
    until_saved(page, ticket)
    until_saved(page, other)

    # Down in the basement.
    line.switch(on=False)
    page.context.set_offline(True)
    page.goto(f"/field/jobs/{ticket.number}/")
    expect(page.locator("[data-offline-saved]")).to_be_visible()
    step(page, "arrive").locator("[data-action='arrive']").click()
    waiting(page, 1)
    expect(step(page, "complete")).to_be_visible()
    step(page, "add-photo").locator("input[type=file]").set_input_files([photo()])
    step(page, "add-photo").locator("[data-action='add-photo']").click()
    waiting(page, 2)
    step(page, "complete").locator("[name=summary]").fill("换了角阀，试水不漏")
    step(page, "complete").locator("[data-action='complete']").click()
    waiting(page, 3)
    step(page, "confirm")
    sign(page)
    step(page, "confirm").locator("[data-action='confirm']").click()
    waiting(page, 4)
    page.goto(f"/field/jobs/{other.number}/")
    step(page, "arrive").locator("[data-action='arrive']").click()
    waiting(page, 5)

    # The battery is empty; meanwhile the other job goes to a colleague.
    page = phone(offline=True)
    actions.reassign(now(other), technician=technician_he, reason="近", by=supervisor_bo)
    page.goto("/field/waiting/")
    expect(page.locator("[data-waiting-list] [data-key]")).to_have_count(5)
    assert now(ticket).status == Status.SCHEDULED

    # Upstairs again.
    line.switch(on=True)
    page.context.set_offline(False)
    refused = page.locator("[data-waiting-list] [data-state='refused']")
    expect(refused).to_have_count(1)
    expect(page.locator("[data-waiting-list] [data-key]")).to_have_count(1)
    expect(refused.locator("[data-part='engineer']")).to_have_text(str(technician_he))
    done = now(ticket)
    taken = [done.arrived_at, done.completed_at, done.confirmed_at]
    assert (done.status, taken) == (Status.CONFIRMED, sorted(taken, key=str))
    steps = [event.action for event in done.events() if event.action in ("arrive", "complete", "confirm")]
    assert (steps, Photo.objects.count()) == (["arrive", "complete", "confirm"], 2)

    # What cannot be sent any more is given up with a reason, which colleagues read.
    refused.locator("summary").click()
    refused.locator("[name=reason]").fill("已由何勇处理")
    refused.locator("[data-part='discard'] button").click()
    expect(page.locator("[data-nothing-waits]")).to_be_visible()
    assert "已由何勇处理" in other.events().get(action="dropped_later").text
