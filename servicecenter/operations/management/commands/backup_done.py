"""`manage.py backup_done --size BYTES --where PLACE`: tells the center about a backup that was made by other means."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from servicecenter.operations.actions import record_backup


class Command(BaseCommand):
    """The last line of a backup script: the page of operations and `/metrics` then know its age."""

    help = "Records a backup that was made by other means."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", type=int, required=True, help="bytes")
        parser.add_argument("--where", required=True, help="where it lies")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["size"] <= 0:
            raise CommandError("An empty backup is none: --size must be above 0.")
        record_backup(size_bytes=options["size"], place=options["where"])
        self.stdout.write(f"Recorded: {options['size']} bytes at {options['where']}")
