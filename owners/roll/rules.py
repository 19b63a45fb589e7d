"""What only shows when rows are compared with each other: duplicates, contradictions, missing owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations

from owners.roll.columns import Column
from owners.roll.problems import Kind, Problem, problem
from owners.roll.rows import Row

_ALWAYS = date(1, 1, 1), date(9999, 12, 31)


def fill_relations(rows: list[Row], *, has_column: bool) -> list[Row]:
    """Without a column for it, the first person of a unit is its owner and the others are co-owners."""
    if has_column:
        return rows
    seen: set[str] = set()
    filled = []
    for row in rows:
        if row.has_person and not row.relation:
            row = replace(row, relation="co_owner" if row.unit_code in seen else "owner")
            seen.add(row.unit_code)
        filled.append(row)
    return filled


def compare(rows: list[Row]) -> list[Problem]:
    """Every problem between rows; a row refused for itself still counts as a witness where its cells could
    be read.
    """
    found = [*_identities(rows), *_duplicates(rows), *_owners(rows), *_tenants(rows)]
    return sorted(found, key=lambda item: item.row)


def _grouped(rows: Iterable[Row], key: Callable[[Row], Hashable]) -> Iterator[list[Row]]:
    groups: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        value = key(row)
        if value is not None:
            groups[value].append(row)
    return (group for group in groups.values() if len(group) > 1)


def _identity(row: Row) -> tuple[str, ...]:
    """Who a row means: the paper, else name and phone, else name and birthday."""
    if row.id_number:
        return (row.id_number,)
    return (row.name, row.mobile or str(row.birthday or ""))


def _identities(rows: list[Row]) -> Iterator[Problem]:
    """The same name and mobile with different papers, and the same paper with different names: nobody
    knows who is who.
    """
    pairs: tuple[tuple[str, Callable[[Row], Hashable], Callable[[Row], str]], ...] = (
        (
            "identity_conflict",
            lambda row: (row.name, row.mobile) if row.name and row.mobile and row.id_number else None,
            lambda row: row.id_number,
        ),
        (
            "identity_conflict_name",
            lambda row: (row.id_number or None) if row.name else None,
            lambda row: row.name.casefold(),
        ),
    )
    for sentence, same, different in pairs:
        for group in _grouped(rows, same):
            for row in group:
                other = next((item for item in group if different(item) != different(row)), None)
                if other:
                    yield problem(
                        row.number,
                        Column.ID_NUMBER,
                        Kind.IDENTITY_CONFLICT,
                        sheet=row.sheet,
                        sentence=sentence,
                        row=other.number,
                    )


def _duplicates(rows: list[Row]) -> Iterator[Problem]:
    """The same stay twice, or the same vacant unit twice: the later row is the error."""

    def key(row: Row) -> Hashable:
        if not row.room or row.refused:
            return None
        if not row.has_person:
            return (row.unit_code,)
        return (row.unit_code, row.relation, row.moved_in, row.moved_out, *_identity(row))

    for group in _grouped(rows, key):
        for row in group[1:]:
            sentence = "" if row.has_person else "duplicate_unit"
            yield problem(
                row.number, None, Kind.DUPLICATE_ROW, sheet=row.sheet, sentence=sentence, row=group[0].number
            )


def _span(row: Row) -> tuple[date, date]:
    return row.moved_in or _ALWAYS[0], row.moved_out or _ALWAYS[1]


def _overlap(one: Row, other: Row) -> bool:
    """Whether both live there on the same day; a stay ends with the day of moving out."""
    (start, end), (other_start, other_end) = _span(one), _span(other)
    return start < other_end and other_start < end


def _owners(rows: list[Row]) -> Iterator[Problem]:
    """Two sole owners of a unit at the same time, both the primary contact."""
    unreadable = {Column.MOVED_IN, Column.MOVED_OUT, Column.ROOM, Column.BUILDING, Column.NAME}

    def key(row: Row) -> Hashable:
        is_owner = row.room and row.has_person and row.relation == "owner" and row.primary
        return row.unit_code if is_owner and not row.refused & unreadable else None

    for group in _grouped(rows, key):
        guilty: set[Row] = set()
        for one, other in combinations(group, 2):
            if _identity(one) != _identity(other) and _overlap(one, other):
                guilty |= {one, other}
        for row in group:
            if row in guilty:
                yield problem(row.number, Column.RELATION, Kind.OWNER_CONFLICT, sheet=row.sheet)


def _tenants(rows: list[Row]) -> Iterator[Problem]:
    """Units with a tenant but without any owner in the roll, told once a unit."""
    relations: dict[str, set[str]] = defaultdict(set)
    first: dict[str, Row] = {}
    for row in rows:
        # An owner whose row is refused for another reason is an owner all the same.
        if row.room and (row.has_person or row.relation):
            relations[row.unit_code].add(row.relation)
            first.setdefault(row.unit_code, row)
    for code, row in first.items():
        if "tenant" in relations[code] and not relations[code] & {"owner", "co_owner"}:
            yield problem(row.number, Column.RELATION, Kind.TENANT_WITHOUT_OWNER, sheet=row.sheet)
