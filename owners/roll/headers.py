"""Finding the header of a roll below its titles, in one row or in two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from owners.roll.columns import Column, assign
from servicecenter.lib.normalise import clean_text

# Titles, stamps and filling instructions stand above; more than this is no roll.
LOOK_AT_ROWS = 40
FEWEST_COLUMNS = 3


@dataclass(frozen=True)
class Header:
    """Where the columns are. Rows are 1-based, positions 0-based."""

    first_row: int
    last_row: int
    columns: dict[Column, int]
    labels: tuple[str, ...]

    @property
    def unused(self) -> list[str]:
        """Labels of columns that the import does not take."""
        used = set(self.columns.values())
        return [label for place, label in enumerate(self.labels) if label and place not in used]


def _texts(cells: Sequence[object]) -> list[str]:
    return ["" if cell is None else clean_text(str(cell)) for cell in cells]


def _useful(columns: dict[Column, int]) -> bool:
    return len(columns) >= FEWEST_COLUMNS and (Column.ROOM in columns or Column.CODE in columns)


def _spread(upper: list[str]) -> list[str]:
    """Group labels reach right until the next one, as merged cells are stored."""
    last, spread = "", []
    for label in upper:
        last = label or last
        spread.append(last)
    return spread


def _two_rows(upper: list[str], lower: list[str]) -> list[str]:
    """业主信息 over 姓名 is 姓名, 紧急联系人 over 电话 is 紧急联系人电话, 房号 over nothing is 房号."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    labels = []
    for own, group, label in zip(upper, _spread(upper), lower, strict=True):
        if not label:
            labels.append(own)
        else:
            both = assign([group + label])
            labels.append(group + label if both else label)
    return labels


def find_header(rows: Sequence[Sequence[object]]) -> Header | None:
    """The row, or pair of rows, among the first 40 that names most columns; None if no row looks like a
    header.
    """
    texts = [_texts(row) for row in rows[:LOOK_AT_ROWS]]
    best: Header | None = None
    for index, labels in enumerate(texts):
        columns = assign(labels)
        if _useful(columns) and (best is None or len(columns) > len(best.columns)):
            best = Header(index + 1, index + 1, columns, tuple(labels))
    for index in range(len(texts) - 1):
        labels = _two_rows(texts[index], texts[index + 1])
        columns = assign(labels)
        if _useful(columns) and len(columns) > (len(best.columns) if best else 0):
            best = Header(index + 1, index + 2, columns, tuple(labels))
    return best


def repeats(header: Header, cells: Sequence[object]) -> bool:
    """Whether a row is the header printed again at the top of a page."""
    place = header.columns.get(Column.ROOM, header.columns.get(Column.CODE, 0))
    if place >= len(cells) or clean_text(str(cells[place])) != header.labels[place]:
        return False
    texts = _texts(cells)
    filled = [place for place, text in enumerate(texts) if text]
    same = [place for place in filled if place < len(header.labels) and texts[place] == header.labels[place]]
    return len(same) >= FEWEST_COLUMNS and len(same) * 2 > len(filled)
