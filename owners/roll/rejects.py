"""Giving back the rows that were refused, as a workbook that can be corrected and imported again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import xlsxwriter
from django.utils.translation import gettext as _

from owners.roll.cells import cell_text
from owners.roll.files import open_roll
from owners.roll.headers import LOOK_AT_ROWS, find_header
from owners.roll.problems import Problem

_LONGEST = 32_000  # a cell of Excel holds 32 767 characters


def write_bad_rows(source: Path, target: Path, bad_rows: Mapping[tuple[str, int], list[Problem]]) -> None:
    """Writes the rows of `bad_rows` (by sheet and 1-based row) from `source`, with their row number and
    what is wrong.

    Every cell is text, so that no number loses digits and nothing is taken for a formula. The file holds
    personal data: only its owner may read it.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with xlsxwriter.Workbook(str(target)) as workbook:
        wrong = workbook.add_format({"bg_color": "#FDE2E1", "num_format": "@"})
        plain = workbook.add_format({"num_format": "@"})
        for table in open_roll(source):
            header = find_header([cells for _row, cells in islice(table.rows(), LOOK_AT_ROWS)])
            if header is None or not any(sheet == table.name for sheet, _row in bad_rows):
                continue
            sheet = workbook.add_worksheet(table.name or None)
            for column, label in enumerate((*header.labels, _("Row in the file"), _("What is wrong"))):
                sheet.write_string(0, column, label, plain)
            line = 0
            for number, cells in table.rows():
                problems = bad_rows.get((table.name, number))
                if not problems:
                    continue
                line += 1
                marked = {header.columns.get(found.column) for found in problems if found.column}
                for column, value in enumerate(cells):
                    sheet.write_string(
                        line, column, cell_text(value)[:_LONGEST], wrong if column in marked else plain
                    )
                last = len(header.labels)
                sheet.write_string(line, last, str(number), plain)
                sheet.write_string(line, last + 1, " ".join(found.message for found in problems), plain)
