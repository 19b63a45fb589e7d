"""`manage.py hold_messages`: nothing leaves the house until somebody releases it; for a center that was restored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from servicecenter.lib.refusals import Refusal
from servicecenter.notifications import actions

RESTORED = "Restored from a backup"


class Command(BaseCommand):
    """Before the first worker starts: SMS, e-mail, robots and sign-in codes wait. A supervisor or administrator lets
    them go at /manage/operations/messages/, or `--release` does."""

    help = "Holds all outgoing messages, or releases them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default=RESTORED, help="people read it")
        parser.add_argument("--release", action="store_true", help="let them go")
        parser.add_argument(
            "--drop", action="store_true", help="with --release: not what waited before the hold"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["release"]:
            found = actions.hold(reason=options["reason"][:200] or RESTORED, by=None)
            self.stdout.write(f"Held since {found.since:%Y-%m-%d %H:%M:%S %Z}: {found.reason}")
            return
        try:
            found = actions.release(drop=options["drop"], by=None)
        except Refusal as refusal:
            raise CommandError("Nothing is held.") from refusal
        self.stdout.write(f"Released; {found.dropped} written off")
