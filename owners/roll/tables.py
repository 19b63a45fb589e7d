"""A sheet of a roll as rows of cells that can be read again and again, one row in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from owners.roll.cells import CellValue
from servicecenter.lib.refusals import Invalid

# A block of merged cells: first row, first column, last row, last column, 0-based.
Block = tuple[int, int, int, int]


class FileRefused(Invalid):
    """The file as a whole cannot be imported; the sentence says why and what to do."""

    code = "roll_file_refused"


@dataclass(frozen=True)
class Table:
    """One sheet; `name` is empty for a text file. `marks` replace cells that the reader could not tell
    from empty ones.
    """

    name: str
    source: Callable[[], Iterable[list[CellValue]]]
    merged: tuple[Block, ...] = ()
    marks: Mapping[tuple[int, int], CellValue] = field(default_factory=dict)
    # About how many rows there are, for a progress bar.
    height: int = 0

    def rows(self) -> Iterator[tuple[int, list[CellValue]]]:
        """(1-based file row, cells); a merged block shows its value in every row that it covers."""
        starts: dict[int, list[Block]] = {}
        for block in self.merged:
            if block[2] > block[0]:
                starts.setdefault(block[0], []).append(block)
        marked: dict[int, list[tuple[int, CellValue]]] = {}
        for (row, column), value in self.marks.items():
            marked.setdefault(row, []).append((column, value))
        open_blocks: list[tuple[Block, CellValue]] = []
        for index, cells in enumerate(self.source()):
            for column, value in marked.get(index, ()):
                _put(cells, column, value)
            open_blocks = [(block, value) for block, value in open_blocks if block[2] >= index]
            for block, value in open_blocks:
                _put(cells, block[1], value)
            for block in starts.get(index, ()):
                open_blocks.append((block, cells[block[1]] if block[1] < len(cells) else ""))
            yield index + 1, cells


def _put(cells: list[CellValue], column: int, value: CellValue) -> None:
    if column >= len(cells):
        cells.extend([""] * (column + 1 - len(cells)))
    cells[column] = value
