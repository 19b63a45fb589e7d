"""What must always hold, as SQL that finds the rows which break it. Each app states its own in its module
`invariants`."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Invariant:
    """`sql` selects the ids (one column) of rows that break the rule; `code` is its number in docs/reliability.md."""

    code: str
    sentence: str
    sql: str


_invariants: list[Invariant] = []


def state(code: str, sentence: str, sql: str) -> None:
    """Adds an invariant; called when an app's module `invariants` is imported."""
    _invariants.append(Invariant(code, sentence, sql))


def every_invariant() -> list[Invariant]:
    """All of them, by number."""
    return sorted(_invariants, key=lambda each: (int(each.code[1:]), each.sentence))


def broken(invariant: Invariant, most: int = 20) -> tuple[int, list[int]]:
    """How many rows break it, and the first few of them."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), (array_agg(id))[1:{most}] FROM ({invariant.sql}) AS broken (id)")
        count, ids = cursor.fetchone()
    return count, ids or []
