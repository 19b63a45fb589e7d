"""`manage.py erase_moved_out [--dry-run]`: what the nightly task does; the dry run lists whom it would erase."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from servicecenter.desk.actions.erasing import erase_moved_out
from servicecenter.desk.queries.erasure import due_for_erasure
from servicecenter.lib.clock import database_now, local_day


class Command(BaseCommand):
    """People whose last stay ended longer ago than the retention rule says, and for whom nothing is open."""

    help = "Erases the personal data of people who moved out long ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only list whom")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            self.stdout.write(f"{erase_moved_out()} people erased")
            return
        people = due_for_erasure(database_now())
        for person in people.iterator():
            left = local_day(person.left_at)  # type: ignore[attr-defined]
            # A terminal is logged: the number of the record, not the name.
            self.stdout.write(f"{person.community.code} person {person.pk} left {left}")
        self.stdout.write(f"{people.count()} people would be erased")
