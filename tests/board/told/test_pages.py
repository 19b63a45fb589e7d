"""Pages of the board about the told fortnight."""

from __future__ import annotations

import re
from datetime import datetime

from django.test import Client

from owners.models import Building
from servicecenter.accounts.models import User
from tests.board.conftest import DAY, HOUR, Repairs
from tests.board.test_pages import LINK, PAGES, History, SignedIn, _queries, body, mei

__all__ = ["mei"]


def test_every_number_on_a_page_opens_as_many_rows(mei: Client, history: History) -> None:
    links = [link for page in ("/board/", "/board/follow-ups/") for link in LINK.findall(body(mei, page))]
    links += LINK.findall(body(mei, "/board/trends/?group_by=technician"))
    assert len(links) > 60
    for url, figure, number in set(links):
        opened = body(mei, url.replace("&amp;", "&"))
        assert opened.count("data-row") == int(number), (figure, url)
        assert re.search(rf"data-count>{number}<", opened), (figure, url)


def test_every_mark_of_a_plot_opens_as_many_rows(mei: Client, history: History) -> None:
    page = body(mei, "/board/trends/")
    rows = re.findall(r'<a href="([^"]+figure=reported[^"]+weekday=[^"]+)">(\d+)</a>', page)
    assert rows
    for url, number in rows:
        assert body(mei, url.replace("&amp;", "&")).count("data-row") == int(number)


def test_the_first_screen_shows_the_nearest_deadline(mei: Client, history: History) -> None:
    page = body(mei, "/board/")
    soon = page.partition("What is about to break")[2].partition("Where does it hurt")[0]
    assert history["fresh"].number in soon
    assert history["forgotten"].number not in soon


def test_a_manager_may_look_at_one_community(mei: Client, history: History) -> None:
    page = body(mei, "/board/tickets/?figure=completions&community=BJ")
    assert page.count("data-row") == 1
    assert history["elsewhere"].number in page


def test_a_supervisor_sees_nothing_of_another_community(
    signed_in: SignedIn, supervisor_bo: User, history: History
) -> None:
    client = signed_in(supervisor_bo)
    assert client.get("/board/?community=BJ").status_code == 404
    assert history["elsewhere"].number not in body(client, "/board/tickets/?figure=completions")
    assert client.get(f"/board/tickets/{history['elsewhere'].number}/").status_code == 404


def test_the_building_of_a_stranger_has_no_name_here(
    signed_in: SignedIn, supervisor_bo: User, history: History
) -> None:
    other = Building.objects.create(community=history["elsewhere"].community, code="云顶阁")
    page = body(signed_in(supervisor_bo), f"/board/tickets/?figure=reported&building={other.pk}")
    assert "云顶阁" not in page
    assert "data-row" not in page


def test_the_table_comes_as_a_file_with_numerators_and_denominators(mei: Client, history: History) -> None:
    answered = mei.get("/board/trends/table.csv?group_by=trade")
    lines = answered.content.decode("utf-8-sig").splitlines()
    assert answered["Content-Type"] == "text/csv; charset=utf-8"
    assert len({line.count(",") for line in lines}) == 1
    assert any(line.startswith("Electrical,1,0.0,0,1") for line in lines)


def test_a_name_that_looks_like_a_formula_stays_text(
    mei: Client, history: History, technician_chen: User
) -> None:
    technician_chen.name = '=HYPERLINK("http://x")'
    technician_chen.save()
    sheet = mei.get("/board/trends/table.csv?group_by=technician").content.decode()
    assert "'=HYPERLINK" in sheet
    assert "\n=HYPERLINK" not in sheet


def test_a_page_asks_the_database_as_often_with_many_rows_as_with_few(
    mei: Client, history: History, repairs: Repairs, now: datetime
) -> None:
    paths = [*PAGES, "/board/tickets/?figure=respond_due", "/board/promises/?show=running"]
    few = {path: _queries(mei, path) for path in paths}
    for number in range(6):
        repairs.done(now - (number + 1) * DAY, contact=HOUR, complete=2 * HOUR, trade="lift")
        repairs.report(now - number * DAY)
    assert {path: _queries(mei, path) for path in paths} == few
    assert max(few.values()) <= 20
