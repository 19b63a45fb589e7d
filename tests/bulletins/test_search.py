"""Searching as one types, and what fits a case that is being typed."""

from __future__ import annotations

from typing import Any

import pytest

from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions import bring_ready
from servicecenter.bulletins.queries.offered import BEST_FIRST, beside, for_residents, for_staff, searched
from servicecenter.bulletins.terms import patterns, searchable, telling
from servicecenter.lib.clock import database_now, local_day
from tests.bulletins.conftest import Make


@pytest.fixture
def ready(yangguang: Community, supervisor_bo: User) -> Any:
    """The articles that come with the program, as an agent is offered them."""
    bring_ready(yangguang, by=supervisor_bo)
    return for_staff(supervisor_bo, local_day(database_now()))


@pytest.mark.parametrize(
    "text", ["停水", "停", "停水怎", "水怎么办", "ＷＡＴＥＲ", "wat", "water cut", "停水 邻居", "鄰居"]
)
def test_any_part_of_what_it_says_finds_it(ready: Any, text: str) -> None:
    titles = [each.texts["zh-hans"]["title"] for each in searched(ready, text).order_by(*BEST_FIRST)]
    assert "家里突然停水怎么办？" in titles


@pytest.mark.parametrize("text", ["水停", "停家", "%", "_", "ater", "停水 飞机", "\\", "，"])
def test_what_it_does_not_say_does_not_find_it(ready: Any, text: str) -> None:
    titles = [each.texts["zh-hans"]["title"] for each in searched(ready, text)]
    assert "家里突然停水怎么办？" not in titles


def test_a_title_goes_before_a_text(article: Make, supervisor_bo: User) -> None:
    in_text = article("装修时间", "押金在验收后退。")
    in_title = article("押金什么时候退", "七个工作日内。")
    later = article("放行条", "与押金无关。")
    rows = for_staff(supervisor_bo, local_day(database_now()))
    found = searched(rows, "押金").order_by(*BEST_FIRST)
    assert list(found) == [in_title, later, in_text]


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("你好，我家今天早上突然没水了，怎么回事", "家里突然停水怎么办？"),
        ("请问装修押金可以退了吗", "装修押金什么时候退？"),
        ("楼上邻居半夜打麻将太吵了", "邻居太吵怎么办？"),
        ("I lost my access card yesterday", "门禁卡丢了怎么办？"),
        ("快递被人拿走了想查一下监控", "怎样预约看监控？"),
    ],
)
def test_a_question_as_it_is_told_finds_its_answer(ready: Any, told: str, title: str) -> None:
    assert title in [each.texts["zh-hans"]["title"] for each in beside(ready, told)]


def test_a_greeting_finds_nothing(ready: Any) -> None:
    assert beside(ready, "你好，请问一下") == []


def test_residents_find_nothing_that_is_for_the_staff(ready: Any, yangguang: Community) -> None:
    rows = for_residents([yangguang.pk], local_day(database_now()))
    assert rows.exists()
    assert not searched(rows, "客户情绪激动").exists()


def test_pairs_are_exact_and_open_at_the_end() -> None:
    stored = searchable(["停水怎么办", "No water?"])
    assert all(piece in stored for text in ("停水", "怎么办", "办", "wat") for piece in patterns(text))
    assert not any(piece in stored for text in ("水停", "办停", "ater") for piece in patterns(text))
    assert patterns("…？%_") == []


def test_words_that_everybody_says_tell_nothing() -> None:
    assert telling("请问我们小区，怎么办") == []
    assert telling("装修押金") == [" 装修 ", " 修押 ", " 押金 "]
