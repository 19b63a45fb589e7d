"""Key-set pagination: the thousandth page costs what the first one does, and nothing is counted."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of a list: its rows and the cursors of its neighbours ('' when there is none)."""

    rows: list[M]
    newer: str
    older: str


def _encode(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decode(cursor: str, length: int) -> list[Any] | None:
    """The values inside a cursor; None for anything tampered with, which then shows the first page."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return None
    if not isinstance(values, list) or len(values) != length:
        return None
    return values if all(isinstance(value, (str, int)) for value in values) else None


def _beyond(order: Sequence[str], values: Sequence[Any], *, backwards: bool) -> Q:
    """Rows strictly after `values` in `order`; before them when `backwards`."""
    beyond = Q()
    equal = Q()
    for field, value in zip(order, values, strict=True):
        name = field.lstrip("-")
        operator = "lt" if field.startswith("-") != backwards else "gt"
        beyond |= equal & Q(**{f"{name}__{operator}": value})
        equal &= Q(**{name: value})
    # The plain bound on the first column lets PostgreSQL start inside the index.
    first = order[0]
    bound = "lte" if first.startswith("-") != backwards else "gte"
    return Q(**{f"{first.lstrip('-')}__{bound}": values[0]}) & beyond


def _reverse(order: Sequence[str]) -> list[str]:
    return [field[1:] if field.startswith("-") else f"-{field}" for field in order]


def page_of(queryset: QuerySet[M], *, order: Sequence[str], cursor: str = "", size: int = 50) -> Page[M]:
    """One page of `queryset` in `order` (never-null columns, the last one unique).

    `cursor` comes from a neighbouring page; anything else shows the first page. One query, no COUNT.
    """
    backwards = cursor.startswith("n")
    values = _decode(cursor[1:], len(order)) if cursor else None
    rows_from = queryset
    if values is not None:
        try:
            rows_from = queryset.filter(_beyond(order, values, backwards=backwards))
        except (TypeError, ValueError, ValidationError):
            values, backwards = None, False
    else:
        backwards = False
    rows = list(rows_from.order_by(*(_reverse(order) if backwards else order))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()

    def cursor_at(row: M, side: str) -> str:
        return side + _encode([getattr(row, field.lstrip("-")) for field in order])

    has_newer = bool(rows) and (more if backwards else values is not None)
    has_older = bool(rows) and (True if backwards else more)
    return Page(
        rows=rows,
        newer=cursor_at(rows[0], "n") if has_newer else "",
        older=cursor_at(rows[-1], "o") if has_older else "",
    )
