"""Where a roll contradicts the record: another paper for the same person, a second current owner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from owners.actions.roll.people import Known, load_register
from owners.models import Occupancy, OccupancyRole
from owners.roll.columns import Column
from owners.roll.identity import Key, Someone, people_of
from owners.roll.problems import Kind, Problem, problem
from owners.roll.rows import Row
from servicecenter.accounts.models import Community


@dataclass(frozen=True)
class Matching:
    """Everybody in the rows, who of them is on record, and what contradicts the record."""

    rows: list[Row]
    people: dict[Key, Someone]
    keys: dict[int, Key]  # by the row's place in `rows`
    known: dict[Key, Known]
    problems: list[Problem]


def match(community: Community, rows: list[Row]) -> Matching:
    """Compares rows with the record of the community."""
    people, keys = people_of(rows)
    register = load_register(community)
    known: dict[Key, Known] = {}
    other_paper: set[Key] = set()
    # Papers first: whoever has none must not take the record of somebody who has.
    for key, someone in sorted(people.items(), key=lambda item: not item[1].id_number):
        found, contradicts = register.find(someone)
        if found:
            known[key] = found
        elif contradicts:
            other_paper.add(key)
    problems = [
        problem(
            rows[place].number,
            Column.ID_NUMBER,
            Kind.IDENTITY_CONFLICT,
            sheet=rows[place].sheet,
            sentence="identity_conflict_on_file",
        )
        for place, key in keys.items()
        if key in other_paper
    ]
    matching = Matching(rows, people, keys, known, problems)
    unclear = {(found.sheet, found.row) for found in problems}
    second = _second_owners(community, matching)
    problems += [found for found in second if (found.sheet, found.row) not in unclear]
    return matching


def _second_owners(community: Community, matching: Matching) -> Iterator[Problem]:
    """Rows that name a new owner and primary contact while the record has another, whom the roll does not
    mention.
    """
    owners = Occupancy.objects.filter(
        community=community, role=OccupancyRole.OWNER, is_primary=True, until=None
    )
    on_record = dict(owners.values_list("unit__code", "person_id"))
    mentioned: dict[str, set[int]] = defaultdict(set)
    person_ids = {
        place: matching.known[key].id for place, key in matching.keys.items() if key in matching.known
    }
    for place, person_id in person_ids.items():
        mentioned[matching.rows[place].unit_code].add(person_id)
    for row in matching.rows:
        owner = on_record.get(row.unit_code)
        claims = row.relation == OccupancyRole.OWNER and row.primary and not row.moved_out
        if owner and claims and owner not in mentioned[row.unit_code]:
            yield problem(
                row.number,
                Column.RELATION,
                Kind.OWNER_CONFLICT,
                sheet=row.sheet,
                sentence="owner_conflict_on_file",
            )
