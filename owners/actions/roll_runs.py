"""What a worker does with an uploaded roll: takes it under a lease, reads or stores it, and says what came of it.

Safe to run twice and to die anywhere. Whoever holds the lease writes with its `run_no`; a worker that was thought
dead finds its number gone and takes everything back.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Q
from django.utils import translation

from owners.actions.roll import Report, import_roll
from owners.models import ImportState, RollImport
from owners.models.imports import BEGINS, RUNNING
from owners.roll import shelf
from owners.roll.marking import write_marked
from owners.roll.problems import Problem
from owners.roll.progress import Progress
from owners.roll.rejects import write_bad_rows
from owners.roll.shelf import File
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import Refusal

LEASE = timedelta(seconds=90)
# A roll that ended three workers is no roll for a fourth one.
MOST_RUNS = 3
# So many problems are listed on the page; the marked file shows all of them.
LISTED = 3000
A_SECOND = 1.0


class Lost(Exception):
    """The roll was cancelled, or another worker has it: nothing of this run may stay."""


def claim() -> RollImport | None:
    """The oldest roll that waits for a worker or was left by one, now leased to the caller; None if there is none."""
    now = database_now()
    waiting = Q(state__in=list(BEGINS)) | Q(state__in=RUNNING, lease_until__lt=now)
    with transaction.atomic():
        found = RollImport.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        row = found.filter(waiting).select_related("community", "by").order_by("id").first()
        if row is None:
            return None
        row.state = BEGINS.get(row.state, row.state)
        row.run_no += 1
        row.lease_until = now + LEASE
        if row.run_no > MOST_RUNS:
            row.state, row.lease_until, row.ended_at = ImportState.FAILED, None, now
        row.save()
    return row


def carry_out(row: RollImport, progress: Progress) -> None:
    """Checks or imports a claimed roll. Returns quietly when it was cancelled meanwhile."""
    if row.state in RUNNING:
        with translation.override(row.by.language or settings.LANGUAGE_CODE), suppress(Lost):
            _run(row, progress)


def _run(row: RollImport, progress: Progress) -> None:
    try:
        if row.state == ImportState.CHECKING:
            _check(row, progress)
        else:
            _import(row, progress)
    except Refusal as refusal:
        _end(row, ImportState.REFUSED, refusal=str(refusal.sentence), ended_at=database_now())


def _check(row: RollImport, progress: Progress) -> None:
    """The dry run, as if the good rows had been asked for: so the counts say what would be new."""
    roll = shelf.path_of(row.token, File.ROLL)
    report = import_roll(
        roll, code=row.community.code, by=row.by, dry_run=True, good_rows=True, progress=progress
    )
    _mark(row, report, progress)
    _end(row, ImportState.CHECKED, report=_plain(report))


def _import(row: RollImport, progress: Progress) -> None:
    """Import and outcome in one transaction: a worker that dies leaves either all of it or nothing."""
    roll = shelf.path_of(row.token, File.ROLL)
    with transaction.atomic():
        report = import_roll(
            roll, code=row.community.code, by=row.approved_by, good_rows=row.good_rows, progress=progress
        )
        if report.imported:
            if report.errors:
                write_bad_rows(roll, shelf.path_of(row.token, File.BAD), report.bad_rows)
            _end(row, ImportState.DONE, report=_plain(report), ended_at=database_now())
            return
    # The record has changed since the dry run, and now contradicts the roll.
    _mark(row, report, progress)
    _end(row, ImportState.CHECKED, report=_plain(report))


def _mark(row: RollImport, report: Report, progress: Progress) -> None:
    problems = [*report.errors, *report.warnings]
    if problems:
        write_marked(
            shelf.path_of(row.token, File.ROLL), shelf.path_of(row.token, File.MARKED), problems, progress
        )


def _end(row: RollImport, state: str, **fields: Any) -> None:
    """Ends this run. Raises Lost if it is no longer ours."""
    mine = RollImport.objects.filter(pk=row.pk, run_no=row.run_no, state=row.state)
    if not mine.update(state=state, lease_until=None, **fields):
        raise Lost


def _plain(report: Report) -> dict[str, Any]:
    """Counts, and sentences that name no person."""
    listed = [_line(found) for found in (*report.errors[:LISTED], *report.warnings[:LISTED])]
    return {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "bad": len(report.bad_rows),
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "sheets": report.sheets,
        "unused": [" ".join(label.split())[:60] for label in report.unused_columns[:30]],
        "problems": listed,
    }


def _line(found: Problem) -> dict[str, Any]:
    return {
        "sheet": found.sheet,
        "row": found.row,
        "column": found.column.value if found.column else "",
        "kind": found.kind.value,
        "severity": found.severity,
        "message": found.message,
    }


class Teller:
    """Writes progress and renews the lease about once a second, over a connection of its own: what the import's
    transaction writes is seen by nobody until it ends."""

    def __init__(self, row: RollImport) -> None:
        self.row = row
        self.connection = connections["default"].copy()
        self.told_at = time.monotonic()

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Tells how far the run is. Raises Lost when the roll was cancelled or given to another worker."""
        now = time.monotonic()
        if now - self.told_at < A_SECOND:
            return
        self.told_at = now
        with self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE owners_rollimport SET phase = %s, rows_done = %s, rows_total = %s,"
                " lease_until = clock_timestamp() + make_interval(secs => %s)"
                " WHERE id = %s AND run_no = %s AND state = %s",
                [phase, done, total, LEASE.total_seconds(), self.row.pk, self.row.run_no, self.row.state],
            )
            if not cursor.rowcount:
                raise Lost

    def __enter__(self) -> Teller:
        return self

    def __exit__(self, *trouble: object) -> None:
        self.connection.close()
