"""What must always hold, as SQL (or, about files, as a search) that finds what breaks it. Each app states its own in
its module `invariants`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Invariant:
    """`sql` selects the ids (one column) of rows that break the rule, or `find` names what does; `code` is its number
    in docs/reliability.md."""

    code: str
    sentence: str
    sql: str = ""
    find: Callable[[], Iterable[int | str]] | None = None


_invariants: list[Invariant] = []


def state(code: str, sentence: str, sql: str) -> None:
    """Adds an invariant; called when an app's module `invariants` is imported."""
    _invariants.append(Invariant(code, sentence, sql))


def state_found(code: str, sentence: str, find: Callable[[], Iterable[int | str]]) -> None:
    """Adds an invariant that SQL cannot see."""
    _invariants.append(Invariant(code, sentence, find=find))


def every_invariant() -> list[Invariant]:
    """All of them, by number."""
    return sorted(_invariants, key=lambda each: (int(each.code[1:]), each.sentence))


def broken(invariant: Invariant, most: int = 20) -> tuple[int, list[Any]]:
    """How many rows break it, and the first few of them."""
    if invariant.find is not None:
        found = iter(invariant.find())
        first = list(islice(found, most))
        return len(first) + sum(1 for _more in found), first
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), (array_agg(id))[1:{most}] FROM ({invariant.sql}) AS broken (id)")
        count, ids = cursor.fetchone()
    return count, ids or []
