"""Storing who lives where: stays are matched with those on record, corrected, ended or added, never
reopened.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from owners.models import Occupancy, OccupancyRole
from owners.roll.rows import Row
from servicecenter.accounts.models import Community
from servicecenter.lib.clock import end_of_day, local_day, start_of_day
from servicecenter.lib.copying import copy_in

BATCH = 1000
# Who is asked first when several people of a unit are marked as primary contact.
_RANK = {role: rank for rank, role in enumerate(OccupancyRole.values)}


@dataclass(slots=True)
class Stay:
    """A stay that the roll asks for; `place` is the row's place among the imported rows."""

    place: int
    unit_id: int
    person_id: int
    role: str
    since: datetime
    until: datetime | None
    is_primary: bool
    since_stated: bool
    match: Occupancy | None = None


@dataclass
class Outcome:
    """Places of the rows whose stay was made or changed, and the units concerned."""

    made: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    units: set[int] = field(default_factory=set)


def stay_of(row: Row, place: int, unit_id: int, person_id: int, at: datetime) -> Stay:
    """The stay of a row: from local midnight of the day of moving in to local midnight of the day of
    moving out.

    Without a move-in day it begins with the delivery of the unit, or else today; in and out on one day is
    that day.
    """
    until = start_of_day(row.moved_out) if row.moved_out else None
    begin = row.moved_in or row.delivered or local_day(at)
    since = start_of_day(begin)
    if until and until <= since:
        if row.moved_in:
            until = end_of_day(begin)
        else:
            since = until - timedelta(days=1)
    return Stay(place, unit_id, person_id, row.relation, since, until, row.primary, row.moved_in is not None)


def load_stays(community: Community) -> dict[tuple[int, int, str], list[Occupancy]]:
    """Every stay on record by unit, person and role."""
    known: dict[tuple[int, int, str], list[Occupancy]] = defaultdict(list)
    for stay in Occupancy.objects.filter(community=community).order_by("id").iterator():
        known[stay.unit_id, stay.person_id, stay.role].append(stay)
    return known


def match_stays(stays: list[Stay], known: dict[tuple[int, int, str], list[Occupancy]]) -> None:
    """Finds for each stay the one on record that it means: the same beginning, else one that overlaps."""
    taken: set[int] = set()
    for stay in stays:
        candidates = [
            one for one in known.get((stay.unit_id, stay.person_id, stay.role), ()) if one.pk not in taken
        ]
        stay.match = next((one for one in candidates if one.since == stay.since), None) or next(
            (one for one in candidates if _overlap(one, stay) or not stay.since_stated), None
        )
        if stay.match:
            taken.add(stay.match.pk)


def _overlap(one: Occupancy, stay: Stay) -> bool:
    return (stay.until is None or one.since < stay.until) and (one.until is None or stay.since < one.until)


def other_primaries(
    stays: list[Stay], known: dict[tuple[int, int, str], list[Occupancy]]
) -> dict[int, Occupancy]:
    """Current primary contacts on record, by unit, that the roll does not mention."""
    mentioned = {stay.match.pk for stay in stays if stay.match}
    return {
        one.unit_id: one
        for group in known.values()
        for one in group
        if one.is_primary and one.until is None and one.pk not in mentioned
    }


def choose_primaries(stays: list[Stay], kept: dict[int, Occupancy]) -> None:
    """Leaves one primary contact a unit among those who stay: owners first. One on record that the roll
    does not mention stays the contact.
    """
    chosen: dict[int, Stay] = {}
    for stay in stays:
        if stay.is_primary and not _ends(stay) and stay.unit_id not in kept:
            first = chosen.setdefault(stay.unit_id, stay)
            if _RANK[stay.role] < _RANK[first.role]:
                chosen[stay.unit_id] = stay
    for stay in stays:
        if not _ends(stay):
            stay.is_primary = chosen.get(stay.unit_id) is stay


def _ends(stay: Stay) -> bool:
    """Whether the stay has an end, in the roll or (set since by hand) on record."""
    return stay.until is not None or (stay.match is not None and stay.match.until is not None)


def save_stays(community: Community, stays: list[Stay]) -> Outcome:
    """Ends and corrects stays on record, then adds new ones, so that a unit never has two primary contacts
    in between.
    """
    outcome = Outcome()
    stale: list[Occupancy] = []
    demoted: list[int] = []
    new: list[Stay] = []
    for stay in stays:
        if stay.match is None:
            new.append(stay)
            outcome.made.add(stay.place)
        elif _correct(stay.match, stay):
            stale.append(stay.match)
            outcome.changed.add(stay.place)
            if not stay.match.is_primary or stay.match.until:
                demoted.append(stay.match.pk)
        else:
            continue
        outcome.units.add(stay.unit_id)
    Occupancy.objects.filter(pk__in=demoted).update(is_primary=False)
    Occupancy.objects.bulk_create(
        stale,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["since", "until", "is_primary"],
    )
    copy_in(Occupancy, (_new(community, stay) for stay in new), count=len(new))
    return outcome


def _new(community: Community, stay: Stay) -> Occupancy:
    return Occupancy(
        community=community,
        unit_id=stay.unit_id,
        person_id=stay.person_id,
        role=stay.role,
        since=stay.since,
        until=stay.until,
        is_primary=stay.is_primary,
    )


def _correct(one: Occupancy, stay: Stay) -> bool:
    """Takes over what the roll says; whether anything changed. An end on record is kept: a roll reopens
    nothing.
    """
    before = (one.since, one.until, one.is_primary)
    until = stay.until or one.until
    since = stay.since if stay.since_stated else one.since
    if until is None or since < until:
        one.since, one.until = since, until
    one.is_primary = stay.is_primary
    return (one.since, one.until, one.is_primary) != before
