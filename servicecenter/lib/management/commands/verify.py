"""`manage.py verify`: proves the invariants by SQL, one line each; exit 1 if one fails."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from servicecenter.lib.invariants import broken, every_invariant


class Command(BaseCommand):
    """Every promise of reliability, as a count that must be 0."""

    help = "Proves the invariants by SQL."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            # A proof over all rows may take longer than a page may.
            cursor.execute("SET statement_timeout = 0")
        failed = []
        for invariant in every_invariant():
            count, ids = broken(invariant)
            shown = f"  e.g. {', '.join(map(str, ids))}" if count else ""
            self.stdout.write(f"{invariant.code:<4} {count:>6}  {invariant.sentence}{shown}")
            if count:
                failed.append(invariant.code)
        if failed:
            raise CommandError(f"broken: {', '.join(dict.fromkeys(failed))}", returncode=1)
        self.stdout.write("All invariants hold.")
