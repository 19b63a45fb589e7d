"""A questionnaire as data: branches, what counts as an answer, what is wrong with a draft."""

from __future__ import annotations

from typing import Any

import pytest

from surveys.editing import next_code, put_question, put_section, remove, shift
from surveys.library import LIBRARY, YEARLY
from surveys.questions import checked, faults, sheet_of
from tests.surveys.conftest import GOOD

SHEET = sheet_of(YEARLY)


@pytest.mark.parametrize("code", LIBRARY)
def test_what_comes_with_the_program_is_whole_in_three_languages(code: str) -> None:
    sheet = sheet_of(LIBRARY[code])
    assert faults(sheet) == []
    texts = [sheet.title, *(each.texts for each in sheet.sections), *(each.texts for each in sheet.questions)]
    assert all(set(each) == {"zh-hans", "zh-hant", "en"} and all(each.values()) for each in texts)


def test_whoever_is_content_is_not_asked_why_not() -> None:
    assert "why" not in {question.code for question in SHEET.asked(GOOD)}


def test_whoever_is_not_content_is_asked_why() -> None:
    assert "why" in {question.code for question in SHEET.asked(GOOD | {"overall": 5})}


def test_what_was_said_behind_a_branch_that_is_not_taken_any_more_is_left_out() -> None:
    assert "why" not in checked(SHEET, GOOD | {"why": "电梯太慢"}).answers


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("a_desk", 0),
        ("a_desk", 11),
        ("a_desk", "9"),
        ("a_desk", True),
        ("recommend", -1),
        ("wish", "长" * 501),
        ("wish", ["x"]),
    ],
)
def test_what_is_no_answer_to_a_question_is_named(code: str, value: Any) -> None:
    assert checked(SHEET, GOOD | {code: value}).wrong == (code,)


def test_a_required_question_without_an_answer_is_named() -> None:
    assert checked(SHEET, {**GOOD, "a_desk": None}).missing == ("a_desk",)


def draft() -> dict[str, Any]:
    content: dict[str, Any] = {"title": {"zh-hans": "问卷"}, "sections": []}
    put_section("s1", {"zh-hans": "服务"})(content)
    put_question("s1", {"code": "q1", "kind": "scale", "texts": {"zh-hans": "态度"}})(content)
    return content


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ({"code": "q2", "kind": "scale", "texts": {"zh-hans": ""}}, "texts:q2"),
        ({"code": "q2", "kind": "choice", "texts": {"zh-hans": "哪种"}}, "options:q2"),
        (
            {
                "code": "q2",
                "kind": "text",
                "texts": {"zh-hans": "为何"},
                "ask_if": {"question": "q9", "test": "le", "value": "5"},
            },
            "branch:q2",
        ),
        (
            {
                "code": "q2",
                "kind": "text",
                "texts": {"zh-hans": "为何"},
                "ask_if": {"question": "q1", "test": "le", "value": "12"},
            },
            "branch:q2",
        ),
    ],
)
def test_what_is_wrong_with_a_draft_is_named(question: dict[str, Any], fault: str) -> None:
    content = draft()
    put_question("s1", question)(content)
    assert faults(sheet_of(content)) == [fault]


def test_an_empty_questionnaire_is_none() -> None:
    assert faults(sheet_of({"title": {"zh-hans": "问卷"}, "sections": []})) == ["empty"]


def test_a_question_that_is_taken_out_takes_the_branches_about_it_along() -> None:
    content = draft()
    branch = {"question": "q1", "test": "le", "value": "5"}
    put_question("s1", {"code": "q2", "kind": "text", "texts": {"zh-hans": "为何"}, "ask_if": branch})(
        content
    )
    remove("q1")(content)
    assert content["sections"][0]["questions"] == [
        {"code": "q2", "kind": "text", "texts": {"zh-hans": "为何"}}
    ]


def test_a_question_moves_within_its_section_and_no_further() -> None:
    content = draft()
    put_question("s1", {"code": "q2", "kind": "nps", "texts": {"zh-hans": "推荐"}})(content)
    shift("q2", -1)(content)
    shift("q2", -1)(content)
    assert [each["code"] for each in content["sections"][0]["questions"]] == ["q2", "q1"]


def test_codes_are_not_given_twice() -> None:
    assert (next_code(draft(), "q"), next_code(draft(), "s")) == ("q2", "s2")
