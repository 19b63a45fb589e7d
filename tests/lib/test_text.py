"""Typed text: kept exactly, cleaned at its edges, or refused with one code on pages and in the API."""

from __future__ import annotations

import time
import unicodedata
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from servicecenter.lib.fields import TextField, TextSerializerField
from servicecenter.lib.text import SENTENCES, TextRefused, clean_text


def clean(value: object, *, max_length: int = 200, multiline: bool = False, required: bool = True) -> str:
    return clean_text(value, max_length=max_length, multiline=multiline, required=required)


def code_of(value: object, **options: Any) -> str:
    with pytest.raises(TextRefused) as refused:
        clean(value, **options)
    assert refused.value.status == 400
    return refused.value.code


# --- kept ---------------------------------------------------------------------------------------------------

EXACT = [
    "厨房水管漏水",
    "𠮷野家 𪚥 𬺰 𰻝 𱍊",  # CJK extensions B to G
    "〇丶龦﨑",
    "😀🚿",
    "👨‍👩‍👧‍👦 👩🏽‍🔧 🏳️‍🌈",  # joiners, skin tones
    "❤️",
    "☎︎",
    "🇨🇳 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "葛\U000e0100",  # an ideographic variation
    "\ue000",  # private use: rare names in GBK fonts
    "<script>alert(1)</script> {{ 7 * 7 }} {% load x %} =1+1",
    "3-2-1201",
    "a\u3000b\u00a0c",
    "e\u200bf",
    "0",
    "。",
]


@pytest.mark.parametrize("text", EXACT)
def test_what_can_be_seen_is_kept_exactly(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "edge", ["\u200b", "\u3000", "\ufeff", "\u00a0", "\u2060", "\u200d", "\u3164", "\n", "\t", " \u200b "]
)
def test_invisible_edges_are_cut_off(edge: str) -> None:
    assert clean(f"{edge}漏水{edge}") == "漏水"


def test_text_is_composed() -> None:
    assert clean("e\u0301") == "é"


@pytest.mark.parametrize("line", ["\r\n", "\r", "\u2028", "\u2029"])
def test_every_kind_of_new_line_becomes_one(line: str) -> None:
    assert clean(f"一{line}二", multiline=True) == "一\n二"


def test_tabs_and_new_lines_are_kept_in_many_lines() -> None:
    assert clean("一\t二\n\n三", multiline=True) == "一\t二\n\n三"


def test_the_limit_counts_code_points() -> None:
    assert clean("😀" * 10, max_length=10) == "😀" * 10


def test_the_limit_counts_what_is_left_after_cleaning() -> None:
    assert clean(" " * 50 + "e\u0301" * 10, max_length=10) == "é" * 10


# --- refused ------------------------------------------------------------------------------------------------

NOTHING = [
    "",
    " ",
    "\u200b",
    "\u3000",
    "\ufeff",
    "\u200b\u3000\n",
    "\u3164",
    "\u2800",
    "\ufe0f",
    "\u200d\u200d",
]


@pytest.mark.parametrize("value", NOTHING)
def test_a_text_of_nothing_is_refused_where_one_is_needed(value: str) -> None:
    assert code_of(value) == "required"


@pytest.mark.parametrize("value", NOTHING)
def test_a_text_of_nothing_is_empty_where_none_is_needed(value: str) -> None:
    assert clean(value, required=False) == ""


CONTROLS = [
    "\0",
    "\x01",
    "\x07",
    "\x0b",
    "\x0c",
    "\x1b",
    "\x1c",
    "\x7f",
    "\x85",
    "\x9f",
    "\ufffe",
    "\uffff",
    "\ufdd0",
    "\U0001ffff",
]


@pytest.mark.parametrize("character", CONTROLS)
@pytest.mark.parametrize("text", ["a{}b", "{}a", "a{}", "{}"])
@pytest.mark.parametrize("multiline", [True, False])
def test_a_control_character_is_refused_wherever_it_stands(
    character: str, text: str, multiline: bool
) -> None:
    assert code_of(text.format(character), multiline=multiline) == "control_character"


@pytest.mark.parametrize("character", ["\n", "\t", "\r\n", "\r", "\u2028"])
def test_a_new_line_or_tab_is_refused_inside_one_line(character: str) -> None:
    assert code_of(f"a{character}b") == "control_character"


@pytest.mark.parametrize("half", [0xD800, 0xD83D, 0xDFFF])
@pytest.mark.parametrize("text", ["{}", "漏{}水", " {}"])
def test_half_a_character_is_refused(half: int, text: str) -> None:
    assert code_of(text.format(chr(half))) == "surrogate"


