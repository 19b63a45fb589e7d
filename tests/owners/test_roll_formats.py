"""Rolls as other offices write them: other headers, other encodings, other habits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from owners.roll.columns import Column, assign
from owners.roll.tables import FileRefused
from tests.owners.rolls import HEADER, OTHER_PAPER, PAPER, kinds, read, row, write_csv, write_xlsx


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("栋号", Column.BUILDING), ("幢号", Column.BUILDING), ("座号", Column.BUILDING), ("樓棟", Column.BUILDING),
        ("Building No.", Column.BUILDING), ("梯号", Column.ENTRANCE), ("單元", Column.ENTRANCE),
        ("*房 号", Column.ROOM), ("室号", Column.ROOM), ("门牌号", Column.ROOM), ("房\n号（必填）", Column.ROOM),
        ("建面", Column.AREA), ("建筑面积(平方米)", Column.AREA), ("建築面積（㎡）", Column.AREA),
        ("Area (m²)", Column.AREA), ("房屋性质", Column.USE), ("物業類型", Column.USE),
        ("交房日期", Column.DELIVERED), ("收樓日期", Column.DELIVERED),
        ("客户名称", Column.NAME), ("業主姓名", Column.NAME), ("Owner's Name", Column.NAME),
        ("与业主关系", Column.RELATION), ("與業主關係", Column.RELATION), ("手机号码", Column.MOBILE),
        ("联系方式", Column.MOBILE), ("聯絡電話", Column.MOBILE), ("Tel.", Column.MOBILE), ("座机", Column.SPARE_PHONE),
        ("联系电话（备用）", Column.SPARE_PHONE), ("身份证号码", Column.ID_NUMBER), ("身份證號碼", Column.ID_NUMBER),
        ("ID No.", Column.ID_NUMBER), ("生日", Column.BIRTHDAY), ("E-mail", Column.EMAIL),
        ("緊急聯絡人", Column.EMERGENCY_CONTACT),
        ("紧急联系人电话", Column.EMERGENCY_PHONE), ("車牌號碼", Column.PLATES), ("入伙日期", Column.MOVED_IN),
        ("Move-out date", Column.MOVED_OUT), ("是否主要联系人", Column.PRIMARY), ("備  註", Column.NOTE),
    ],
)  # fmt: skip
def test_a_column_is_known_by_many_names(label: str, column: Column) -> None:
    assert assign([label]) == {column: 0}


def test_a_second_phone_column_holds_the_spare_number() -> None:
    assert assign(["联系电话", "手机"]) == {Column.MOBILE: 1, Column.SPARE_PHONE: 0}
    assert assign(["电话", "电话"]) == {Column.MOBILE: 0, Column.SPARE_PHONE: 1}


def test_a_bare_phone_column_beside_the_emergency_contact_belongs_to_that_contact() -> None:
    assert assign(["联系电话", "紧急联系人", "电话"]) == {
        Column.MOBILE: 0,
        Column.EMERGENCY_CONTACT: 1,
        Column.EMERGENCY_PHONE: 2,
    }


def test_an_english_roll_is_read(tmp_path: Path) -> None:
    header = [
        "Building",
        "Room No.",
        "Use",
        "Owner Name",
        "Relationship",
        "Mobile",
        "ID No.",
        "Move-in Date",
        "Gender",
    ]
    cells = [
        "Block B",
        "Flat 1201",
        "Residential",
        "KIM MINJUN",
        "Spouse",
        "13800000101",
        PAPER,
        "30 Jun 2018",
        "Ms.",
    ]
    found = read(write_csv(tmp_path / "roll.csv", [header, cells]))
    assert kinds(found) == set()
    only = found.rows[0]
    assert (only.unit_code, only.use, only.relation, only.gender) == ("B-1201", "residence", "family", "f")
    assert only.moved_in == date(2018, 6, 30)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5hkscs"])
def test_a_text_file_is_read_in_any_encoding_of_an_office(tmp_path: Path, encoding: str) -> None:
    header = ["樓棟", "單元", "房號", "業主姓名", "與業主關係", "聯絡電話", "備註"]
    cells = ["3棟", "2單元", "1201", "陳大文", "業主", "13800000101", "第一行\n第二行"]
    found = read(write_csv(tmp_path / "roll.csv", [["陽光花園業主名冊"], header, cells], encoding=encoding))
    assert kinds(found) == set()
    assert (found.rows[0].number, found.rows[0].unit_code, found.rows[0].name) == (3, "3-2-1201", "陳大文")
    assert found.rows[0].note == "第一行\n第二行"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    found = read(write_csv(tmp_path / "roll.txt", [HEADER, row()], delimiter=delimiter))
    assert [one.unit_code for one in found.rows] == ["1-1-101"]


def test_rows_of_a_text_file_are_counted_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    header = [*HEADER, "备注"]
    rows = [header, [*row(), "一\n二\n三"], [], [*row("1-1-102", phone="1380000"), ""]]
    assert kinds(read(write_csv(tmp_path / "roll.csv", rows))) == {(4, "手机", "phone_length")}


def test_numbers_kept_as_text_by_a_formula_or_an_apostrophe_are_read(tmp_path: Path) -> None:
    cells = row(phone='="13800000101"', paper="'" + PAPER)
    only = read(write_csv(tmp_path / "roll.csv", [HEADER, cells])).rows[0]
    assert (only.mobile, only.id_number) == ("13800000101", PAPER)


def test_a_header_in_two_rows_is_put_together(tmp_path: Path) -> None:
    upper = ["房屋信息", "", "", "业主信息", "", "", "紧急联系人", "", "备注"]
    lower = ["楼栋", "单元", "房号", "姓名", "电话", "证件号码", "姓名", "电话", ""]
    cells = ["1", "1", "101", "王芳", "13800000101", PAPER, "李强", "13800000102", "钥匙在物业"]
    only = read(write_csv(tmp_path / "roll.csv", [["业主登记表"], upper, lower, cells])).rows[0]
    assert (only.name, only.mobile, only.id_number) == ("王芳", "13800000101", PAPER)
    assert (only.emergency_contact, only.emergency_phone, only.note) == ("李强", "13800000102", "钥匙在物业")


def test_merged_cells_count_for_every_row_they_cover(tmp_path: Path) -> None:
    rows = [HEADER, row(), ["", "", "", "李强", "家属", "13800000102", "", "2020-01-01", "", "否"]]
    path = write_xlsx(tmp_path / "roll.xlsx", rows, merge=["A2:A3", "B2:B3", "C2:C3"])
    assert [one.unit_code for one in read(path).rows] == ["1-1-101", "1-1-101"]


def test_a_person_without_a_unit_is_not_put_into_the_unit_above(tmp_path: Path) -> None:
    rows = [HEADER, row(), ["", "", "", "李强", "家属", "13800000102", "", "", "", ""]]
    assert kinds(read(write_csv(tmp_path / "roll.csv", rows))) == {(3, "房号", "unit_missing")}


def test_a_table_that_begins_away_from_the_corner_is_read_with_its_own_row_numbers(tmp_path: Path) -> None:
    rows = [[], [], ["", "", *HEADER], ["", "", *row()], ["", "", *row("1-1-102", phone="138")]]
    assert kinds(read(write_xlsx(tmp_path / "roll.xlsx", rows))) == {(5, "手机", "phone_length")}


def test_headers_and_titles_repeated_on_each_page_are_skipped(tmp_path: Path) -> None:
    rows = [
        ["阳光花园业主名册"], HEADER, row(), ["小计", "", "1"], ["阳光花园业主名册"], HEADER,
        row("1-1-102", "李强", phone="13800000102"),
        ["合计", "", "", "共2户"], ["制表人：小林", "", "", "审核人："], ["第1页 共1页"],
    ]  # fmt: skip
    found = read(write_csv(tmp_path / "roll.csv", rows))
    assert kinds(found) == set()
    assert [one.number for one in found.rows] == [3, 7]
    assert [(one.row, one.kind) for one in found.ignored] == [
        (1, "title"),
        (4, "totals"),
        (5, "title"),
        (6, "header"),
        (8, "totals"),
        (9, "signature"),
        (10, "signature"),
    ]


def test_a_sheet_for_each_building_is_read_with_the_building_in_its_name(tmp_path: Path) -> None:
    header = ["单元", "房号", "姓名", "电话"]
    sheets = {
        "说明": [["请勿修改表头"]],
        "1栋": [header, ["1", "101", "王芳", "13800000101"]],
        "2栋": [header, ["1", "101", "李强", "1380"]],
    }
    found = read(write_xlsx(tmp_path / "roll.xlsx", sheets))
    assert [one.unit_code for one in found.rows] == ["1-1-101", "2-1-101"]
    assert [(one.sheet, one.row) for one in found.errors] == [("2栋", 2)]


def test_rooms_of_two_parts_follow_the_habit_of_the_whole_roll(tmp_path: Path) -> None:
    header = ["楼栋", "房号", "姓名", "电话"]
    by_entrance = [header, ["1", "1-602", "王芳", ""], ["1", "2-602", "李强", ""]]
    by_building = [header, ["1", "1-602", "王芳", ""], ["2", "2-602", "李强", ""]]
    assert [one.unit_code for one in read(write_csv(tmp_path / "a.csv", by_entrance)).rows] == [
        "1-1-602",
        "1-2-602",
    ]
    assert [one.unit_code for one in read(write_csv(tmp_path / "b.csv", by_building)).rows] == [
        "1-602",
        "2-602",
    ]


def test_without_a_relation_column_the_first_person_of_a_unit_is_its_owner(tmp_path: Path) -> None:
    header = ["楼栋", "单元", "房号", "姓名", "电话"]
    rows = [
        header,
        ["1", "1", "101", "王芳", ""],
        ["1", "1", "101", "李强", ""],
        ["1", "1", "102", "赵敏", ""],
    ]
    assert [one.relation for one in read(write_csv(tmp_path / "roll.csv", rows)).rows] == [
        "owner",
        "co_owner",
        "owner",
    ]


def test_an_empty_relation_is_an_error_because_it_decides_who_may_see_the_home(tmp_path: Path) -> None:
    found = read(write_csv(tmp_path / "roll.csv", [HEADER, row(relation="")]))
    assert kinds(found) == {(2, "身份关系", "relation_unknown")}


def test_a_vacant_unit_needs_no_person(tmp_path: Path) -> None:
    found = read(
        write_csv(tmp_path / "roll.csv", [HEADER, ["1", "1", "101", "", "业主", "", "", "", "", ""]])
    )
    assert kinds(found) == set()
    assert not found.rows[0].has_person


def test_without_a_word_the_use_follows_from_the_names(tmp_path: Path) -> None:
    header = ["楼栋", "单元", "房号", "姓名"]
    rows = [
        header,
        ["地下车库", "B1", "1", ""],
        ["3", "", "储04", ""],
        ["商业街", "", "1", ""],
        ["3", "1", "101", ""],
    ]
    found = [one.usual_use for one in read(write_csv(tmp_path / "roll.csv", rows)).rows]
    assert found == ["parking", "storage", "shop", "residence"]


def test_areas_are_read_with_their_unit_and_rounded_to_the_centimetre(tmp_path: Path) -> None:
    header = ["楼栋", "房号", "姓名", "建筑面积"]
    areas = ["88.62㎡", "1,088.6 平方米", "９０．５", "88.620000000001", "0", "abc", "-3", "1e3"]
    rows = [header, *(["1", str(100 + number), "", area] for number, area in enumerate(areas))]
    found = read(write_csv(tmp_path / "roll.csv", rows))
    good = [Decimal("88.62"), Decimal("1088.60"), Decimal("90.50"), Decimal("88.62"), None]
    assert [one.area for one in found.rows[:5]] == good
    assert [one.row for one in found.errors] == [7, 8, 9]


def test_something_that_is_no_address_stays_readable_in_the_note(tmp_path: Path) -> None:
    rows = [[*HEADER, "邮箱", "备注"], [*row(), "微信同号", "老客户"]]
    only = read(write_csv(tmp_path / "roll.csv", rows)).rows[0]
    assert (only.email, only.note) == ("", "老客户\n电子邮箱: 微信同号")


def test_a_room_that_excel_turned_into_a_date_is_reported(tmp_path: Path) -> None:
    rows = [["房号", "姓名", "电话"], [date(2003, 2, 12), "王芳", "13800000101"]]
    assert kinds(read(write_xlsx(tmp_path / "roll.xlsx", rows))) == {(2, "房号", "unit_missing")}


def test_prepared_but_empty_rows_are_skipped(tmp_path: Path) -> None:
    header = ["序号", "小区", *HEADER]
    prepared = [[str(number), "阳光花园"] for number in range(2, 5)] + [["5"]]
    found = read(write_csv(tmp_path / "roll.csv", [header, ["1", "阳光花园", *row()], *prepared]))
    assert kinds(found) == set()
    assert [one.kind for one in found.ignored] == ["blank"] * 4


def test_a_tenant_with_family_but_without_an_owner_is_told_once(tmp_path: Path) -> None:
    tenant, child = row(relation="租客"), row(name="李强", relation="子女", phone="")
    assert kinds(read(write_csv(tmp_path / "roll.csv", [HEADER, tenant, child]))) == {
        (2, "身份关系", "tenant_without_owner")
    }


def test_a_file_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        read(write_csv(tmp_path / "roll.csv", [["一", "二", "三"], ["1", "2", "3"]]))


def test_an_empty_roll_has_no_rows(tmp_path: Path) -> None:
    found = read(write_xlsx(tmp_path / "roll.xlsx", [HEADER]))
    assert (found.rows, found.problems) == ([], [])


def test_rows_of_another_community_are_errors_and_the_code_is_as_good_as_the_name(tmp_path: Path) -> None:
    rows = [["小区", *HEADER]]
    for number, name in enumerate(["阳光花园", " 陽光花園 ", "yg", "", "滨江一号"]):
        rows.append([name, *row(f"1-1-10{number}", f"王{number}", phone=f"1380000010{number}")])
    assert kinds(read(write_csv(tmp_path / "roll.csv", rows))) == {(6, "小区", "community_unknown")}


def test_the_same_person_twice_in_a_unit_is_an_error_of_the_later_row(tmp_path: Path) -> None:
    rows = [HEADER, row(paper=PAPER), row(paper=PAPER.replace("3502", "3502"), phone="138 0000 0101")]
    assert kinds(read(write_csv(tmp_path / "roll.csv", rows))) == {(3, None, "duplicate_row")}


def test_one_paper_with_two_names_is_an_error_of_both_rows(tmp_path: Path) -> None:
    rows = [HEADER, row(paper=PAPER), row("1-1-102", "王方", paper=PAPER)]
    assert kinds(read(write_csv(tmp_path / "roll.csv", rows))) == {
        (2, "证件号码", "identity_conflict"),
        (3, "证件号码", "identity_conflict"),
    }


def test_owners_after_each_other_do_not_contradict_each_other(tmp_path: Path) -> None:
    first = row(paper=PAPER, since="2018-01-01", until="2020-05-01")
    second = row(name="李强", phone="13800000102", paper=OTHER_PAPER, since="2020-05-01")
    assert kinds(read(write_csv(tmp_path / "roll.csv", [HEADER, first, second]))) == set()


def test_owners_at_the_same_time_contradict_each_other_only_as_primary_contacts(tmp_path: Path) -> None:
    first, second = row(paper=PAPER), row(name="李强", phone="13800000102", paper=OTHER_PAPER)
    found = read(write_csv(tmp_path / "a.csv", [HEADER, first, second]))
    assert kinds(found) == {(2, "身份关系", "owner_conflict"), (3, "身份关系", "owner_conflict")}
    second[-1] = "否"
    assert kinds(read(write_csv(tmp_path / "b.csv", [HEADER, first, second]))) == set()
