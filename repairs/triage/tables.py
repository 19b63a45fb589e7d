"""The tables of words and hazards in data/."""

from __future__ import annotations

from pathlib import Path

from servicecenter.triage.text import lines_of

DATA = Path(__file__).parent / "data"


def data_lines(name: str) -> list[str]:
    """Give the lines of a table without comments and empty ones."""
    return lines_of(DATA / name)
