"""What an import did, or would have done."""

from __future__ import annotations

from dataclasses import dataclass, field

from owners.roll.problems import Problem
from owners.roll.reading import Ignored


@dataclass(frozen=True)
class Report:
    """Counts are data rows: created + updated + unchanged + rows with errors = rows, unless nothing was
    imported.

    A row counts as created when it brought a new unit or a new stay, as updated when it changed something
    on record.
    """

    rows: int
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    unused_columns: list[str] = field(default_factory=list)
    sheets: int = 1
    imported: bool = False

    @property
    def bad_rows(self) -> dict[tuple[str, int], list[Problem]]:
        """The errors of each bad row, by sheet and 1-based file row."""
        found: dict[tuple[str, int], list[Problem]] = {}
        for problem in self.errors:
            found.setdefault((problem.sheet, problem.row), []).append(problem)
        return found
