"""Telling how far the reading and storing of a roll has come."""

from __future__ import annotations

from collections.abc import Callable

# Phase (`reading`, `storing`, `marking`), rows done, rows in all (0: not known). It may raise to stop the work.
Progress = Callable[[str, int, int], None]
# Rows between two calls: often enough for a bar that moves, too seldom to cost anything.
EVERY = 500


def silent(phase: str, done: int, total: int) -> None:
    """For whoever does not look."""
