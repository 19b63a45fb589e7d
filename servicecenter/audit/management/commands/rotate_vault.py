"""`manage.py rotate_vault [--dry-run]`: seals every personal value under the first key of VAULT_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from servicecenter.audit.sealed import BATCH, columns, present_prefix, rotate, under_other_keys


class Command(BaseCommand):
    """Safe while the program runs, and again after it was cut off. One line a column."""

    help = "Seals every personal value under the first key of VAULT_KEYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")
        parser.add_argument("--batch", type=int, default=BATCH)

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
        self.stdout.write(f"present key: {present_prefix().split(':')[1]}")
        closed = 0
        for column in columns():
            if options["dry_run"]:
                self.stdout.write(f"{column}: {under_other_keys(column)} to be sealed anew")
                continue
            tally = next(reversed(list(rotate(column, batch=max(options["batch"], 1)))), None)
            self.stdout.write(f"{column}: {tally.resealed if tally else 0} sealed anew")
            if tally and tally.closed:
                closed += len(tally.closed)
                shown = ", ".join(map(str, tally.closed[:20]))
                self.stdout.write(f"{column}: {len(tally.closed)} do not open, for example {shown}")
        if closed:
            raise CommandError(f"{closed} values do not open: keep the older keys", returncode=1)
        if not options["dry_run"]:
            left = sum(under_other_keys(column) for column in columns())
            self.stdout.write(f"{left} values under another key. Older keys may go once this says 0.")
