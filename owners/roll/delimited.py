"""Text files: CSV and its relatives, in the encodings that Chinese offices use."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _

from owners.roll.archive import MOST_ROWS
from owners.roll.cells import CellValue
from owners.roll.headers import LOOK_AT_ROWS, find_header
from owners.roll.tables import FileRefused, Table

_MARKS_OF_ORDER = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# Tried strictly and in this order; what decides is whether a header can be read, for Big5 text is also
# valid GB 18030.
_ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_DELIMITERS = (",", "\t", ";", "|")
LONGEST_CELL = 100_000


def _encodings(content: bytes) -> Iterator[str]:
    for mark, encoding in _MARKS_OF_ORDER:
        if content.startswith(mark):
            yield encoding
            return
    # Every second byte of UTF-16 digits and commas is zero; NUL characters in other encodings are rare.
    sample = content[:4000]
    likely_utf16 = sample.count(0) * 5 > len(sample)
    yield from _ENCODINGS[3:] if likely_utf16 else _ENCODINGS[:3]
    guess = from_bytes(content[:200_000]).best()
    if guess is not None:
        yield guess.encoding


def _reader(text: str, delimiter: str) -> Iterator[list[CellValue]]:
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(lines, 1):
            if number > MOST_ROWS:
                raise FileRefused(_("The file has more than %(rows)d rows.") % {"rows": MOST_ROWS})
            yield list[CellValue](cells)
    except csv.Error as error:
        raise FileRefused(
            _(
                "The file cannot be split into cells near line %(line)d: perhaps a quotation mark is "
                "not closed."
            )
            % {"line": lines.line_num}
        ) from error


def _delimiter(text: str) -> str | None:
    """The delimiter with which a header is found."""
    best, most = None, 0
    for delimiter in _DELIMITERS:
        if delimiter not in text[:100_000]:
            continue
        try:
            header = find_header(list(islice(_reader(text, delimiter), LOOK_AT_ROWS)))
        except FileRefused:
            continue
        if header and len(header.columns) > most:
            best, most = delimiter, len(header.columns)
    return best


def read_delimited(path: Path) -> list[Table]:
    """The file as one table. A row is a record: a line break inside a cell does not count.

    Refuses with FileRefused what is no text in a known encoding or has no header of a roll.
    """
    content = path.read_bytes()
    readable = False
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        readable = True
        delimiter = _delimiter(text)
        if delimiter:
            rows = partial(_reader, text, delimiter)
            return [Table("", rows, height=text.count("\n"))]
    if readable:
        raise no_header()
    raise FileRefused(_("The encoding of the file is not known. Save it as “CSV UTF-8” or as .xlsx."))


def no_header() -> FileRefused:
    return FileRefused(
        _(
            "No header was found. The file needs a row with the names of its columns, among them a room "
            "number, and two more."
        )
    )
