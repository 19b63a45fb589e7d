"""The import itself: read, compare with what is on record, and store in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from string import ascii_uppercase

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from owners.actions.roll import people, stays, units
from owners.actions.roll.conflicts import Matching, match
from owners.actions.roll.report import Report
from owners.models import Occupancy, Person, Unit, Vehicle
from owners.roll.progress import Progress, silent
from owners.roll.reading import Roll, read_roll
from servicecenter.accounts.models import Community
from servicecenter.audit.events import Actor, record
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.memory import uncollected
from servicecenter.lib.refusals import Invalid


@uncollected()
def import_roll(
    path: Path,
    *,
    code: str,
    name: str = "",
    by: Actor = None,
    at: datetime | None = None,
    dry_run: bool = False,
    good_rows: bool = False,
    progress: Progress = silent,
) -> Report:
    """Imports the roll in `path` into the community `code`, which is made if it is missing and `name` is
    given.

    All rows or none: with any error nothing is stored, unless `good_rows` asks for the rest. A dry run does
    everything and takes it back. The same file a second time changes nothing. Refuses `community_missing`,
    and `roll_file_refused` for a file that cannot be read as a whole; what is wrong with single rows is in
    the report. `progress` is told how far it is, and stops everything by raising.
    """
    at = instant(at)
    community = _community(code, name)
    roll = read_roll(
        path,
        community=community.name,
        community_code=community.code,
        today=local_day(at),
        progress=progress,
    )
    report = Report(
        rows=len(roll.rows),
        errors=roll.errors,
        warnings=roll.warnings,
        ignored=roll.ignored,
        unused_columns=roll.unused_columns,
        sheets=len(roll.headers),
    )
    if report.errors and not good_rows:
        return report
    with transaction.atomic():
        report = _store(community, roll, report, by=by, at=at, good_rows=good_rows, progress=progress)
        if dry_run or not report.imported:
            transaction.set_rollback(True)
    return replace(report, imported=report.imported and not dry_run)


def _community(code: str, name: str) -> Community:
    """The community on record, or an unsaved one."""
    known = Community.objects.filter(code=code).first()
    if known:
        return known
    if not name.strip():
        raise Invalid(
            _("There is no community with this code. Write CODE=NAME to make it."), code="community_missing"
        )
    community = Community(code=code, name=name.strip())
    community.full_clean(exclude=["series"], validate_unique=False)
    return community


def _series(code: str) -> str:
    """Letters in case numbers that no other community has: none for the first one, then those of its code."""
    used = set(Community.objects.values_list("series", flat=True))
    letters = "".join(letter for letter in code if letter in ascii_uppercase)
    wishes = ["", *(letters[:length] for length in range(1, 4) if letters[:length])]
    spare = (_letters(number) for number in count())
    return next(wish for wish in (*wishes, *(next(spare) for _ in range(len(used) + 1))) if wish not in used)


def _letters(number: int) -> str:
    """A, B, … Z, AA, AB, …"""
    head, last = divmod(number, 26)
    return (_letters(head - 1) if head else "") + ascii_uppercase[last]


def _store(
    community: Community,
    roll: Roll,
    report: Report,
    *,
    by: Actor,
    at: datetime,
    good_rows: bool,
    progress: Progress,
) -> Report:
    """Stores the good rows; the report with its counts and with what contradicts the record."""
    if community._state.adding:
        community.series = _series(community.code)
        community.save(force_insert=True)
    else:
        # Two imports into one community wait for each other.
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
    progress("storing", 0, len(roll.rows))
    matching = match(community, roll.good_rows())
    problems = list(matching.problems)
    # Without a row that named the former owner, another row may contradict the record.
    while matching.problems and good_rows:
        bad = {(found.sheet, found.row) for found in matching.problems}
        matching = match(community, [row for row in matching.rows if (row.sheet, row.number) not in bad])
        problems += matching.problems
    report = replace(
        report, errors=sorted([*report.errors, *problems], key=lambda found: (found.sheet, found.row))
    )
    if report.errors and not good_rows:
        return report
    return _save(community, matching, report, by=by, at=at, progress=progress)


# So many units at once change what the planner should think of their tables.
MANY = 1000


@dataclass
class _Steps:
    """Adds up what was stored."""

    progress: Progress
    total: int
    done: int = 0

    def __call__(self, more: int) -> None:
        self.done += more
        self.progress("storing", self.done, self.total)


def _save(
    community: Community, matching: Matching, report: Report, *, by: Actor, at: datetime, progress: Progress
) -> Report:
    rows = matching.rows
    step = _Steps(progress, len(matching.people) + 2 * len(rows))
    saved_units = units.save_units(community, units.units_of(rows))
    step(len(rows))
    saved_people = people.save_people(community, matching.people, matching.known, step)
    wanted = [
        stays.stay_of(row, place, saved_units.ids[row.unit_code], saved_people.ids[matching.keys[place]], at)
        for place, row in enumerate(rows)
        if place in matching.keys
    ]
    on_record = stays.load_stays(community)
    stays.match_stays(wanted, on_record)
    stays.choose_primaries(wanted, stays.other_primaries(wanted, on_record))
    outcome = stays.save_stays(community, wanted)
    made_units = {saved_units.ids[code] for code in saved_units.made}
    if len(outcome.units) >= MANY:
        _tell_the_planner()
    units.refresh_states(outcome.units | made_units, at)
    step(len(rows))
    created, updated = _count(matching, saved_units, saved_people, outcome)
    if created or updated:
        record(
            community_id=community.pk,
            work="roll",
            case_id=community.pk,
            action="import",
            by=by,
            at=at,
            internal=True,
            data={"rows": len(rows), "created": created, "updated": updated},
        )
    return replace(
        report, created=created, updated=updated, unchanged=len(rows) - created - updated, imported=True
    )


def _tell_the_planner() -> None:
    """Until it counts again, PostgreSQL believes these tables as small as before, or as a dry run left them: it would
    read all stays for each unit, and all people of the community to check each foreign key at the commit. Either took
    more than a minute for 60 000 rows."""
    tables = ", ".join(model._meta.db_table for model in (Unit, Person, Occupancy, Vehicle))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def _count(
    matching: Matching, saved_units: units.Saved, saved_people: people.Saved, outcome: stays.Outcome
) -> tuple[int, int]:
    """How many rows brought something new, and how many of the others changed something."""
    created = updated = 0
    for place, row in enumerate(matching.rows):
        key = matching.keys.get(place)
        if place in outcome.made or (key is None and row.unit_code in saved_units.made):
            created += 1
        elif place in outcome.changed or row.unit_code in saved_units.changed or key in saved_people.changed:
            updated += 1
    return created, updated
