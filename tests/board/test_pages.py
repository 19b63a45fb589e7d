"""The pages of the board: who may look, what they answer, what stands on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from repairs.models import Ticket
from servicecenter.accounts.models import User
from tests.board.conftest import DAY, HOUR, Repairs, answer
from tests.conftest import Walk

SignedIn = Callable[[User], Client]
History = Mapping[str, Ticket]
PAGES = ("/board/", "/board/promises/", "/board/trends/", "/board/follow-ups/", "/board/tickets/")
LINK = re.compile(r'<a href="([^"]+)" title="[^"]*" data-figure="([a-z_]+-[a-z]+)">(\d+)<')


def body(client: Client, path: str) -> str:
    """A page that must answer."""
    answered = client.get(path)
    assert answered.status_code == 200, path
    return answered.content.decode()


@pytest.fixture
def mei(signed_in: SignedIn, manager_mei: User) -> Client:
    client = signed_in(manager_mei)
    client.cookies["django_language"] = "en"
    return client


def test_managers_supervisors_and_administrators_may_look(
    signed_in: SignedIn, manager_mei: User, supervisor_bo: User, admin_gu: User
) -> None:
    readers = [signed_in(each) for each in (manager_mei, supervisor_bo, admin_gu)]
    assert {client.get(path).status_code for client in readers for path in PAGES} == {200}


def test_nobody_else_may(
    signed_in: SignedIn, agent_li: User, technician_chen: User, guard_hu: User, resident_wang: User
) -> None:
    paths = [*PAGES, "/board/trends/table.csv", "/board/tickets/R261101-0001/"]
    others = [signed_in(each) for each in (agent_li, technician_chen, guard_hu, resident_wang)]
    assert {client.get(path).status_code for client in others for path in paths} == {403}


def test_somebody_who_works_nowhere_is_told_so(signed_in: SignedIn, admin_gu: User) -> None:
    admin_gu.memberships.all().delete()
    client = signed_in(admin_gu)
    client.cookies["django_language"] = "en"
    assert "You do not work in any community" in body(client, "/board/")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_anything_to_show_is_still_a_page(path: str, mei: Client) -> None:
    assert 'id="main"' in body(mei, path)


def test_a_wall_screen_draws_itself_anew_every_half_minute(mei: Client) -> None:
    page = body(mei, "/board/?wall=1&community=YG")
    assert 'hx-trigger="every 30s"' in page
    assert escape("/board/?wall=1&community=YG") in page
    assert "every 30s" not in body(mei, "/board/")


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "from=2026-02-30",
        "from=0001-01-01&to=9999-12-31",
        "from=2026-03-01&to=2026-02-01",
        "from=2024-01-01&to=2026-01-01",
        "from=2026-01-01T08:00",
        "trade=carpentry",
        "community=%00",
        "hour=24",
        "weekday=0",
        "building=abc",
        "technician=99999999999999999999999",
        "group_by=colour",
    ],
)
def test_a_filter_that_cannot_be_understood_says_why_and_shows_the_page(query: str, mei: Client) -> None:
    for path in ("/board/trends/", "/board/tickets/", "/board/follow-ups/"):
        answered = mei.get(f"{path}?{query}")
        assert answered.status_code == 400
        assert 'id="main"' in answered.content.decode()


def test_what_was_typed_stays_with_its_error(mei: Client) -> None:
    page = mei.get("/board/trends/?from=2026-03-01&to=2026-02-01").content.decode()
    assert 'value="2026-03-01"' in page
    assert "The period ends before it begins." in page


def test_a_figure_that_does_not_exist_is_not_found(mei: Client) -> None:
    assert mei.get("/board/tickets/?figure=happiness").status_code == 404
    assert mei.get("/board/promises/?show=happiness").status_code == 404


def test_a_forged_place_in_a_list_is_harmless(mei: Client, repairs: Repairs, now: datetime) -> None:
    repairs.report(now)
    for cursor in ("x", "nWzFd", "o" + "A" * 500, "oWyIyMDI2IiwgMV0", "oWzEsIDFd", "oWyJhIiwiYiJd"):
        answered = mei.get("/board/tickets/", {"figure": "reported", "cursor": cursor})
        assert answered.status_code == 200, cursor


def test_a_long_list_comes_in_pages_without_a_gap(mei: Client, repairs: Repairs, now: datetime) -> None:
    made = {repairs.report(now - HOUR * number).number for number in range(60)}
    seen: list[str] = []
    url = "/board/tickets/?figure=reported"
    while url:
        page = body(mei, url)
        seen += re.findall(r'data-number="([^"]+)"', page)
        older = re.search(r'href="([^"]+)"\s+rel="next"', page)
        url = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == 60
    assert set(seen) == made


def test_a_case_can_be_read_and_nothing_can_be_done_to_it(mei: Client, ticket_in: Walk) -> None:
    ticket = ticket_in("on_site")
    page = body(mei, f"/board/tickets/{ticket.number}/")
    assert 'data-status="on_site"' in page
    assert "data-action" not in page
    assert "13811112222" not in page


def test_few_answers_are_not_shown(mei: Client, repairs: Repairs, now: datetime) -> None:
    for number in range(5):
        ticket = repairs.done(now - 4 * DAY, contact=HOUR, complete=2 * HOUR)
        repairs.call(ticket, now - 2 * DAY, answer(9))
        page = body(mei, "/board/trends/")
        tile = page.partition('data-tile="satisfaction"')[2].partition("</section>")[0]
        assert ("fewer than 5 answers" in tile) == (number < 4)


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        body(client, path)
    return len(asked)
