"""The roll as it was sent, with every bad cell coloured and a note on it that says what is wrong."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from owners.roll.cells import CellValue, cell_text
from owners.roll.columns import Column
from owners.roll.files import open_roll
from owners.roll.headers import LOOK_AT_ROWS, find_header
from owners.roll.problems import Problem
from owners.roll.progress import EVERY, Progress, silent
from owners.roll.tables import Table

LONGEST = 32_000  # a cell of Excel holds 32 767 characters
# A note costs far more than a colour, and nobody reads more of them.
MOST_NOTES = 5_000
ERROR, WARNING = "#FDE2E1", "#FFF3CD"


def write_marked(
    source: Path, target: Path, problems: Sequence[Problem], progress: Progress = silent
) -> None:
    """Writes every sheet of `source` row by row, each cell in its place as text, bad cells coloured and explained.

    Text is never taken for a formula, and no number loses digits. A problem of a whole row marks its first cell.
    """
    by_row: dict[tuple[str, int], list[Problem]] = defaultdict(list)
    for found in problems:
        by_row[found.sheet, found.row].append(found)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as workbook:
        writer = _Writer(workbook, by_row)
        tables = open_roll(source)
        for table in tables:
            writer.write(table, progress, sum(each.height for each in tables))


class _Writer:
    """Copies tables; the notes that are left are shared by all of them."""

    def __init__(self, workbook: xlsxwriter.Workbook, problems: dict[tuple[str, int], list[Problem]]) -> None:
        self.workbook, self.problems = workbook, problems
        self.plain = workbook.add_format({"num_format": "@"})
        self.tones = {
            tone: workbook.add_format({"num_format": "@", "bg_color": colour})
            for tone, colour in (("error", ERROR), ("warning", WARNING))
        }
        self.notes = 0
        self.rows = 0

    def write(self, table: Table, progress: Progress, total: int) -> None:
        header = find_header([cells for _row, cells in islice(table.rows(), LOOK_AT_ROWS)])
        sheet = self.workbook.add_worksheet(table.name or None)
        for number, cells in table.rows():
            self.rows += 1
            if self.rows % EVERY == 0:
                progress("marking", self.rows, total)
            said = _by_cell(self.problems.get((table.name, number), []), header.columns if header else {})
            self._row(sheet, number - 1, cells, said)

    def _row(
        self, sheet: Worksheet, line: int, cells: Sequence[CellValue], said: dict[int, list[Problem]]
    ) -> None:
        for column in range(max(len(cells), *(place + 1 for place in said), 0)):
            text = cell_text(cells[column])[:LONGEST] if column < len(cells) else ""
            found = said.get(column)
            if found:
                worst = "error" if any(each.severity == "error" for each in found) else "warning"
                self._marked(sheet, line, column, text, found, worst)
            elif text:
                sheet.write_string(line, column, text, self.plain)

    def _marked(
        self, sheet: Worksheet, line: int, column: int, text: str, found: list[Problem], worst: str
    ) -> None:
        tone = self.tones[worst]
        if text:
            sheet.write_string(line, column, text, tone)
        else:
            sheet.write_blank(line, column, None, tone)
        if self.notes < MOST_NOTES:
            self.notes += 1
            sheet.write_comment(line, column, "\n".join(each.message for each in found), {"x_scale": 2})


def _by_cell(problems: Sequence[Problem], columns: dict[Column, int]) -> dict[int, list[Problem]]:
    """The problems of a row by the place of their cell."""
    places: dict[int, list[Problem]] = defaultdict(list)
    for found in problems:
        places[columns.get(found.column, 0) if found.column else 0].append(found)
    return places
