"""`manage.py import_roll FILE --community CODE[=NAME]`: see docs and `owners.actions.roll`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from owners.actions.roll import Report, import_roll
from owners.roll.problems import Problem
from owners.roll.rejects import write_bad_rows
from servicecenter.lib.refusals import Refusal


class Command(BaseCommand):
    """Prints a report; ends with 1 if there is any error, unless the good rows were asked for and
    imported.
    """

    help = "Imports an owner roll (.xlsx, .xls, .csv) into a community: all of it or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--community", required=True, metavar="CODE[=NAME]")
        parser.add_argument("--dry-run", action="store_true", help="report only, store nothing")
        parser.add_argument(
            "--good-rows", action="store_true", help="import rows without errors, write the others to a file"
        )
        parser.add_argument(
            "--bad-rows-file", type=Path, help="where to write them (default: FILE with -bad-rows.xlsx)"
        )
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        target: Path | None = options["bad_rows_file"]
        if target and target.exists() and target.samefile(path):
            raise CommandError(_("The rows with errors must not overwrite the roll itself."))
        code, _equals, name = options["community"].partition("=")
        as_json = options["format"] == "json"
        try:
            report = import_roll(
                path,
                code=code.strip().upper(),
                name=name,
                dry_run=options["dry_run"],
                good_rows=options["good_rows"],
            )
        except (Refusal, ValidationError) as refusal:
            self._refused(refusal, as_json)
        if options["good_rows"] and report.errors and not options["dry_run"]:
            target = target or path.with_name(f"{path.stem}-bad-rows.xlsx")
            self._write_bad_rows(path, target, report)
        self.stdout.write(
            _as_json(report) if as_json else _as_text(report, dry_run=options["dry_run"], target=target)
        )
        if report.errors and not options["good_rows"]:
            raise SystemExit(1)

    def _write_bad_rows(self, path: Path, target: Path, report: Report) -> None:
        try:
            write_bad_rows(path, target, report.bad_rows)
        except OSError as error:
            raise CommandError(
                _("The good rows were imported, but %(file)s cannot be written.") % {"file": target}
            ) from error

    def _refused(self, refusal: Refusal | ValidationError, as_json: bool) -> NoReturn:
        """The file or the community as a whole is refused: one error without a row."""
        sentence = str(refusal.sentence) if isinstance(refusal, Refusal) else " ".join(refusal.messages)
        code = refusal.code if isinstance(refusal, Refusal) else "community_invalid"
        if not as_json:
            raise CommandError(sentence)
        error = {"row": None, "column": None, "kind": code, "message": sentence}
        counts = {"rows": 0, "created": 0, "updated": 0, "unchanged": 0}
        self.stdout.write(json.dumps({**counts, "errors": [error], "warnings": []}, ensure_ascii=False))
        raise SystemExit(1)


def _problem(found: Problem, report: Report) -> dict[str, object]:
    plain: dict[str, object] = {
        "row": found.row,
        "column": found.column.value if found.column else None,
        "kind": found.kind.value,
        "message": found.message,
    }
    return plain | ({"sheet": found.sheet} if report.sheets > 1 else {})


def _as_json(report: Report) -> str:
    return json.dumps(
        {
            "rows": report.rows,
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "errors": [_problem(found, report) for found in report.errors],
            "warnings": [_problem(found, report) for found in report.warnings],
        },
        ensure_ascii=False,
    )


def _as_text(report: Report, *, dry_run: bool, target: Path | None) -> str:
    lines = [_line(found, report) for found in (*report.errors, *report.warnings)]
    if report.unused_columns:
        names = ", ".join(" ".join(label.split()) for label in report.unused_columns)
        lines.append(_("Columns not imported: %(names)s") % {"names": names})
    counts = {
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "bad": len(report.bad_rows),
    }
    lines.append(
        _(
            "%(rows)d rows: %(created)d new, %(updated)d changed, %(unchanged)d unchanged, "
            "%(bad)d with errors."
        )
        % counts
    )
    if target:
        lines.append(_("The rows with errors are in %(file)s.") % {"file": target})
    lines.append(_ending(report, dry_run=dry_run))
    return "\n".join(lines)


def _line(found: Problem, report: Report) -> str:
    label = _("Error") if found.severity == "error" else _("Warning")
    where = _("row %(row)d") % {"row": found.row}
    parts = [part for part in (found.sheet if report.sheets > 1 else "", where, found.column) if part]
    return f"{label} · {' · '.join(parts)} · {found.kind}: {found.message}"


def _ending(report: Report, *, dry_run: bool) -> str:
    if report.imported:
        return _("The roll was imported.")
    if dry_run and (report.created or report.updated or report.unchanged):
        return _("This was a dry run: nothing was stored.")
    return _("Nothing was imported.")
