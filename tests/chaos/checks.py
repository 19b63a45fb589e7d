"""The invariants: those that `manage.py verify` knows, and those that only the journal can tell.

A row that was broken once stays broken, so each fault answers only for what it added.
"""

from __future__ import annotations

from pathlib import Path

from django.db import DatabaseError, connection

from servicecenter.lib.invariants import broken, every_invariant
from tests.chaos import database, journal

JOURNAL = "V8"
CODES = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V10", "V11", "V12", "V13", "V14")


def count(journal_path: Path) -> dict[str, int]:
    """Broken rows by invariant; those that the program does not state yet are missing."""
    story = journal.read(journal_path)
    found = {JOURNAL: missing(story)}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    for invariant in every_invariant():
        found[invariant.code] = found.get(invariant.code, 0) + broken(invariant)[0]
    return found


def added(now: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    """What became broken since."""
    return {code: max(0, number - before.get(code, 0)) for code, number in now.items()}


def fresh_connection() -> None:
    """Django's own connection may have been killed with the rest."""
    try:
        connection.close()
    except DatabaseError:
        connection.connection = None


def missing(story: journal.Story) -> int:
    """V8: acknowledged reports, steps, photos and claims that are not there, and reports that are there twice."""
    return (
        lost_reports(story) + doubled_reports() + lost_steps(story) + lost_photos(story) + lost_claims(story)
    )


def lost_reports(story: journal.Story) -> int:
    there = dict(database.rows("SELECT number, text FROM repairs_ticket WHERE text LIKE '%% c-%%'"))
    return sum(key not in there.get(number, "") for key, number in story.reports.items())


def doubled_reports() -> int:
    """One key, two repairs; the key stands in the text."""
    sql = (
        "SELECT count(*) FROM (SELECT text FROM repairs_ticket WHERE text LIKE '%% c-%%' "
        "GROUP BY text HAVING count(*) > 1) doubled"
    )
    return int(database.value(sql))


def lost_steps(story: journal.Story) -> int:
    versions = dict(database.rows("SELECT number, version FROM repairs_ticket WHERE text LIKE '%% c-%%'"))
    return sum(versions.get(number, 0) < version for number, version in story.steps.items())


def lost_photos(story: journal.Story) -> int:
    sql = (
        "SELECT t.number, count(*) FROM attachments_photo p JOIN repairs_ticket t ON p.work = 'repair' "
        "AND t.id = p.case_id WHERE t.number = ANY (%s) GROUP BY t.number"
    )
    there = dict(database.rows(sql, [list(story.photos)]))
    return sum(there.get(number, 0) < count for number, count in story.photos.items())


def lost_claims(story: journal.Story) -> int:
    """The attempt is written with the claim, for this agent."""
    there = set(database.rows("SELECT follow_up_id, claim_no, by_id FROM surveys_attempt"))
    return sum(claim not in there for claim in story.claims)
