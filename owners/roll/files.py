"""Opening the file of a roll: .xlsx, .xls or CSV, told by its content and not by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from owners.roll import archive, biff
from owners.roll.cells import CellValue
from owners.roll.delimited import read_delimited
from owners.roll.tables import FileRefused, Table

LARGEST_FILE = 50 * 1024 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"<head")
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"GIF8",
    b"MZ",
    b"{\\rtf",
)


def open_roll(path: Path) -> list[Table]:
    """Every visible sheet that holds anything. Nothing in the file is executed, and no link is followed.

    Refuses with FileRefused: over 50 MB, not a spreadsheet, damaged, protected by a password, with macros,
    bombs.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(2048)
    except OSError as error:
        raise FileRefused(_("The file cannot be read.")) from error
    if not head:
        raise FileRefused(_("The file is empty."))
    if size > LARGEST_FILE:
        raise FileRefused(_("The file is larger than 50 MB."))
    if head.startswith(_ZIP):
        by_name = archive.inspect(str(path), size)
        return _workbook(path, lambda _index, name: by_name.get(name, {}))
    if head.startswith(_OLE):
        in_order = biff.inspect(path)
        return _workbook(path, lambda index, _name: in_order[index] if index < len(in_order) else {})
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_MARKUP):
        raise FileRefused(
            _("This is a web page with the name of a spreadsheet. Open it in Excel and save it as .xlsx.")
        )
    if head.startswith(_OTHERS):
        raise FileRefused(_("This is no spreadsheet. A roll is an .xlsx, .xls or .csv file."))
    return read_delimited(path)


def _workbook(path: Path, marks: Callable[[int, str], archive.Marks]) -> list[Table]:
    tables = []
    try:
        workbook = CalamineWorkbook.from_path(path)
        for index, meta in enumerate(workbook.sheets_metadata):
            if meta.typ is not SheetTypeEnum.WorkSheet or meta.visible is not SheetVisibleEnum.Visible:
                continue
            sheet = workbook.get_sheet_by_index(index)
            if sheet.start is not None:
                tables.append(_table(sheet, marks(index, meta.name)))
    except PasswordError as error:
        raise FileRefused(_("The file is protected by a password. Save it without one.")) from error
    except (CalamineError, ValueError, OSError) as error:
        raise FileRefused(
            _("The file is damaged or no Excel workbook. Open it in Excel and save it again as .xlsx.")
        ) from error
    return tables


def _table(sheet: CalamineSheet, marks: archive.Marks) -> Table:
    # The reader gives the empty rows above the first cell, but not the empty columns before it.
    _top, left = sheet.start or (0, 0)
    padding = [""] * left

    def rows() -> Iterator[list[CellValue]]:
        for cells in sheet.iter_rows():
            yield [*padding, *cells]

    blocks = tuple((*first, *last) for first, last in sheet.merged_cell_ranges or ())
    return Table(sheet.name, rows, blocks, marks, sheet.total_height)
