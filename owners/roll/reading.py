"""A roll from its file: which rows are data, what they say, and everything that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from owners.roll.cells import CellValue, cell_text
from owners.roll.columns import Column
from owners.roll.delimited import no_header
from owners.roll.files import open_roll
from owners.roll.headers import LOOK_AT_ROWS, Header, find_header, repeats
from owners.roll.problems import Problem
from owners.roll.progress import EVERY, Progress, silent
from owners.roll.rows import Row, Sheet, read_row
from owners.roll.rules import compare, fill_relations
from owners.roll.tables import Table
from servicecenter.lib import normalise

_TOTALS = re.compile(
    r"(?:合计|总计|小计|共计|累计|汇总|总和|本页小计|本页合计|sub-?total|grandtotal|total)", re.IGNORECASE
)
_TOTALS_TAIL = re.compile(r"[:：\d\s]|$|[（(]|户数|面积|人数")
_SIGNATURE = re.compile(
    r"(?:制表|填表|审核|审批|复核|经办|核对|校对|统计|打印|导出|移交|接收|交接|盖章|签字|签名|签章|负责人|项目经理|建设单位|物业公司|开发商|"
    r"备注|说明|注|日期|填报|报送|联系人|第\d+页|共\d+页|page\d|preparedby|checkedby|approvedby|signature|printed)"
    r"(?:人|单位|日期|时间|方|员)?[^:：]{0,12}(?:[:：]|$|\(|（|/|页)",
    re.IGNORECASE,
)
# A row that fills one of these is about a unit or a person, whatever else stands in it.
_DATA = (Column.ROOM, Column.CODE, Column.NAME, Column.MOBILE, Column.ID_NUMBER, Column.AREA)
_COUNTED = {Column.AREA, Column.NAME, Column.ROOM, Column.CODE}
_BUILDING_SHEET = re.compile(
    r"^(?:第?[\dA-Z一二三四五六七八九十]+(?:号楼|栋|幢|座|#楼?)|(?:BUILDING|BLOCK|TOWER)[\dA-Z]+)$"
)


@dataclass(frozen=True)
class Ignored:
    """A row that is neither data nor an error: title, blank, header, totals or signature."""

    row: int
    kind: str
    sheet: str = ""


@dataclass
class Roll:
    """What was read. `rows` are all data rows in file order, also those with problems."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    headers: dict[str, Header] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        return [found for found in self.problems if found.severity == "error"]

    @property
    def warnings(self) -> list[Problem]:
        return [found for found in self.problems if found.severity == "warning"]

    @property
    def unused_columns(self) -> list[str]:
        return list(dict.fromkeys(label for header in self.headers.values() for label in header.unused))

    def good_rows(self) -> list[Row]:
        """The rows without an error."""
        bad = {(found.sheet, found.row) for found in self.errors}
        return [row for row in self.rows if (row.sheet, row.number) not in bad]


def read_roll(
    path: Path, *, community: str, community_code: str, today: date, progress: Progress = silent
) -> Roll:
    """Reads and checks a roll for one community.

    `today` (a local day) decides which century a year of two digits means, and which birthdays lie ahead.
    Refuses with FileRefused a file that cannot be read as a whole or that has no header in any sheet.
    """
    roll = Roll()
    tables = open_roll(path)
    total = sum(table.height for table in tables)
    has_relation = False
    for table in tables:
        header = find_header([cells for _row, cells in islice(table.rows(), LOOK_AT_ROWS)])
        if header is None:
            continue  # filling instructions, lists for drop-downs
        roll.headers[table.name] = header
        has_relation = has_relation or Column.RELATION in header.columns
        sheet = _sheet(table, header, community, community_code, today)
        _read_table(roll, table, header, sheet, lambda done: progress("reading", done, total))
    if not roll.headers:
        raise no_header()
    roll.rows = fill_relations(roll.rows, has_column=has_relation)
    roll.problems += compare(roll.rows)
    roll.problems.sort(key=lambda found: (list(roll.headers).index(found.sheet), found.row))
    return roll


def _sheet(table: Table, header: Header, community: str, community_code: str, today: date) -> Sheet:
    columns = header.columns
    name = normalise.simplified(normalise.squeeze(table.name)).upper()
    building = table.name if Column.BUILDING not in columns and _BUILDING_SHEET.match(name) else ""
    return Sheet(
        name=table.name,
        columns=columns,
        community=community,
        community_code=community_code,
        today=today,
        building=building,
        entrance_first=_writes_entrance_first(table, header),
    )


def _writes_entrance_first(table: Table, header: Header) -> bool:
    """Whether rooms such as 2-602 beside building 1 show that 1-602 means entrance 1 as well."""
    columns = header.columns
    if Column.BUILDING not in columns or Column.ROOM not in columns:
        return False
    for number, cells in table.rows():
        if number > header.last_row:
            texts = [
                _cell(columns, cells, column) for column in (Column.BUILDING, Column.ENTRANCE, Column.ROOM)
            ]
            if "-" in texts[2] and normalise.starts_with_entrance(*texts):
                return True
    return False


def _cell(columns: dict[Column, int], cells: Sequence[CellValue], column: Column) -> str:
    position = columns.get(column, -1)
    return cell_text(cells[position]) if 0 <= position < len(cells) else ""


def _read_table(roll: Roll, table: Table, header: Header, sheet: Sheet, told: Callable[[int], None]) -> None:
    for number, cells in table.rows():
        if number % EVERY == 0:
            told(len(roll.rows))
        kind = _other_than_data(number, cells, header)
        if kind:
            if not header.first_row <= number <= header.last_row:
                roll.ignored.append(Ignored(number, kind, sheet.name))
            continue
        row, problems = read_row(sheet, number, cells)
        roll.rows.append(row)
        roll.problems += problems


def _other_than_data(number: int, cells: Sequence[CellValue], header: Header) -> str:
    """`title`, `header`, `blank`, `totals` or `signature`; empty for a data row."""
    if number <= header.last_row:
        return "title"
    place = {column for column in _DATA if not _blank(_cell(header.columns, cells, column))}
    first = next((text for cell in cells if cell != "" and (text := normalise.squeeze(cell_text(cell)))), "")
    totals = _TOTALS.match(first)
    if totals and Column.ID_NUMBER not in place and _TOTALS_TAIL.match(first, totals.end()):
        return "totals"
    if not place <= _COUNTED:
        # Enough of a person; only a header printed again fills as much.
        return "header" if repeats(header, cells) else ""
    filled = [text for cell in cells if cell != "" and (text := normalise.squeeze(cell_text(cell)))]
    if not filled:
        return "blank"
    if repeats(header, cells):
        return "header"
    if len(filled) <= 4 and place <= {Column.NAME} and _SIGNATURE.match(first):
        return "signature"
    if place or _says_anything(cells, header):
        # A single cell that belongs to no unit and no person: a title printed on each page, or a section.
        return "title" if len(filled) == 1 and not place else ""
    return "title" if len(filled) == 1 and not filled[0].isdigit() else "blank"


def _says_anything(cells: Sequence[CellValue], header: Header) -> bool:
    """Whether a column of ours is filled, not counting the community: prepared rows have that and a number
    only.
    """
    columns = (column for column in header.columns if column is not Column.COMMUNITY)
    return any(not _blank(_cell(header.columns, cells, column)) for column in columns)


def _blank(text: str) -> bool:
    return not text or (not text.isalnum() and not normalise.squeeze(text))
