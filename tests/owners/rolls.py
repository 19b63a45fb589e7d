"""Small rolls for tests, written as an office would save them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from owners.roll.reading import Roll, read_roll

DATA = Path(__file__).resolve().parent.parent / "data"
MESSY = DATA / "roll_messy.xlsx"
GBK = DATA / "roll_gbk.csv"
YANGGUANG = DATA.parent.parent / "servicecenter" / "demo" / "data" / "roll_yangguang.xlsx"
EXPECTED: dict[str, Any] = json.loads((DATA / "roll_messy.expected.json").read_text(encoding="utf-8"))

TODAY = date(2026, 11, 22)
HEADER = [
    "楼栋",
    "单元",
    "房号",
    "业主姓名",
    "身份关系",
    "手机",
    "证件号码",
    "入住日期",
    "迁出日期",
    "主要联系人",
]
# Valid numbers of nobody.
PAPER, OTHER_PAPER = "350302198811251993", "33010619860213365X"

Cells = Sequence[Any]


def write_csv(
    path: Path, rows: Sequence[Cells], *, encoding: str = "utf-8-sig", delimiter: str = ","
) -> Path:
    """A text file; line breaks inside cells are quoted."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_xlsx(
    path: Path, sheets: Mapping[str, Sequence[Cells]] | Sequence[Any], *, merge: Sequence[str] = ()
) -> Path:
    """A workbook; dates become cells with a date format. `merge` names ranges of the first sheet."""
    if not isinstance(sheets, Mapping):
        sheets = {"Sheet1": sheets}
    with xlsxwriter.Workbook(str(path)) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, date):
                        sheet.write_datetime(number, column, value, day)
                    elif value not in ("", None):
                        sheet.write(number, column, value)
            if merge:
                for area in merge:
                    first = area.split(":")[0]
                    column, row = ord(first[0]) - 65, int(first[1:]) - 1
                    sheet.merge_range(area, rows[row][column])
                merge = ()
    return path


def read(path: Path, community: str = "阳光花园", code: str = "YG") -> Roll:
    """The roll as read for 阳光花园 on a fixed day."""
    return read_roll(path, community=community, community_code=code, today=TODAY)


def row(
    room: str = "1-1-101",
    name: str = "王芳",
    relation: str = "业主",
    phone: str = "13800000101",
    paper: str = "",
    since: str = "2020-01-01",
    until: str = "",
    primary: str = "是",
) -> list[str]:
    """One data row under HEADER."""
    building, entrance, number = room.split("-")
    return [building, entrance, number, name, relation, phone, paper, since, until, primary]


def kinds(roll: Roll) -> set[tuple[int, str | None, str]]:
    """(row, column, kind) of each problem."""
    return {(found.row, found.column and found.column.value, found.kind.value) for found in roll.problems}
