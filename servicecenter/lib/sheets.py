"""Lists as files: XLSX and CSV, a row in memory at a time, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
LONGEST = 32_000  # a cell of Excel holds 32 767 characters
_ALIVE = ("=", "+", "-", "@", "\t", "\r")

Rows = Iterable[Sequence[object]]


def safe(value: object) -> str:
    """The text of a cell. What a spreadsheet could take for a formula gets an apostrophe, in CSV and in XLSX: files
    are saved again in the other kind."""
    text = "" if value is None else str(value)[:LONGEST]
    return f"'{text}" if text.startswith(_ALIVE) or text.lstrip().startswith(_ALIVE) else text


@dataclass(frozen=True)
class Sheet:
    """A further sheet of a workbook."""

    title: str
    head: Sequence[object]
    rows: Rows


def write(
    kind: str, head: Sequence[object], rows: Rows, *, title: str = "", beside: Sequence[Sheet] = ()
) -> IO[bytes]:
    """A temporary file without a name, at its beginning. `kind` is `xlsx` or `csv`; in a workbook the sheet has a
    `title`, and the sheets `beside` it stand there too. Whole numbers are numbers, all else is text."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115  (whoever sends it closes it)
    try:
        if kind == "xlsx":
            _xlsx(file, [Sheet(title, head, rows), *beside])
        else:
            _csv(file, head, rows)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _xlsx(file: IO[bytes], sheets: Iterable[Sheet]) -> None:
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        text, bold = workbook.add_format({"num_format": "@"}), workbook.add_format({"bold": True})
        for each in sheets:
            sheet = workbook.add_worksheet(each.title or None)
            sheet.freeze_panes(1, 0)
            for column, label in enumerate(each.head):
                sheet.write_string(0, column, safe(label), bold)
            for line, cells in enumerate(each.rows, 1):
                for column, value in enumerate(cells):
                    if isinstance(value, int) and not isinstance(value, bool):
                        sheet.write_number(line, column, value)
                    elif value not in ("", None):
                        sheet.write_string(line, column, safe(value), text)


def _csv(file: IO[bytes], head: Sequence[object], rows: Rows) -> None:
    # With a byte order mark, or Excel reads Chinese as something else.
    lines = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(lines)
    writer.writerow([safe(label) for label in head])
    writer.writerows([safe(value) for value in cells] for cells in rows)
    lines.detach()