@pytest.mark.parametrize(
    "character", [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
)
@pytest.mark.parametrize("text", ["a{}b", "{}a", "a{}"])
def test_what_turns_the_reading_direction_is_refused(character: str, text: str) -> None:
    assert code_of(text.format(character)) == "bidi_override"


def test_one_character_too_many_is_refused() -> None:
    assert code_of("漏" * 11, max_length=10) == "max_length"


def test_the_sentence_says_how_long_it_may_be() -> None:
    with pytest.raises(TextRefused) as refused:
        clean("漏" * 11, max_length=10)
    assert "10" in str(refused.value.sentence)
    assert "11" in str(refused.value.sentence)


def test_a_megabyte_of_combining_marks_is_refused_at_once() -> None:
    began = time.process_time()
    assert code_of("a" + "\u0315\u0300" * 500_000, max_length=2000) == "max_length"
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("value", [1, 1.5, True, b"x", [], {}, ["a"], {"a": 1}])
def test_what_is_not_text_is_refused(value: object) -> None:
    assert code_of(value) == "invalid"


@given(st.text(alphabet=st.characters(), max_size=60), st.booleans())
def test_clean_text_stays_as_it_is_when_cleaned_again(text: str, multiline: bool) -> None:
    try:
        once = clean(text, multiline=multiline)
    except TextRefused:
        return
    assert clean(once, multiline=multiline) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode()


# --- pages and API ------------------------------------------------------------------------------------------


def form_code(value: Any, **options: Any) -> str | None:
    with pytest.raises(ValidationError) as refused:
        TextField(max_length=20, **options).clean(value)
    return refused.value.code


def api_code(value: Any, **options: Any) -> str | None:
    with pytest.raises(serializers.ValidationError) as refused:
        TextSerializerField(max_length=20, **options).run_validation(value)
    detail = refused.value.detail
    assert isinstance(detail, list)
    assert isinstance(detail[0], ErrorDetail)
    return detail[0].code


SAME = [
    ("", "required"),
    ("\u200b\u3000", "required"),
    (None, "required"),
    ("a\0b", "control_character"),
    ("a\nb", "control_character"),
    ("a\ud800b", "surrogate"),
    ("a\u202eb", "bidi_override"),
    ("漏" * 21, "max_length"),
    ("x" * 1_000_000, "max_length"),
    (5, "invalid"),
    (True, "invalid"),
    (["a"], "invalid"),
    ({"a": "b"}, "invalid"),
]


@pytest.mark.parametrize(("value", "code"), SAME)
def test_a_page_refuses_with_the_code_of_the_rule(value: object, code: str) -> None:
    assert form_code(value) == code


@pytest.mark.parametrize(("value", "code"), SAME)
def test_the_api_refuses_with_the_same_code(value: object, code: str) -> None:
    assert api_code(value) == code


@pytest.mark.parametrize("text", [" 漏水\u200b", "𠮷😀"])
def test_page_and_api_keep_the_same_text(text: str) -> None:
    page = TextField(max_length=20).clean(text)
    assert page == TextSerializerField(max_length=20).run_validation(text) == clean(text)


@pytest.mark.parametrize("value", ["", " ", "\u200b"])
def test_an_optional_text_may_be_blank_on_page_and_api(value: str) -> None:
    page = TextField(max_length=20, required=False).clean(value)
    assert (page, TextSerializerField(max_length=20, required=False).run_validation(value)) == ("", "")


def test_a_form_that_leaves_an_optional_text_out_gets_an_empty_one() -> None:
    assert TextField(max_length=20, required=False).clean(None) == ""


def test_null_is_no_text_even_where_none_is_needed() -> None:
    assert api_code(None, required=False) == "invalid"


def test_a_missing_field_of_the_api_is_required() -> None:
    class Body(serializers.Serializer[Any]):
        text = TextSerializerField(max_length=20)

    body = Body(data={})
    assert not body.is_valid()
    assert body.errors["text"][0].code == "required"


def test_a_partial_change_may_leave_a_text_out() -> None:
    class Body(serializers.Serializer[Any]):
        text = TextSerializerField(max_length=20)

    assert Body(data={}, partial=True).is_valid()


def test_a_refused_form_shows_what_was_typed() -> None:
    class Body(forms.Form):
        text = TextField(max_length=20, multiline=True)

    form = Body({"text": "漏\u202e水"})
    assert not form.is_valid()
    assert "漏\u202e水" in str(form["text"])


def test_many_lines_get_a_text_area_and_one_line_an_input() -> None:
    assert isinstance(TextField(max_length=20, multiline=True).widget, forms.Textarea)
    assert isinstance(TextField(max_length=20).widget, forms.TextInput)


def test_a_form_may_have_its_own_sentence() -> None:
    field = TextField(max_length=20, error_messages={"required": "What happened?"})
    with pytest.raises(ValidationError) as refused:
        field.clean("")
    assert refused.value.messages == ["What happened?"]


def test_page_and_api_say_the_same_sentence() -> None:
    with pytest.raises(ValidationError) as page:
        TextField(max_length=20).clean("")
    with pytest.raises(serializers.ValidationError) as api:
        TextSerializerField(max_length=20).run_validation("")
    assert page.value.messages == api.value.detail == [str(SENTENCES["required"])]
