"""月度分析: what the complaints of a month were about, what came back, and which promises were kept."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from django.test import Client
from python_calamine import CalamineWorkbook

from complaints.queries.analysis import analysed, first_of, month_after, month_before
from servicecenter.lib.clock import database_now, local_day
from tests.complaints.conftest import Cast

URL = "/complaints/analysis/"


def test_a_month_tells_topics_repeats_and_promises(cast: Cast) -> None:
    cast.complaint("closed")
    again = cast.file("楼道又没人扫")
    at = database_now()
    found = analysed(cast.supervisor, local_day(at).replace(day=1), at)
    assert [(topic.count, topic.open) for topic in found.topics] == [(2, 1)]
    assert (found.repeats, found.recurred) == ([again], [again])
    assert all(each.kept == each.due for each in found.promises)


def test_a_complaint_about_somebody_is_missing_from_their_analysis_only(cast: Cast, client: Client) -> None:
    hidden = cast.file("态度差", by=cast.agent, channel="hotline", about=cast.supervisor)
    at = database_now()
    month = local_day(at).replace(day=1)
    assert not analysed(cast.supervisor, month, at).cases
    assert analysed(cast.manager, month, at).cases == [hidden]
    client.force_login(cast.supervisor)
    assert hidden.number not in client.get(URL).content.decode()


def test_the_sheet_has_neither_names_nor_words(cast: Cast, client: Client) -> None:
    complaint = cast.file("=cmd|绝密的话")
    client.force_login(cast.manager)
    data = b"".join(client.get(f"{URL}table.xlsx"))
    sheet = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0)
    cells = [str(cell) for row in sheet.to_python() for cell in row]
    assert cells[:2] == ["编号", "登记日期"]
    assert complaint.number in cells
    assert not [cell for cell in cells if "绝密" in cell or cast.person.name in cell]


def test_agents_and_residents_do_not_read_it(cast: Cast, client: Client) -> None:
    for user in (cast.agent, cast.resident):
        client.force_login(user)
        assert client.get(URL).status_code in (302, 403, 404)
        assert client.get(f"{URL}table.xlsx").status_code in (302, 403, 404)


def test_what_is_no_month_is_this_month() -> None:
    today = date(2026, 11, 26)
    assert first_of("2026-02", today) == date(2026, 2, 1)
    assert {first_of(text, today) for text in ("", "2026-13", "十一月", "9" * 50)} == {date(2026, 11, 1)}
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_before(date(2027, 1, 1)) == date(2026, 12, 1)
