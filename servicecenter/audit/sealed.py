"""Every sealed column of the program, found by its name, and re-sealing under the present key.

A text column whose name ends in `_sealed` is one; its model says by `vault_place(field)` what a value is bound to. A
table cannot be forgotten: there is no list to add it to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Model, TextField

from servicecenter.audit import vault

SUFFIX = "_sealed"
BATCH = 500


class Sealed(Protocol):
    """A row with sealed columns."""

    pk: Any

    def vault_place(self, field: str) -> bytes:
        """Where the value of `field` (the column without `_sealed`) is allowed to stand."""


@dataclass(frozen=True)
class Column:
    """One sealed column."""

    model: type[Model]
    name: str

    @property
    def field(self) -> str:
        return self.name.removesuffix(SUFFIX)

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass
class Tally:
    """What came of one column: values sealed anew, and the ids of rows whose value does not open."""

    column: Column
    resealed: int
    closed: list[Any]


def columns() -> list[Column]:
    """All of them, in a stable order."""
    found = [
        Column(model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith(SUFFIX) and isinstance(field, TextField)
    ]
    return sorted(found, key=str)


def present_prefix() -> str:
    """How a value that is sealed under the present key begins."""
    return f"v1:{next(iter(settings.VAULT_KEYS))}:"


def under_other_keys(column: Column) -> int:
    """How many values of a column are not sealed under the present key."""
    rows = column.model._base_manager.exclude(**{column.name: ""})
    return int(rows.exclude(**{f"{column.name}__startswith": present_prefix()}).count())


def rotate(column: Column, *, batch: int = BATCH) -> Iterator[Tally]:
    """Seals what is under an older key anew, batch by batch; yields after each, with what came of the column so far.

    Each batch is one statement that only replaces the very value it read, so the program may go on working, two
    rotations may run at once, and one that was cut off goes on where it stopped. A value that does not open stays as it
    is and is named.
    """
    tally, last = Tally(column, 0, []), None
    while rows := _batch(column, last, batch):
        fresh = []
        for row in rows:
            last = row.pk
            old = getattr(row, column.name)
            place = cast(Sealed, row).vault_place(column.field)
            try:
                fresh.append((row.pk, old, vault.seal(vault.unseal(old, place), place)))
            except vault.VaultError:
                tally.closed.append(row.pk)
        tally.resealed += _replace(column, fresh)
        yield tally


def unknown_keys() -> Iterator[str]:
    """Rows with a value under a key that this installation does not have: table, column and id."""
    for column in columns():
        rows = column.model._base_manager.exclude(**{column.name: ""})
        for key in settings.VAULT_KEYS:
            rows = rows.exclude(**{f"{column.name}__startswith": f"v1:{key}:"})
        yield from (f"{column} {pk}" for pk in rows.order_by("pk").values_list("pk", flat=True).iterator())


def _batch(column: Column, last: Any, size: int) -> list[Model]:
    rows = column.model._base_manager.exclude(**{column.name: ""})
    rows = rows.exclude(**{f"{column.name}__startswith": present_prefix()})
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.order_by("pk")[:size])


def _replace(column: Column, fresh: Sequence[tuple[Any, str, str]]) -> int:
    """Writes the new values where the old ones still stand; returns how many did."""
    if not fresh:
        return 0
    ids, old, new = (list(part) for part in zip(*fresh, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{column.table}" t SET "{column.name}" = n.new '
            "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS n (id, old, new) "
            f'WHERE t.id = n.id AND t."{column.name}" = n.old',
            [ids, old, new],
        )
        return int(cursor.rowcount)
