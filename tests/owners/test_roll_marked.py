"""The marked roll is the roll that was sent: the same cells, none of them alive."""

from __future__ import annotations

import zipfile
from pathlib import Path

from python_calamine import CalamineWorkbook

from owners.roll.cells import cell_text
from owners.roll.files import open_roll
from owners.roll.marking import write_marked
from owners.roll.tables import Table
from tests.owners.rolls import HEADER, MESSY, read, row, write_csv


def _cells(tables: list[Table]) -> list[list[list[str]]]:
    """Every cell as text, without empty ends of rows."""
    sheets = []
    for table in tables:
        rows = []
        for _number, cells in table.rows():
            texts = [cell_text(cell) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            rows.append(texts)
        while rows and not rows[-1]:
            rows.pop()
        sheets.append(rows)
    return sheets


def test_the_marked_file_carries_the_same_cells(tmp_path: Path) -> None:
    target = tmp_path / "marked.xlsx"
    write_marked(MESSY, target, read(MESSY).problems)
    assert CalamineWorkbook.from_path(target).sheet_names
    assert _cells(open_roll(target)) == _cells(open_roll(MESSY))


def test_the_marked_file_has_the_same_problems_as_the_roll(tmp_path: Path) -> None:
    target = tmp_path / "marked.xlsx"
    problems = read(MESSY).problems
    write_marked(MESSY, target, problems)
    again = {(found.row, found.column) for found in read(target).problems}
    assert again == {(found.row, found.column) for found in problems}


def test_a_note_on_each_bad_cell_says_what_is_wrong(tmp_path: Path) -> None:
    target = tmp_path / "marked.xlsx"
    problems = read(MESSY).problems
    write_marked(MESSY, target, problems)
    with zipfile.ZipFile(target) as archive:
        notes = archive.read("xl/comments1.xml").decode()
    assert problems[0].message in notes


def test_no_cell_of_the_marked_file_is_a_formula(tmp_path: Path) -> None:
    source = write_csv(
        tmp_path / "roll.csv", [HEADER, row(name='=HYPERLINK("http://evil")'), row(name="@SUM(1)|x!A1")]
    )
    target = tmp_path / "marked.xlsx"
    write_marked(source, target, read(source).problems)
    with zipfile.ZipFile(target) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK" in sheet
