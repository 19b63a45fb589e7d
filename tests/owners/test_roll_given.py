"""The rolls that came with the order: every expected error, nothing else, and every cell as it must be stored."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest

from owners.models import IdType, OccupancyRole, UnitUse
from owners.roll import vocabulary
from owners.roll.files import open_roll
from owners.roll.headers import find_header
from owners.roll.identity import people_of
from owners.roll.reading import Roll
from owners.roll.rows import Row
from tests.owners.rolls import EXPECTED, GBK, MESSY, YANGGUANG, read

FIELDS = {
    "楼栋": "building", "单元": "entrance", "房号": "room", "建筑面积": "area", "用途": "use", "交付日期": "delivered",
    "业主姓名": "name", "身份关系": "relation", "手机": "mobile", "备用电话": "spare_phone", "证件类型": "id_type",
    "证件号码": "id_number", "性别": "gender", "出生日期": "birthday", "电子邮箱": "email", "工作单位": "workplace",
    "车牌号": "plates", "特殊需求": "needs", "入住日期": "moved_in", "主要联系人": "primary", "备注": "note",
}  # fmt: skip
WORDS = {
    "residence": "住宅", "shop": "商铺", "parking": "车位", "storage": "储藏室", "owner": "业主", "co_owner": "共有人",
    "tenant": "租户", "family": "家属", "m": "男", "f": "女", "id_card": "身份证", "True": "是", "False": "否",
}  # fmt: skip


@lru_cache
def messy() -> Roll:
    return read(MESSY, EXPECTED["community"], "BJ")


def shown(row: Row, column: str) -> str:
    """A normalised cell as the expectation writes it."""
    value: Any = getattr(row, FIELDS[column])
    if isinstance(value, tuple):
        value = ",".join(value)
    text = "" if value is None else str(value)
    return WORDS.get(text, text)


def test_the_messy_roll_has_exactly_the_expected_errors() -> None:
    found = {(one.row, one.column and one.column.value, one.kind.value) for one in messy().errors}
    assert found == {(one["row"], one["column"], one["kind"]) for one in EXPECTED["errors"]}
    assert len(messy().errors) == EXPECTED["counts"]["errors"]


def test_the_messy_roll_has_exactly_the_expected_warnings() -> None:
    found = [(one.row, one.column and one.column.value, one.kind.value) for one in messy().warnings]
    assert found == [(one["row"], one["column"], one["kind"]) for one in EXPECTED["warnings"]]


def test_the_messy_roll_is_counted_by_data_rows() -> None:
    counts, good = EXPECTED["counts"], messy().good_rows()
    assert len(messy().rows) == counts["data_rows"]
    assert len(good) == counts["must_import_rows"]
    assert sum(row.has_person for row in good) == counts["must_import_rows_with_a_person"]
    assert len({row.unit_code for row in good}) == counts["units_after_import"]
    assert len(people_of(good)[0]) == counts["persons_after_import"]


def test_titles_blanks_totals_and_signatures_of_the_messy_roll_are_skipped() -> None:
    found = [(one.row, one.kind) for one in messy().ignored]
    assert found == [(one["row"], one["kind"]) for one in EXPECTED["ignored_rows"]]


def test_the_header_of_the_messy_roll_is_understood() -> None:
    header = messy().headers[EXPECTED["sheet"]]
    names = {column.value: header.labels[place] for column, place in header.columns.items()}
    assert header.first_row == EXPECTED["header_row"]
    assert names == {name: label for label, name in EXPECTED["header_map"].items() if name}


@pytest.mark.parametrize("quirk", sorted({one["quirk"].split(":")[0] for one in EXPECTED["tolerated"]}))
def test_tolerated_cells_of_the_messy_roll_are_normalised(quirk: str) -> None:
    rows = {row.number: row for row in messy().rows}
    cases = [
        one
        for one in EXPECTED["tolerated"]
        if one["quirk"].split(":")[0] == quirk and one["column"] in FIELDS
    ]
    differing = []
    for one in cases:
        got, wanted = shown(rows[one["row"]], one["column"]), one["expect"]
        if (float(got) != wanted) if isinstance(wanted, float) else (got != wanted):
            differing.append((one["row"], one["column"], got, wanted))
    assert differing == []


def test_every_problem_has_a_sentence_without_the_private_value() -> None:
    rows = {row.number: row for row in messy().rows}
    for one in messy().problems:
        row = rows[one.row]
        private = [value for value in (row.name, row.mobile, row.id_number, *row.plates) if value]
        assert one.message
        assert not any(value in one.message for value in private)


@pytest.mark.parametrize(
    ("path", "community", "rows", "units"),
    [(YANGGUANG, "阳光花园", 2687, 1620), (GBK, "翠湖名邸", 200, 109)],
    ids=["yangguang", "gbk"],
)
def test_the_clean_rolls_have_no_problem(path: Any, community: str, rows: int, units: int) -> None:
    roll = read(path, community)
    assert roll.problems == []
    assert len(roll.rows) == rows
    assert len({row.unit_code for row in roll.rows}) == units


def test_rare_characters_and_line_breaks_of_a_gb18030_file_are_kept() -> None:
    rows = read(GBK, "翠湖名邸").rows
    assert {"郭龘", "童𬨎", "董国𣲘"} <= {row.name for row in rows}
    notes = {row.note for row in rows}
    assert '门口有"小心台阶"提示牌, 请注意' in notes
    assert "对讲机坏，已报修,待回复\n——客服 小林" in notes


def test_the_unit_code_of_the_clean_roll_equals_its_own_code_column() -> None:
    table = open_roll(YANGGUANG)[0]
    cells = dict(table.rows())
    header = find_header([cells[1]])
    assert header is not None
    place = next(place for column, place in header.columns.items() if column.value == "房屋编码")
    differing = [row.number for row in read(YANGGUANG).rows if row.unit_code != cells[row.number][place]]
    assert differing == []


def test_words_stand_for_values_that_the_models_know() -> None:
    assert {vocabulary.use(word) for word in ("住宅", "商铺", "车位", "储藏室")} == set(UnitUse.values)
    relations = {vocabulary.relation(word) for word in ("业主", "共有人", "租户", "家属")}
    assert relations == set(OccupancyRole.values)
    papers = ("身份证", "护照", "港澳通行证", "台胞证", "军官证", "营业执照", "户口簿")
    assert {vocabulary.id_type(word, "1") for word in papers} == set(IdType.values)
