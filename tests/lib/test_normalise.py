"""What people write in many ways is stored in one."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicecenter.lib import normalise
from servicecenter.lib.normalise import Place, PlaceConflict

LATEST = date(2026, 11, 22)


@pytest.mark.parametrize(
    "typed",
    [
        "13800000001",
        "138 0000 0001",
        "138-0000-0001",
        "+86 13800000001",
        "0086-13800000001",
        "86-13800000001",
        "１３８００００００01",
        "'13800000001",
        "13800000001（王先生）",
        "手机：13800000001",
        "1.3800000001E+10",
        "\u200b13800000001\u3000",
    ],
)
def test_a_mobile_number_is_eleven_digits_however_it_is_typed(typed: str) -> None:
    assert normalise.phone_number(typed) == "13800000001"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0592-2306638", "05922306638"),
        ("(0592)7557249", "05927557249"),
        ("+86 592 2306638", "05922306638"),
        ("0592-2306638-8001", "05922306638-8001"),
        ("0592-2306638转8001", "05922306638-8001"),
        ("2306638", "2306638"),
        ("400-800-1234", "4008001234"),
        ("+852 9123 4567", "0085291234567"),
    ],
)
def test_landlines_extensions_and_foreign_numbers_are_kept(typed: str, stored: str) -> None:
    assert normalise.phone_number(typed) == stored


@pytest.mark.parametrize(
    "typed", ["1380000000", "138000000012", "12345678901", "1.38E+10", "没有", "", "110", "0592"]
)
def test_what_cannot_be_a_phone_number_is_refused(typed: str) -> None:
    assert normalise.phone_number(typed) is None


def test_several_numbers_in_one_field_are_told_apart() -> None:
    assert normalise.phone_numbers("13800000001、0592-2306638") == (["13800000001", "05922306638"], True)
    assert normalise.phone_numbers("13800000001 13900000002") == (["13800000001", "13900000002"], True)
    assert normalise.phone_numbers("13800000001/1390000000") == (["13800000001"], False)


@given(st.text(max_size=40))
def test_normalising_a_phone_number_again_changes_nothing(text: str) -> None:
    number = normalise.phone_number(text)
    assert number is None or normalise.phone_number(number) == number


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("赖 德瑶", "赖德瑶"),
        ("徐\u3000永炜", "徐永炜"),
        ("禤忠\n斌", "禤忠斌"),
        (" 芦苡宁 ", "芦苡宁"),
        ("热依汗古丽•艾海提", "热依汗古丽·艾海提"),
        ("沙马.阿依", "沙马·阿依"),
        ("SMITH  JOHN", "SMITH JOHN"),
        ("ＳＭＩＴＨ\u3000John", "SMITH John"),
        ("Conor O'Brien", "Conor O'Brien"),
        ("孙俊𦈡", "孙俊𦈡"),
    ],
)
def test_a_name_has_one_form(typed: str, stored: str) -> None:
    assert normalise.person_name(typed) == stored


def test_rare_and_compatibility_characters_of_names_stay_exactly_as_they_are() -> None:
    assert normalise.person_name("\ufa0e𡛓\U0002f80a") == "\ufa0e𡛓\U0002f80a"


@pytest.mark.parametrize(
    "text", ["无", "暂无", " / ", "—", "N/A", "", "\u200b\u3000", "--", "不详", "未登記"]
)
def test_words_for_nothing_count_as_empty(text: str) -> None:
    assert normalise.is_empty_word(text)


@pytest.mark.parametrize("text", ["无锡", "空置", "0", "-1", "是"])
def test_words_that_say_something_do_not_count_as_empty(text: str) -> None:
    assert not normalise.is_empty_word(text)


def test_an_identity_card_number_loses_its_spaces_and_gets_a_capital_x() -> None:
    assert normalise.id_card("350302 19881125 1993") == "350302198811251993"
    assert normalise.id_card("33010619860213365x") == "33010619860213365X"
    assert normalise.id_card("３５０３０２198811251993") == "350302198811251993"


def test_an_old_identity_card_number_of_15_digits_is_brought_to_18() -> None:
    assert normalise.id_card("350302881125199") == normalise.id_card("350302198811251993")


@pytest.mark.parametrize(
    "number",
    [
        "310104199012192664",  # check digit
        "350302198813251993",  # month 13
        "35030219881125199",
        "35030219881125199A",
        "350302180011251993",
        "",
    ],
)
def test_an_identity_card_number_that_cannot_be_is_refused(number: str) -> None:
    assert normalise.id_card(number) is None


def test_a_company_number_needs_its_check_character() -> None:
    assert normalise.company_number("91350211ma1j288h41") == "91350211MA1J288H41"
    assert normalise.company_number("91350211MA1J288H42") is None


def test_numbers_that_excel_shortened_are_recognised() -> None:
    assert normalise.digits_lost("3.50212E+17")
    assert normalise.digits_lost("3.50212198911083E+17")
    assert normalise.digits_lost("350212198911083000")
    assert not normalise.digits_lost("350302198811251993")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("闽d·t1e27", "闽DT1E27"),
        ("闽D FP8404", "闽DFP8404"),
        ("閩D12345", "闽D12345"),
        ("粤Z1234港", "粤Z1234港"),
        ("京A12345D", "京A12345D"),
        ("闽Ｄ１２３４５（白色）", "闽D12345"),
    ],
)
def test_a_plate_has_one_form(typed: str, stored: str) -> None:
    assert normalise.plate(typed) == stored


@pytest.mark.parametrize("typed", ["闽D123", "闽D12345678", "ABC1234567", "闽DO1234", "D12345", "闽112345"])
def test_a_plate_that_cannot_be_is_refused(typed: str) -> None:
    assert normalise.plate(typed) is None


def test_several_plates_in_one_field_are_told_apart() -> None:
    assert normalise.plates("闽DQ9763 、闽DK2713") == (["闽DQ9763", "闽DK2713"], True)
    assert normalise.plates("闽D·12345 闽D23456") == (["闽D12345", "闽D23456"], True)
    assert normalise.plates("闽D12345;闽D1") == (["闽D12345"], False)


@pytest.mark.parametrize(
    "typed",
    [
        "2018-06-30",
        "2018/6/30",
        "2018.6.30",
        "2018年6月30日",
        "2018 年 6 月 30 日",
        "20180630",
        "18/6/30",
        "18.06.30",
        "6/30/2018",
        "30/6/2018",
        "06/30/18",
        "２０１８－６－３０",
        "2018-06-30 00:00:00",
        "2018-06-30T08:15:00",
        "2018/6/30 星期六",
        "30 Jun 2018",
        "June 30, 2018",
        "43281",
        43281.0,
        20180630.0,
        date(2018, 6, 30),
        datetime(2018, 6, 30, 12),
    ],
)
def test_a_day_is_read_however_it_is_written(typed: str | float | date) -> None:
    assert normalise.read_day(typed, latest=LATEST) == date(2018, 6, 30)


@pytest.mark.parametrize(
    "typed",
    [
        "2025-02-30",
        "2022年6月31日",
        "20270229",
        "1985/13/05",
        "5/6/2018",
        "0001-01-01",
        "9999-12-31",
        "2018",
        "2018-06",
        1985.0,
        "去年",
        "",
    ],
)
def test_a_day_that_does_not_exist_or_can_be_read_in_two_ways_is_refused(typed: str | float) -> None:
    assert normalise.read_day(typed, latest=LATEST) is None


def test_two_digits_of_a_year_mean_the_last_century_where_this_one_would_lie_ahead() -> None:
    assert normalise.read_day("63/1/30", latest=LATEST) == date(1963, 1, 30)
    assert normalise.read_day("26/1/30", latest=LATEST) == date(2026, 1, 30)


@pytest.mark.parametrize(
    ("building", "entrance", "room", "code"),
    [
        ("3", "2", "1201", "3-2-1201"),
        ("3栋", "2单元", "1201室", "3-2-1201"),
        ("3幢", "2梯", "1201", "3-2-1201"),
        ("3#", "第2单元", "1201房", "3-2-1201"),
        ("3#楼", "2", "１２０１", "3-2-1201"),
        ("３号楼", "二单元", "1201号", "3-2-1201"),
        ("第三棟", "2單元", "1201戶", "3-2-1201"),
        ("03", "02", "1201", "3-2-1201"),
        ("", "", "3-2-1201", "3-2-1201"),
        ("3", "2", "3-2-1201", "3-2-1201"),
        ("3", "", "2-1201", "3-2-1201"),
        ("3", "2", "2-1201", "3-2-1201"),
        ("", "", "3栋2单元1201室", "3-2-1201"),
        ("", "", "阳光花园3幢2梯1201", "3-2-1201"),
        ("", "", "3#-2-1201", "3-2-1201"),
        ("3", "", "2单元1201室", "3-2-1201"),
        ("3栋2单元", "", "1201", "3-2-1201"),
        ("十二栋", "", "301", "12-301"),
        ("A座", "", "1201", "A-1201"),
        ("Building 3", "", "Room 1201", "3-1201"),
        ("Block B", "", "Flat 12A", "B-12A"),
        ("1", "", "1-S05", "1-S05"),
        ("3", "", "储04", "3-储04"),
        ("3", "", "车库12", "3-车库12"),
        ("地下车库", "B1", "007", "地下车库-B1-007"),
        ("地下车库", "负一层", "007", "地下车库-B1-007"),
        ("地下車庫", "B1", "車位007", "地下车库-B1-007"),
        ("", "", "地下车库B1层023号", "地下车库-B1-023"),
        ("", "", "地下车库-B1-023", "地下车库-B1-023"),
        ("一期3栋", "", "1201", "1期3-1201"),
        ("", "", "1-3-2-1201", "1-3-2-1201"),
        ("综合楼", "无", "201", "综合楼-201"),
    ],
)
def test_a_place_has_one_unit_code(building: str, entrance: str, room: str, code: str) -> None:
    assert normalise.read_place(building, entrance, room, community="阳光花园").code == code


def test_a_room_of_two_parts_begins_with_the_building_unless_the_roll_shows_entrances() -> None:
    assert normalise.read_place("1", "", "1-602") == Place("1", "", "602")
    assert normalise.read_place("1", "", "1-602", entrance_first=True) == Place("1", "1", "602")
    assert normalise.starts_with_entrance("1", "", "2-602")
    assert not normalise.starts_with_entrance("1", "", "1-602")
    assert not normalise.starts_with_entrance("", "", "2-602")


def test_columns_that_name_two_places_are_refused() -> None:
    with pytest.raises(PlaceConflict):
        normalise.read_place("3", "2", "4-2-301")


def test_the_unit_code_column_fills_in_for_a_missing_room_only() -> None:
    assert normalise.read_place("", "", "", code="3-2-1201").code == "3-2-1201"
    assert normalise.read_place("1", "1", "101", code="3-2-1201").code == "1-1-101"
