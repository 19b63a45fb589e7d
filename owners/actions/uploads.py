"""What people do with an uploaded roll: hand it in, have it imported, give it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.models import ImportState, RollImport
from owners.models.imports import OPEN
from owners.roll import shelf
from owners.roll.shelf import Shelved
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import NotPermitted, Refusal, Stale

IMPORTERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
KEPT = timedelta(days=7)
# An upload whose form failed half-way has no row; after so long nobody is about to write one.
FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True)
class Upload:
    """A file on the shelf with the name that its owner gave it."""

    name: str
    file: Shelved


class ImportOpen(Refusal):
    """One roll of a community at a time: what a dry run said must still hold when it is imported."""

    code = "roll_import_open"


def hand_in(upload: Upload, *, community: Community, by: User, at: datetime | None = None) -> RollImport:
    """Asks for a dry run of this file.

    One's own roll that was checked and not imported gives way to it. Refuses `not_permitted`, and
    `roll_import_open` while a roll of the community is under way.
    """
    _check(by, community.pk)
    at = instant(at)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        other = RollImport.objects.open().filter(community=community).first()
        if other and (other.state != ImportState.CHECKED or other.by_id != by.pk):
            raise ImportOpen(
                _("%(name)s is importing a roll of this community. Please wait until that is done.")
                % {"name": other.by},
                open_import=other.pk,
            )
        if other:
            _end(other, by=by, at=at)
        row = RollImport.objects.create(
            community=community,
            by=by,
            at=at,
            file_name=upload.name,
            token=upload.file.token,
            size=upload.file.size,
            sha256=upload.file.sha256,
        )
        _write(row, "hand_in", by, at, sha256=row.sha256)
    return row


def approve(row: RollImport, *, good_rows: bool, by: User, at: datetime | None = None) -> None:
    """Has a checked roll imported: everything, or (`good_rows`) everything but the rows with errors.

    A second time changes nothing. Refuses `not_permitted`, `roll_has_errors` for everything while there is an
    error, `roll_has_no_good_rows`, and `stale` for a roll that is no longer there to be decided.
    """
    _check(by, row.community_id)
    at = instant(at)
    with transaction.atomic():
        locked = RollImport.objects.select_for_update(no_key=True).get(pk=row.pk)
        if locked.approved_at and locked.good_rows == good_rows and locked.state != ImportState.CHECKED:
            return
        if locked.state != ImportState.CHECKED:
            raise Stale
        _check_errors(locked, good_rows=good_rows)
        locked.state, locked.good_rows, locked.run_no = ImportState.APPROVED, good_rows, 0
        locked.approved_by, locked.approved_at = by, at
        locked.phase, locked.rows_done = "", 0
        locked.save()
        _write(locked, "approve", by, at, good_rows=good_rows)


def _check_errors(row: RollImport, *, good_rows: bool) -> None:
    if row.report["errors"] and not good_rows:
        raise Refusal(
            _("The roll has errors. Mend them and send it again, or import the good rows only."),
            code="roll_has_errors",
        )
    if row.report["rows"] == row.report["bad"]:
        raise Refusal(_("There is no row without an error."), code="roll_has_no_good_rows")


def cancel(row: RollImport, *, by: User, at: datetime | None = None) -> None:
    """Gives a roll up and deletes its files; whatever a worker has done of it is taken back.

    A second time changes nothing. Refuses `not_permitted`, and `roll_imported` once it is in.
    """
    _check(by, row.community_id)
    at = instant(at)
    with transaction.atomic():
        locked = RollImport.objects.select_for_update(no_key=True).get(pk=row.pk)
        if locked.state == ImportState.DONE:
            raise Refusal(_("The roll has been imported already."), code="roll_imported")
        if locked.state in OPEN:
            _end(locked, by=by, at=at)


def _end(row: RollImport, *, by: User, at: datetime) -> None:
    row.state, row.lease_until, row.ended_at, row.has_files = ImportState.CANCELLED, None, at, False
    row.save(update_fields=["state", "lease_until", "ended_at", "has_files"])
    _write(row, "cancel", by, at)
    transaction.on_commit(lambda: shelf.remove(row.token))


def tidy(*, at: datetime) -> int:
    """Deletes files that are a week old, with what was said about their cells, and files without a row.

    Rolls that nobody decided about are given up then. Returns how many.
    """
    old = RollImport.objects.filter(at__lt=at - KEPT, has_files=True)
    removed = 0
    for row in old.select_related("by", "community"):
        with transaction.atomic():
            if row.state in OPEN:
                _end(row, by=row.by, at=at)
            row.report.pop("problems", None)
            RollImport.objects.filter(pk=row.pk).update(has_files=False, report=row.report)
        shelf.remove(row.token)
        removed += 1
    for token in set(shelf.tokens_before((at - FORGOTTEN).timestamp())):
        if not RollImport.objects.filter(token=token, has_files=True).exists():
            shelf.remove(token)
            removed += 1
    return removed


def _check(by: User, community_id: int) -> None:
    if by.role not in IMPORTERS or community_id not in by.community_ids:
        raise NotPermitted


def _write(row: RollImport, action: str, by: User, at: datetime, **data: Any) -> None:
    record(
        community_id=row.community_id,
        work="roll_import",
        case_id=row.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        data=data,
    )
